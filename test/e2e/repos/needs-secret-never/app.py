import os

from flask import Flask

KEY = os.environ["PAYMENT_API_KEY"]
app = Flask(__name__)


@app.route("/")
def index():
    return f"<!doctype html><title>Till</title><p>{len(KEY)}"
