const http = require("node:http");

http
  .createServer((request, response) => response.end("run without its Dockerfile"))
  .listen(process.env.PORT || 3000);
