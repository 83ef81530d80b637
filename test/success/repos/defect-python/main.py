from http.server import HTTPServer

def serve(:
    HTTPServer(("0.0.0.0", 8000), None).serve_forever()

serve()
