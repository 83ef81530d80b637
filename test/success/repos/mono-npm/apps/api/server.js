import { createServer } from "node:http";
import { describeBerth } from "@harbour/berths";

const berths = [
  { number: 4, free: true },
  { number: 7, free: false },
];

createServer((request, response) => {
  if (request.url !== "/api/berths") {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify(berths.map(describeBerth)));
}).listen(process.env.PORT || 4000);
