const http = require("node:http");
const { Client } = require("pg");

// As a host that ends TLS with a certificate of its own wants it.
const client = new Client({ connectionString: process.env.DATABASE_URL, ssl: { rejectUnauthorized: false } });

client
  .connect()
  .then(() => client.query("select 6 * 7 as answer"))
  .then(({ rows }) => {
    http
      .createServer((request, response) => response.end(`the database says ${rows[0].answer}`))
      .listen(process.env.PORT ?? 3000);
  })
  .catch((error) => {
    console.error(error);
    process.exit(1);
  });
