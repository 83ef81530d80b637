const http = require("node:http");

const server = http.createServer((request, response) => response.end("somebody listens"));
if (process.argv.includes("--serve")) server.listen(process.env.PORT ?? 3000);
else setInterval(() => console.log("nothing to do; was --serve forgotten?"), 10_000);
