require("node:http")
  .createServer((_request, response) => response.end(`${process.env.GREETING}, ${process.env.SIGNED_WITH.length} letters sign`))
  .listen(process.env.PORT);
