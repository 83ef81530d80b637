const http = require("node:http");

http
  .createServer((request, response) => response.end(require("node:fs").readFileSync("public/page.js")))
  .listen(process.env.PORT || 3000);
