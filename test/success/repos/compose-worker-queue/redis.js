import { connect } from "node:net";

/** Asks Redis one command and gives its first answer as it comes over the wire. */
export function ask(...words) {
  return new Promise((resolve, reject) => {
    const socket = connect(6379, process.env.REDIS_HOST ?? "queue");
    let answer = "";
    socket.on("data", (part) => {
      answer += part;
      const whole = answer.startsWith("$") ? /^\$-1\r\n|^\$\d+\r\n.*\r\n/s : /^[^*$].*\r\n|^\*-1\r\n|^\*2\r\n(?:\$\d+\r\n.*\r\n){2}/s;
      if (!whole.test(answer)) return;
      socket.end();
      resolve(answer);
    });
    socket.on("error", reject);
    socket.write(`*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`);
  });
}
