const fs = require("node:fs");

fs.mkdirSync("/data/orders", { recursive: true });
fs.writeFileSync("/data/orders/first.txt", "order 1 is on the disk");
const http = require("node:http");

http
  .createServer((request, response) => response.end(fs.readFileSync("/data/orders/first.txt")))
  .listen(process.env.PORT || 3000);
