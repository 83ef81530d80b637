const http = require("node:http");

http.createServer((request, response) => response.end("never built, and well")).listen(process.env.PORT ?? 3000);
