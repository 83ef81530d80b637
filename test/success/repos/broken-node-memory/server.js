// An index that is read into memory at the start: more than a small pod may use.
const kept = Array.from({ length: 60 }, (_, block) => Buffer.alloc(10_000_000, block + 1));
const http = require("node:http");

http
  .createServer((request, response) => response.end(`${kept.length} blocks are kept`))
  .listen(process.env.PORT || 3000);
