"""A guestbook that forgets everything when it is restarted."""

from flask import Flask, redirect, render_template, request, url_for

app = Flask(__name__)
entries = ["Hello from Flask"]


@app.get("/")
def show():
    return render_template("guestbook.html", entries=entries)


@app.post("/")
def add():
    entries.append(request.form["text"][:200])
    return redirect(url_for("show"))


if __name__ == "__main__":
    app.run(debug=True)
