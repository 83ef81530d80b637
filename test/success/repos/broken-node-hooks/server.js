const http = require("node:http");

http
  .createServer((request, response) => response.end(`no hooks, ${require("ms")("2h")} ms`))
  .listen(process.env.PORT || 3000);
