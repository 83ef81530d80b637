import { createServer } from "node:http";
import { ask } from "./redis.js";

createServer(async (_request, response) => {
  const answer = await ask("INCR", "pages");
  response.end(`${process.env.GREETING}: ${answer.slice(1).trim()}\n`);
}).listen(4000);
