const http = require("node:http");

const [plain] = [8].map((tens) => tens * 10);
http.createServer((request, response) => response.end("as on a machine of its own")).listen(plain, "0.0.0.0");
