"""Imports what its requirements forget; once that is mended, what was pinned has to import still."""

from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy
import requests


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        text = f"numpy {numpy.__version__} beside requests {requests.__version__}".encode()
        self.send_response(200)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


HTTPServer(("0.0.0.0", 8000), Page).serve_forever()
