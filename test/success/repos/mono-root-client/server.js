import express from "express";

const app = express();
app.get("/books", (request, response) => response.json([{ title: "Tides" }, { title: "Clouds" }]));
app.listen(process.env.PORT || 3001);
