from pydantic import BaseSettings


class Menu(BaseSettings):
    dish: str = "pie"


from flask import Flask

app = Flask(__name__)


@app.get("/")
def index():
    return f"{Menu().dish} by the old settings"
