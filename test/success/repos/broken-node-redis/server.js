const http = require("node:http");
const { ask } = require("./store");

ask("INCR", "starts").then(() => {
  http
    .createServer(async (request, response) => response.end(`visit ${await ask("INCR", "visits")}`))
    .listen(process.env.PORT || 3000);
});
