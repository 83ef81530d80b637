"""Tells which sound library it has; needs the system's libsndfile, which no manifest names."""
import ctypes
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

sound = ctypes.CDLL("libsndfile.so.1")
sound.sf_version_string.restype = ctypes.c_char_p
VERSION = sound.sf_version_string()


class Sound(BaseHTTPRequestHandler):
    def do_GET(self):
        page = b"<!doctype html><title>Sound</title><p>by " + VERSION
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)


HTTPServer(("0.0.0.0", int(os.environ.get("PORT", "8000"))), Sound).serve_forever()
