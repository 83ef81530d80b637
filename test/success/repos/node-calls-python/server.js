const { spawnSync } = require("node:child_process");
const { createServer } = require("node:http");

createServer((request, response) => {
  const word = new URL(request.url, "http://signs").searchParams.get("word") ?? "goose";
  const made = spawnSync("python3", ["plural.py", word], { encoding: "utf8" });
  response.statusCode = made.status === 0 ? 200 : 500;
  response.end(made.status === 0 ? `Sign: no ${made.stdout}` : `no sign: ${made.error ?? made.stderr}`);
}).listen(process.env.PORT ?? 3000);
