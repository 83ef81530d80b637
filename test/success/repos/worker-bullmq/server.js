const http = require("node:http");
const { Queue, QueueEvents } = require("bullmq");
const connect = require("./connection");

const queue = new Queue("prices", { connection: connect() });
const events = new QueueEvents("prices", { connection: connect() });

http
  .createServer(async (request, response) => {
    if (request.url !== "/") return response.end("well");
    try {
      const job = await queue.add("double", { amount: 21 });
      response.end(`the worker made it ${await job.waitUntilFinished(events, 8000)}`);
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  })
  .listen(process.env.PORT || 3000);
