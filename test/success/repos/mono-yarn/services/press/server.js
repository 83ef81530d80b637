const { createServer } = require("node:http");
const { sheets } = require("@printers/shared/dist/sheets.json");

createServer((request, response) => response.end(`the press has ${sheets} sheets\n`)).listen(process.env.PORT || 3000);
