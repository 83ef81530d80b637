const http = require("node:http");

http
  .createServer((request, response) => response.end(`${require("ms")("1d")} ms a day`))
  .listen(process.env.PORT || 3000);
