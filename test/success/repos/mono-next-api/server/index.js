import { createServer } from "node:http";

const letters = [{ to: "Ada", text: "the engine works" }];

createServer((request, response) => {
  if (request.url !== "/letters") {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify(letters));
}).listen(process.env.PORT ?? 5000);
