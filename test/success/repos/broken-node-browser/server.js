const http = require("node:http");

http
  .createServer((request, response) => response.end(require("page-driver").drive()))
  .listen(process.env.PORT || 3000);
