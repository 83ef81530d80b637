// As webpack 4 names its chunks.
const { createHash } = require("node:crypto");
const fs = require("node:fs");

fs.writeFileSync("chunk.txt", `chunk ${createHash("md4").update("shop").digest("hex").slice(0, 8)}`);
