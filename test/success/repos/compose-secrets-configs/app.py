import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        soup = json.loads(Path("/etc/tavern/menu.json").read_text())["soup"]
        key = Path("/run/secrets/api_key").read_text().strip()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{soup} soup, key of {len(key)} letters\n".encode())


ThreadingHTTPServer(("", 8000), Page).serve_forever()
