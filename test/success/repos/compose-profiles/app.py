import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"apples of {os.environ['SEASON']}\n".encode())


ThreadingHTTPServer(("", 8000), Page).serve_forever()
