const http = require("node:http");

http.createServer((request, response) => response.end("installed by whoever was there")).listen(process.env.PORT ?? 3000);
