import { serve } from "@hono/node-server";
import { price } from "@orchard/apples";
import { Hono } from "hono";

const app = new Hono();
app.get("/", (context) => context.text(`a crate of apples: ${price(12)}`));
serve({ fetch: app.fetch, port: Number(process.env["PORT"] ?? 3000) });
