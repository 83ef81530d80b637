import os
from http.server import BaseHTTPRequestHandler, HTTPServer
import locale

locale.setlocale(locale.LC_ALL, os.environ.get("LC_ALL", "de_DE.UTF-8"))


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        body = f"one thousand is {1000:n}".encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


HTTPServer(("0.0.0.0", int(os.environ.get("PORT", "8000"))), Page).serve_forever()
