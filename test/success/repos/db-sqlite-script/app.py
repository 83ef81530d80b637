import os

from flask import Flask
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ.get("DATABASE_URL", "sqlite:///lendings.db")
db = SQLAlchemy(app)


class Lending(db.Model):
    id = db.Column(db.Integer, primary_key=True)


@app.route("/")
def lendings():
    return f"{Lending.query.count()} lendings"
