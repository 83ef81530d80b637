import pg from "pg";

const { DATABASE_URL } = process.env;
if (!DATABASE_URL) throw new Error("DATABASE_URL is required");
const pool = new pg.Pool({ connectionString: DATABASE_URL });

export async function prepare() {
  await pool.query("CREATE TABLE IF NOT EXISTS goods (name text PRIMARY KEY)");
  await pool.query("INSERT INTO goods VALUES ('teapot'), ('lantern') ON CONFLICT DO NOTHING");
}

export async function listGoods() {
  const { rows } = await pool.query("SELECT name FROM goods ORDER BY name");
  return rows;
}
