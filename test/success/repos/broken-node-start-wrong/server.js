const http = require("node:http");

const unknown = process.argv.slice(2).find((word) => word !== "--port");
if (unknown !== undefined) {
  console.error(`unknown option ${unknown}`);
  process.exit(64);
}
http.createServer((request, response) => response.end("the other script served")).listen(process.env.PORT ?? 3000);
