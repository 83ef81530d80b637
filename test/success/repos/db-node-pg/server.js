import { createServer } from "node:http";
import pg from "pg";

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
await pool.query("CREATE TABLE IF NOT EXISTS visits (id serial PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())");

createServer(async (_request, response) => {
  await pool.query("INSERT INTO visits DEFAULT VALUES");
  const { rows } = await pool.query("SELECT count(*)::int AS visits, version() AS server FROM visits");
  response.setHeader("content-type", "text/plain");
  response.end(`visits: ${rows[0].visits} kept by ${rows[0].server.split(" ")[0]}\n`);
}).listen(process.env.PORT ?? 3000);
