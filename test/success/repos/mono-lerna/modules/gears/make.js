const { mkdirSync, writeFileSync } = require("node:fs");

mkdirSync("dist", { recursive: true });
writeFileSync("dist/gears.js", "exports.teeth = [12, 24, 48];\n");
