"""PostgreSQL and Valkey servers that come with the project, used where DATABASE_URL or REDIS_URL is unset.

Both come as Python wheels and keep everything below one data folder:

    postgres/        the database cluster             valkey/         the append-only file of the queue and cache
    postgres.log     what the servers say             valkey.log
    secret-key       the local SECRET_KEY             run/            sockets, readable by their owner alone
    embedded.lock    held while a server is started   embedded.users  shared lock held by every program in need

There is no port and no password: the servers listen on UNIX sockets in a folder that only their owner may enter.
Whoever imports the settings finds the servers running or starts them, and holds a *shared* lock on
``embedded.users`` for as long as it lives. The kernel drops that lock however a program ends, kill -9 included, so
no count can go stale; a program that ends and can turn its lock into an exclusive one was the last user, and stops
the servers. A program that was killed leaves them running for the next one. ``script/stop`` stops them by hand.
"""

from dialogue.embedded.folders import EmbeddedServerError, local_secret
from dialogue.embedded.postgres import Postgres
from dialogue.embedded.server import STOP_SECONDS
from dialogue.embedded.users import database_settings, keep_running, redis_url, stop
from dialogue.embedded.valkey import Valkey

__all__ = [
    "STOP_SECONDS",
    "EmbeddedServerError",
    "Postgres",
    "Valkey",
    "database_settings",
    "keep_running",
    "local_secret",
    "redis_url",
    "stop",
]
