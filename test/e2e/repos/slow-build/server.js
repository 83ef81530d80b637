require("node:http").createServer((request, response) => response.end("slow")).listen(process.env.PORT || 3000);
