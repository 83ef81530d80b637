import os

from flask import Flask

from notes.pages import pages


def create_app(greeting=None):
    app = Flask(__name__)
    app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]
    app.config["GREETING"] = greeting or os.environ.get("GREETING", "Hello from Poetry")
    app.register_blueprint(pages)
    return app
