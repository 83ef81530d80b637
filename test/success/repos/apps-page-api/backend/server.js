import { createServer } from "node:http";

createServer((request, response) => {
  response.setHeader("content-type", "application/json");
  response.statusCode = request.url === "/tide" ? 200 : 404;
  response.end(JSON.stringify({ tide: request.url === "/tide" ? "high" : "unknown" }));
}).listen(process.env.PORT || 4000);
