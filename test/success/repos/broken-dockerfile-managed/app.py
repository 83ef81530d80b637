from flask import Flask

app = Flask(__name__)


@app.get("/")
def page():
    return "in the system's own Python"


app.run(host="0.0.0.0", port=5000)
