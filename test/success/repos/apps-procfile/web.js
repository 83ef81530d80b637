require("node:http")
  .createServer((request, response) => response.end("the web process answers"))
  .listen(process.env.PORT || 3000);
