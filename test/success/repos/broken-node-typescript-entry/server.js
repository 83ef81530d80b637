const http = require("node:http");

http.createServer((request, response) => response.end("high water, built")).listen(process.env.PORT ?? 3000);
