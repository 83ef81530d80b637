"""A guest list that nobody outside of its own pod can reach."""
from http.server import BaseHTTPRequestHandler, HTTPServer


class Guests(BaseHTTPRequestHandler):
    def do_GET(self):
        page = b"<!doctype html><title>Guests</title><p>Ada, Grace"
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)


HTTPServer(("127.0.0.1", 8123), Guests).serve_forever()
