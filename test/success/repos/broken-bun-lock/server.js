const http = require("node:http");

http
  .createServer((request, response) => response.end(`${require("ms")("1w")} ms a week`))
  .listen(process.env.PORT || 3000);
