from flask import Blueprint, current_app

pages = Blueprint("pages", __name__)


@pages.get("/")
def home():
    return f"<title>Notes</title><p>{current_app.config['GREETING']}</p>"


@pages.get("/healthz")
def healthz():
    return "ok"
