"""Whether PostgreSQL and Redis answer, asked with a bound on the time: a server that hangs is no reason to hang too."""

import select
import time

import psycopg2
import redis
from django.conf import settings
from django.db import connection
from psycopg2 import extensions

from deadlines.models import Heartbeat

SECONDS = 2
# Celery's one queue is a list in Redis; what a worker has taken and not yet done lies beside it.
QUEUE, TAKEN = "celery", "unacked"


class NoAnswer(Exception):
    """The server refuses, is gone, or has not answered in time."""


def read_heartbeats(*, seconds: float = SECONDS) -> list[Heartbeat]:
    """The signs of life, over a connection of its own: the proof that PostgreSQL takes connections and reads.

    Asynchronous, since no setting of a connection bounds the wait for a server that is there and says nothing.
    """
    until = time.monotonic() + seconds
    parameters = connection.get_connection_params() | {"connect_timeout": SECONDS}
    parameters = {name: value for name, value in parameters.items() if name not in {"cursor_factory", "context"}}
    own = None
    try:
        own = psycopg2.connect(async_=True, **parameters)
        _wait(own, until)
        with own.cursor() as cursor:
            cursor.execute("SELECT name, began_at, at, by FROM deadlines_heartbeat")
            _wait(own, until)
            return [Heartbeat(name=name, began_at=began, at=at, by=by) for name, began, at, by in cursor.fetchall()]
    except (psycopg2.Error, OSError) as error:
        raise NoAnswer(str(error).strip()) from error
    finally:
        if own is not None:
            own.close()


def _wait(own: extensions.connection, until: float) -> None:
    while (state := own.poll()) != extensions.POLL_OK:
        left = until - time.monotonic()
        waits = {extensions.POLL_READ: ([own], [], []), extensions.POLL_WRITE: ([], [own], [])}[state]
        if left <= 0 or not any(select.select(*waits, left)):
            raise NoAnswer("no answer in time")


def queue_length(*, seconds: float = SECONDS) -> tuple[int, int]:
    """How many messages wait in the queue, and how many a worker has taken: the proof that Redis answers."""
    client = redis.Redis.from_url(
        settings.BROKER_URL, socket_timeout=seconds, socket_connect_timeout=seconds, retry=None
    )
    try:
        with client.pipeline(transaction=False) as pipeline:
            waiting, taken = pipeline.llen(QUEUE).hlen(TAKEN).execute()
    except (redis.RedisError, OSError) as error:
        raise NoAnswer(str(error)) from error
    finally:
        client.close()
    return waiting, taken
