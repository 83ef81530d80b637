import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const greeting = readFileSync(new URL("greeting.txt", import.meta.url), "utf8");

createServer((request, response) => {
  response.setHeader("content-type", "text/plain");
  response.end(`${greeting}\n`);
}).listen(Number(process.env.PORT));
