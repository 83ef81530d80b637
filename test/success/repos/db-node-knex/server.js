const knex = require("knex")(require("./knexfile"));
const app = require("fastify")({ logger: true });

app.get("/", async () => {
  await knex("birds").where({ name: "heron" }).increment("seen", 1);
  const birds = await knex("birds").orderBy("name");
  return birds.map(({ name, seen }) => `${name} ${seen}`).join(", ");
});

app.listen({ port: Number(process.env.PORT) || 3000, host: "0.0.0.0" });
