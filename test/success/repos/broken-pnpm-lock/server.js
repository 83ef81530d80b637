const http = require("node:http");

http
  .createServer((request, response) => response.end(`${require("ms")("1m")} ms a minute`))
  .listen(process.env.PORT || 3000);
