import os

import pika
from flask import Flask

app = Flask(__name__)


def channel():
    connection = pika.BlockingConnection(pika.URLParameters(os.environ["RABBITMQ_URL"]))
    opened = connection.channel()
    opened.queue_declare(queue="letters", durable=True)
    return connection, opened


@app.route("/")
def send_and_take():
    connection, opened = channel()
    opened.basic_publish("", "letters", b"a letter came through")
    _, _, body = opened.basic_get("letters", auto_ack=True)
    connection.close()
    return body.decode()
