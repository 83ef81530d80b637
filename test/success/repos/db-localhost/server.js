const express = require("express");
const mysql = require("mysql2/promise");
const { createClient } = require("redis");
const config = require("./db.config.js");

const pool = mysql.createPool({
  host: config.HOST,
  user: config.USER,
  password: config.PASSWORD,
  database: config.DB,
});
const redis = createClient();
const app = express();

app.get("/", async (_request, response, next) => {
  try {
    await pool.query("INSERT INTO guests (name) VALUES ('Ada')");
    const [rows] = await pool.query("SELECT count(*) AS sum FROM guests");
    const seen = await redis.incr("seen");
    response.send(`guests: ${rows[0].sum}, seen ${seen}`);
  } catch (error) {
    next(error);
  }
});

async function start() {
  await redis.connect();
  await pool.query("CREATE TABLE IF NOT EXISTS guests (name VARCHAR(40))");
  app.listen(3000);
}

start();
