import os

from celery import Celery

address = os.environ["REDIS_URL"]
celery = Celery("shop", broker=address, backend=address)


@celery.task
def add(first, second):
    return first + second


@celery.on_after_configure.connect
def every_minute(sender, **_):
    sender.add_periodic_task(60.0, add.s(1, 1), name="keep busy")
