import http from "node:http";

enum Tide {
  High = "high water",
  Low = "low water",
}

http.createServer((_, response) => response.end(Tide.High)).listen(Number(process.env["PORT"] ?? 3000));
