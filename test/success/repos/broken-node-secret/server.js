const { must } = require("./settings");

const secret = must(["SESSION", "SECRET"].join("_"));
const http = require("node:http");

http
  .createServer((request, response) => response.end(`signed with ${secret.length} characters`))
  .listen(process.env.PORT || 3000);
