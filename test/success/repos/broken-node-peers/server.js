const http = require("node:http");

http
  .createServer((request, response) => response.end(`React ${require("react").version} beside an older DOM`))
  .listen(process.env.PORT || 3000);
