const http = require("node:http");
const ms = require("ms");

http
  .createServer((request, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><title>Durations</title><p>a day is ${ms("1 day")} ms`);
  })
  .listen(process.env.PORT || 3000);
