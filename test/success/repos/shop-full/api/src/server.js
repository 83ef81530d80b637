import express from "express";
import { countAsk } from "./asked.js";
import { listGoods, prepare } from "./goods.js";

const app = express();

app.get("/api/goods", async (_request, response, next) => {
  try {
    const asked = await countAsk();
    const goods = await listGoods();
    response.json({ goods: goods.map(({ name }) => ({ name, asked })) });
  } catch (error) {
    next(error);
  }
});

await prepare();
app.listen(process.env.PORT ?? 4000);
