const { mkdirSync, writeFileSync } = require("node:fs");

mkdirSync("dist", { recursive: true });
writeFileSync("dist/sheets.json", JSON.stringify({ sheets: 16 * 32 }));
