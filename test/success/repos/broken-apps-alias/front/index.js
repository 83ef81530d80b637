const http = require("node:http");

// The name that a compose file of long ago gave its neighbour.
const options = { host: "backend", port: 8080, path: "/" };

function ask(answer) {
  http
    .get(options, (response) => {
      let text = "";
      response.on("data", (part) => (text += part));
      response.on("end", () => answer(undefined, text));
    })
    .on("error", answer);
}

ask((error) => {
  if (error?.code === "ENOTFOUND" || error?.code === "EAI_AGAIN") throw error;
  http
    .createServer((request, response) => ask((failed, text) => response.end(failed ? "nobody there" : `front, ${text}`)))
    .listen(process.env.PORT ?? 3000);
});
