const express = require("express");
const mysql = require("mysql2/promise");

const pool = mysql.createPool({
  host: process.env.DB_HOST || "localhost",
  port: Number(process.env.DB_PORT || 3306),
  user: process.env.DB_USER || "root",
  password: process.env.DB_PASSWORD || "",
  database: process.env.DB_NAME || "tasks",
});
const app = express();

app.get("/", async (_request, response, next) => {
  try {
    await pool.query("INSERT INTO tasks (title) VALUES (?)", ["look again"]);
    const [rows] = await pool.query("SELECT title, count(*) AS times FROM tasks GROUP BY title ORDER BY title");
    response.type("text").send(rows.map(({ title, times }) => `${title}: ${times}`).join("\n"));
  } catch (error) {
    next(error);
  }
});

app.listen(process.env.PORT || 8080);
