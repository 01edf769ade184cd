"""The lock in PostgreSQL that lets one timetable send and others stand by: its key, and who has it."""

import os
import socket
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

KEY = int.from_bytes(b"beat")  # Below 2³²: pg_locks shows it as objid, with classid 0.
LOCK = f"pg_advisory_lock({KEY})"
APPLICATION = "dialogue-beat"
# PostgreSQL keeps so many bytes of a session's name.
NAME_BYTES = 63

OURS = """
SELECT EXISTS (
    SELECT 1 FROM pg_locks
    WHERE locktype = 'advisory' AND classid = 0 AND objid = %s AND objsubid = 1 AND granted
      AND pid = pg_backend_pid()
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
)
"""
SESSIONS = """
SELECT s.application_name, s.pid, s.backend_start, l.pid IS NOT NULL
FROM pg_stat_activity s
LEFT JOIN pg_locks l
       ON l.pid = s.pid AND l.locktype = 'advisory' AND l.classid = 0 AND l.objid = %s AND l.objsubid = 1 AND l.granted
WHERE s.datname = current_database() AND s.application_name LIKE %s
ORDER BY s.backend_start
"""


def application_name() -> str:
    """What PostgreSQL shows of this beat's session: the host, shortened where it has to be, and the process."""
    process = f":{os.getpid()}"
    return f"{APPLICATION} {socket.gethostname()}"[: NAME_BYTES - len(process)] + process


def is_held_by_us(cursor) -> bool:
    """Whether the cursor's own session holds the lock, as PostgreSQL sees it.

    Behind a pooler that gives each transaction another session the answer is no, and nothing is sent twice.
    """
    cursor.execute(OURS, [KEY])
    return cursor.fetchone()[0]


@dataclass(frozen=True)
class Session:
    """A beat that is connected to PostgreSQL."""

    by: str
    pid: int
    since: datetime
    holds_lock: bool


def sessions() -> list[Session]:
    """Every beat that is connected, the one with the lock and those that stand by; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(SESSIONS, [KEY, f"{APPLICATION} %"])
        return [
            Session(name.removeprefix(f"{APPLICATION} "), pid, since, holds)
            for name, pid, since, holds in cursor.fetchall()
        ]
