const http = require("node:http");

http.createServer((request, response) => response.end("lines end as they should")).listen(process.env.PORT ?? 3000);
