const http = require("node:http");

http
  .createServer((request, response) => response.end("built from the root"))
  .listen(process.env.PORT || 3000);
