"""The worker's own sign of life, beside the one that comes through the queue."""

import logging

from celery import bootsteps
from django.db import Error, connection

from deadlines.services import heartbeats

logger = logging.getLogger(__name__)

EVERY_SECONDS = 60


class SignOfLife(bootsteps.StartStopStep):
    """Writes each minute from the loop that takes in work: a worker in the middle of a long task still shows life.

    While the queue doesn't answer, that loop stands still and so does the sign: such a worker can't work.
    """

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer, **kwargs):
        self._timer = None
        super().__init__(consumer, **kwargs)

    def start(self, consumer) -> None:
        self._timer = consumer.timer.call_repeatedly(EVERY_SECONDS, speak)
        speak()

    def stop(self, consumer) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    shutdown = stop


def speak() -> None:
    """One connection for each sign: an idle one would be found dead after a restart of PostgreSQL."""
    try:
        heartbeats.beat(heartbeats.WORKER)
    except Error as error:
        logger.warning("The worker's sign of life wasn't written: %s", str(error).strip())
    finally:
        connection.close()
