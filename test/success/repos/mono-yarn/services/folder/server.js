const { createServer } = require("node:http");
const { sheets } = require("@printers/shared/dist/sheets.json");

createServer((request, response) => response.end(`the folder folds ${sheets} sheets in two\n`)).listen(
  process.env.PORT || 3001,
);
