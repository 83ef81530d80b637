import os

import redis
from flask import Flask

app = Flask(__name__)
store = redis.Redis(
    host=os.environ.get("REDIS_HOST", "localhost"),
    port=int(os.environ.get("REDIS_PORT", "6379")),
    password=os.environ.get("REDIS_PASSWORD"),
)


@app.route("/")
def count():
    return f"seen {store.incr('seen')} times"
