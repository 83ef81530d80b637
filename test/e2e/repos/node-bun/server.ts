import { Hono } from "hono";

const app = new Hono();
const said: string[] = [];

app.get("/", (context) => context.html(`<h1>Hello from Bun</h1><ul>${said.map((line) => `<li>${line}</li>`).join("")}</ul>`));

app.post("/say", async (context) => {
  said.push((await context.req.text()).replaceAll("<", "&lt;").slice(0, 200));
  return context.redirect("/");
});

export default {
  port: Number(process.env.PORT ?? 3000),
  fetch: app.fetch,
};
