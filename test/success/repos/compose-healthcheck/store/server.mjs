import { createServer } from "node:http";

const from = Date.now() + 8000;
createServer((request, response) => {
  if (Date.now() < from) return response.writeHead(503).end();
  response.end(request.url === "/ready" ? "ready" : "green tea");
}).listen(5000);
