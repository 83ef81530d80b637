let asked = 0;
require("node:http")
  .createServer((request, response) => {
    if (request.url === "/api/tick?kind=minute") {
      asked += 1;
      console.log(`ticked ${asked}`);
    }
    response.end(`asked ${asked} times`);
  })
  .listen(process.env.PORT);
