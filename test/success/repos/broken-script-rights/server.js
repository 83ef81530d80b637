const http = require("node:http");

http
  .createServer((request, response) => response.end("started by a script from Windows"))
  .listen(process.env.PORT || 3000);
