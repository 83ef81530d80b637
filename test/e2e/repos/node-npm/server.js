const express = require("express");
const { page } = require("./page.js");

const app = express();
const visits = [];

app.get("/", (request, response) => {
  visits.push(new Date());
  response.type("html").send(page(visits.length));
});

app.get("/healthz", (request, response) => {
  response.json({ ok: true, visits: visits.length });
});

const port = process.env.PORT ?? 3000;
app.listen(port, () => console.log(`visitor board on ${port}`));
