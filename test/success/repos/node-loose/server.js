const http = require("node:http");
const ms = require("ms");

const began = Date.now();
http
  .createServer((_request, answer) => answer.end(`open since ${ms(Date.now() - began)}\n`))
  .listen(process.env.PORT || 4100);
