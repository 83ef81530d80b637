const http = require("node:http");

http
  .createServer((request, response) => response.end(require("old-clock").tick()))
  .listen(process.env.PORT || 3000);
