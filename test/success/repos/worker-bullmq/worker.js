const { Worker } = require("bullmq");
const connect = require("./connection");

new Worker("prices", async (job) => job.data.amount * 2, { connection: connect() });
console.log("waiting for prices");
