const http = require("node:http");
const ms = require("ms");

http.createServer((request, response) => response.end(`a day has ${ms("1 day")} ms`)).listen(process.env.PORT ?? 3000);
