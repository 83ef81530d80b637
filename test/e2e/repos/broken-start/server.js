const http = require("node:http");

http
  .createServer((request, response) => {
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><title>Menu</title><p>soup of the day");
  })
  .listen(process.env.PORT || 3000);
