"""Looks like a server, but only writes the routes that it would have."""
from flask import Flask

app = Flask(__name__)


@app.route("/")
def index():
    return "never asked"


if __name__ == "__main__":
    print(f"done, {len(list(app.url_map.iter_rules()))} routes")
