// A client of its own, of a few lines: no manifest names a driver.
const net = require("node:net");

const names = ["REDIS", "URL"];
const at = new URL(process.env[names.join("_")] ?? "redis://localhost:6379");

exports.ask = (...words) =>
  new Promise((resolve, reject) => {
    const socket = net.connect(Number(at.port || 6379), at.hostname === "localhost" ? "127.0.0.1" : at.hostname);
    const line = (list) => `*${list.length}\r\n${list.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`;
    const login = at.password ? line(["AUTH", decodeURIComponent(at.password)]) : "";
    socket.on("error", reject);
    socket.once("connect", () => socket.write(login + line(words)));
    let told = "";
    socket.on("data", (data) => {
      told += data;
      const answers = told.split("\r\n").filter((each) => each !== "");
      if (answers.length < (login ? 2 : 1)) return;
      socket.end();
      resolve(answers.at(-1));
    });
  });
