const { appendFileSync, readFileSync } = require("node:fs");

require("node:http")
  .createServer((request, response) => {
    if (request.url === "/up") return response.end("up");
    appendFileSync("/data/visits", "x");
    response.end(`${process.env.TITLE}: visit ${readFileSync("/data/visits", "utf8").length}`);
  })
  .listen(8081);
