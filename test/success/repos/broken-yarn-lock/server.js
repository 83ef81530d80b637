const http = require("node:http");

http
  .createServer((request, response) => response.end(`${require("ms")("1h")} ms an hour`))
  .listen(process.env.PORT || 3000);
