"""Sessions in PostgreSQL with a copy in Redis, for speed; where Redis doesn't answer, without the copy.

Django's own backend writes without Redis, but can't read, look for or end a session then: everybody who is signed in would
meet an error on each page.
"""

import logging

from django.contrib.sessions.backends import cached_db, db
from redis import RedisError

logger = logging.getLogger(__name__)


class SessionStore(cached_db.SessionStore):
    def load(self):
        try:
            return super().load()
        except RedisError as error:
            logger.warning("A session is read without Redis: %s", error)
            return db.SessionStore.load(self)

    def exists(self, session_key):
        try:
            return super().exists(session_key)
        except RedisError:
            return db.SessionStore.exists(self, session_key)

    def delete(self, session_key=None):
        try:
            super().delete(session_key)
        except RedisError as error:
            # The row is gone; the copy in Redis, should it come back, lasts no longer than the session would have.
            logger.warning("A session was ended without Redis: %s", error)
