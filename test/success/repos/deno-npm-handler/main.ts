import { Hono } from "hono";

const app = new Hono();
app.get("/", (context) => context.text("handled by hono"));

export default app;
