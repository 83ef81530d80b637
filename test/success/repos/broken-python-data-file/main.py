import os
from http.server import BaseHTTPRequestHandler, HTTPServer
import sqlite3

store = sqlite3.connect("/data/notes.db")
store.execute("create table if not exists notes (text text)")
notes = store.execute("select count(*) from notes").fetchone()[0]


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        body = f"{notes} notes in a file".encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


HTTPServer(("0.0.0.0", int(os.environ.get("PORT", "8000"))), Page).serve_forever()
