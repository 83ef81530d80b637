from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg

# Ends at once where nobody has migrated before.
with psycopg.connect("") as connection:
    names = [name for (name,) in connection.execute("select name from stars")]


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"stars: {', '.join(names)}\n".encode())


ThreadingHTTPServer(("", 8000), Page).serve_forever()
