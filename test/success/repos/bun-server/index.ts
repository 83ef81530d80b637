import ms from "ms";

const server = Bun.serve({
  port: Number(Bun.env.PORT ?? 3000),
  fetch: () => new Response(`Bun counts to ${ms("3ms")}\n`),
});
console.log(`listening on ${server.port}`);
