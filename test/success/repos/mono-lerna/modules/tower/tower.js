const { createServer } = require("node:http");
const { teeth } = require("@clockwork/gears");

createServer((request, response) => response.end(`the tower turns ${teeth.length} gears\n`)).listen(
  process.env.PORT || 3000,
);
