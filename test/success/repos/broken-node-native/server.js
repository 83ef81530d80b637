const http = require("node:http");

http
  .createServer((request, response) => response.end(`C says ${require("adder").add(19, 23)}`))
  .listen(process.env.PORT || 3000);
