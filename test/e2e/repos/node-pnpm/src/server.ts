import Fastify from "fastify";
import { rateOf, type Currency } from "./rates.js";

const app = Fastify();

app.get("/", async () => ({ title: "Hello from Fastify", currencies: ["EUR", "CHF"] }));

app.get<{ Params: { currency: Currency } }>("/rates/:currency", async ({ params }, reply) => {
  const rate = rateOf(params.currency);
  return rate === undefined ? reply.code(404).send({ error: "unknown currency" }) : { rate };
});

await app.listen({ host: process.env.HOST ?? "0.0.0.0", port: Number(process.env.PORT ?? 8080) });
