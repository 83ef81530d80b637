import express from "express";
import { page } from "./page.js";

const newestShown = 50;
const entries = [];
const app = express();

app.use(express.urlencoded({ extended: false, limit: "8kb" }));
app.use(express.static(new URL("public", import.meta.url).pathname));

app.get("/", (request, response) => {
  response.send(page(entries));
});

app.post("/entries", (request, response) => {
  const name = String(request.body?.name ?? "").trim().slice(0, 60);
  const text = String(request.body?.text ?? "").trim().slice(0, 500);
  if (text !== "") entries.unshift({ name: name === "" ? "Somebody" : name, text, at: new Date() });
  entries.length = Math.min(entries.length, newestShown);
  response.redirect(303, "/");
});

app.get("/healthz", (request, response) => {
  response.type("text").send("ok\n");
});

const port = process.env.PORT ?? 3000;
const server = app.listen(port, () => {
  console.log(`guestbook listens on port ${port}`);
});

process.on("SIGTERM", () => {
  server.close(() => process.exit(0));
});
