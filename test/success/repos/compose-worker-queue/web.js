import { createServer } from "node:http";
import { ask } from "./redis.js";

createServer(async (_request, response) => {
  const name = `order-${Date.now()}`;
  await ask("LPUSH", "orders", name);
  for (let tries = 0; tries < 50; tries += 1) {
    const answer = await ask("GET", name);
    if (answer.includes("baked")) return response.end(`${name} is baked\n`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  response.writeHead(504).end("nobody bakes\n");
}).listen(3000);
