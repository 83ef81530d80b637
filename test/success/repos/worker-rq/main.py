import os
import time

from fastapi import FastAPI
from redis import Redis
from rq import Queue

from jobs import shout

app = FastAPI()
queue = Queue("words", connection=Redis.from_url(os.environ["REDIS_URL"]))


@app.get("/")
def index():
    job = queue.enqueue(shout, "from the queue")
    for _ in range(60):
        if job.get_status(refresh=True) == "finished":
            return {"said": job.return_value()}
        time.sleep(0.25)
    return {"said": "nobody works"}
