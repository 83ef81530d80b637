const http = require("node:http");

const host = process.env.HOST || "127.0.0.1";
const port = Number(process.env.PORT || 3000);

http
  .createServer((request, response) => {
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><title>Quotes</title><p>Simple is better");
  })
  .listen(port, host, () => console.log(`quotes on ${host}:${port}`));
