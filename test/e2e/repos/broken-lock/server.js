const http = require("node:http");
const ms = require("ms");

http
  .createServer((request, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><title>Clock</title><p>two days are ${ms("2 days")} ms`);
  })
  .listen(process.env.PORT || 3000);
