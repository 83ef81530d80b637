"""Puts work into a queue and waits for who does it: without a worker this page never answers."""

from flask import Flask

from tasks import add

app = Flask(__name__)


@app.get("/health")
def health():
    return "well"


@app.get("/")
def index():
    return f"the worker counted {add.delay(20, 22).get(timeout=20)}"
