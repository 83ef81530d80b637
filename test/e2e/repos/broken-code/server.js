require("node:http").createServer((request, response) => response.end("orders")).listen(process.env.PORT || 3000);
