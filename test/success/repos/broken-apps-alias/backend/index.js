const http = require("node:http");

http.createServer((request, response) => response.end("from behind")).listen(process.env.PORT ?? 8080);
