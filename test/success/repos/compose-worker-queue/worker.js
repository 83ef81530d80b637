import { ask } from "./redis.js";

for (;;) {
  try {
    const answer = await ask("BRPOP", "orders", "5");
    const name = /order-\d+/.exec(answer)?.[0];
    if (name !== undefined) await ask("SET", name, "baked");
  } catch (error) {
    console.log(`waits for the queue: ${error.message}`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
