import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
            connection.execute("create table if not exists visits (at timestamptz default now())")
            connection.execute("insert into visits default values")
            count = connection.execute("select count(*) from visits").fetchone()[0]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"bees counted {count} times\n".encode())


ThreadingHTTPServer(("0.0.0.0", 8000), Page).serve_forever()
