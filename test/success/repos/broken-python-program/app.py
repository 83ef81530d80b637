import subprocess

subprocess.run(["jq", "--version"], check=True)
import os
from http.server import BaseHTTPRequestHandler, HTTPServer


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(subprocess.run(["jq", "-r", ".dish"], input='{"dish": "dumplings by jq"}', capture_output=True, text=True).stdout.encode())


HTTPServer(("0.0.0.0", int(os.environ.get("PORT", "8000"))), Page).serve_forever()
