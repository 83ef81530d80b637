import { mkdirSync, writeFileSync } from "node:fs";

mkdirSync("public/build", { recursive: true });
writeFileSync("public/build/banner.txt", `built by node ${process.version}\n`);
