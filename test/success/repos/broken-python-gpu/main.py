import os
from http.server import BaseHTTPRequestHandler, HTTPServer

device = "cpu" if os.environ.get("CUDA_VISIBLE_DEVICES") == "" else "cuda"
if device == "cuda" and not os.path.exists("/dev/nvidia0"):
    raise RuntimeError("Found no NVIDIA driver on your system")


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        body = f"computed on {device}".encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


HTTPServer(("0.0.0.0", int(os.environ.get("PORT", "8000"))), Page).serve_forever()
