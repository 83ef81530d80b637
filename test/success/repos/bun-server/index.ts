const server = Bun.serve({
  port: Number(Bun.env.PORT ?? 3000),
  fetch: () => new Response(`Bun counts to ${[1, 2, 3].at(-1)}\n`),
});
console.log(`listening on ${server.port}`);
