from flask import Flask, session

app = Flask(__name__)
app.config.from_prefixed_env()


@app.get("/")
def index():
    session["visits"] = session.get("visits", 0) + 1
    return f"visit {session['visits']}"
