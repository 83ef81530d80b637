const http = require("node:http");

const settings = { address: "0.0.0.0", door: 4000 + 567 };

http
  .createServer((request, response) => {
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><title>Stubborn</title><p>always this door");
  })
  .listen(settings.door, settings.address);
