const http = require("node:http");

http
  .createServer((request, response) => response.end(require("node:fs").readFileSync("built/page.html")))
  .listen(process.env.PORT || 3000);
