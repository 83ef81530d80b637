from flask import Flask

from shop.payments import payments

app = Flask(__name__)
app.register_blueprint(payments)


@app.get("/")
def home():
    return "<title>Shop</title><p>The shop is open</p>"
