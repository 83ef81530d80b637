import { createServer } from "node:http";

createServer((request, response) => response.end(`boats at ${request.url}\n`)).listen(3000);
