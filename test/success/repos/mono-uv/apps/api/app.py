from flask import Flask
from tea_leaves import brew

app = Flask(__name__)


@app.get("/")
def index():
    return brew("sencha")
