"""Celery's timetable, run once even where two are started by mistake.

Whoever holds a session lock of PostgreSQL sends; every other beat stands by, asks again every few seconds and takes
over when the holder dies. The lock lives on a connection of its own and goes with it, whatever ends it: a kill -9, a
restart of PostgreSQL, a cable. So PostgreSQL is asked before each entry whether the lock is still ours, never our memory.

When each entry was last sent stands beside the sign of life in PostgreSQL, not in a file: whoever takes over, after a
second or after four days, sends what is overdue once, not once for each time that was missed.
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from celery.beat import Scheduler, SchedulingError
from django.db import Error, close_old_connections, connections
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from deadlines.beat_lock import KEY, LOCK, application_name, is_held_by_us
from deadlines.models import Heartbeat
from deadlines.services import heartbeats

logger = logging.getLogger(__name__)

# How often the lock is looked after, and so how soon another takes over.
CHECK_SECONDS = 5
SIGN_SECONDS = 20
# Entries that were never sent, on a new database, are due.
NEVER = datetime(2000, 1, 1, tzinfo=timezone.get_fixed_timezone(0))
# A clock may be put right by as much without anybody looking at the timetable.
CLOCK_TOLERANCE = timedelta(minutes=1)

# A machine that vanishes without a word must not keep the lock for the hours that TCP allows for it.
CONNECTION = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
SESSION = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; "
SESSION += "SET tcp_user_timeout = 20000; SET statement_timeout = '5s'"


class Lock:
    """PostgreSQL's lock of the timetable, on a connection of its own."""

    def __init__(self):
        self._connection = None

    def hold(self) -> bool:
        """Whether the lock is ours now: asks PostgreSQL, and takes the lock where it is free."""
        try:
            if self._connection is None:
                self._connect()
            with self._connection.cursor() as cursor:
                if is_held_by_us(cursor):
                    return True
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [KEY])
                return cursor.fetchone()[0]
        except Error as error:
            logger.warning("PostgreSQL doesn't answer the timetable: %s", str(error).strip())
            self.release()
            return False

    def release(self) -> None:
        """Closes the connection, and with it goes the lock."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except Error:
                logger.debug("The connection was gone already.", exc_info=True)

    def _connect(self) -> None:
        self._connection = connections["default"].copy()
        self._connection.settings_dict["OPTIONS"] = self._connection.settings_dict.get("OPTIONS", {}) | CONNECTION
        with self._connection.cursor() as cursor:
            cursor.execute(SESSION)
            cursor.execute("SELECT set_config('application_name', %s, false)", [application_name()])


@dataclass
class Standing:
    """Whether this beat leads, and since when."""

    leads: bool | None = None
    since: datetime | None = None

    def becomes(self, leads: bool) -> bool:
        """True when that is a change."""
        if self.leads is leads:
            return False
        self.leads, self.since = leads, timezone.now()
        return True


class LockedScheduler(Scheduler):
    """Sends the timetable's entries while it holds the lock, and nothing while it doesn't."""

    max_interval = CHECK_SECONDS
    # Each message takes a connection of the app's pool, which connects anew by itself: a beat that waited here for the
    # queue could neither look after its lock nor show that it lives.
    producer = None

    def __init__(self, *args, lazy=False, **kwargs):
        self.lock = Lock()
        self.standing = Standing()
        self._unsent = None
        self._spoke_at = 0.0
        super().__init__(*args, lazy=lazy, **kwargs)

    def tick(self, *args, **kwargs) -> float:
        """Sends at most one entry, after a look at the lock."""
        leads = self.lock.hold()
        try:
            if self.standing.becomes(leads):
                self._change_over()
            elif time.monotonic() - self._spoke_at > SIGN_SECONDS:
                self._speak()
        except Error as error:
            # Without a place to read and write what was sent there is nothing to go by: the next look begins anew.
            logger.warning("The timetable can't be read or written: %s", str(error).strip())
            self._step_back()
            return CHECK_SECONDS
        if not leads:
            return CHECK_SECONDS
        self._mend_clock()
        return self._send(*args, **kwargs)

    def close(self) -> None:
        super().close()
        self._step_back()

    @property
    def info(self) -> str:
        return f"    . lock -> {LOCK}"

    def apply_entry(self, entry, producer=None) -> None:
        logger.info("Sending %s", entry.task)
        try:
            self.apply_async(entry, advance=False)
        except SchedulingError as error:
            logger.warning("%s; it stays due.", error)
            self._unsent = entry

    def _send(self, *args, **kwargs) -> float:
        self._unsent = None
        sent_before = self._runs()
        pause = super().tick(*args, **kwargs)
        if self._unsent is not None:
            self.schedule[self._unsent.name] = self._unsent
            self._heap = None
            return CHECK_SECONDS
        if self._runs() != sent_before:
            try:
                self._speak()
            except Error as error:
                logger.warning("What was sent can't be noted: %s", str(error).strip())
                self._step_back()
                return CHECK_SECONDS
        return min(pause, CHECK_SECONDS)

    def _change_over(self) -> None:
        if self.standing.leads:
            logger.info("This beat leads: it holds %s.", LOCK)
            self._recall()
        else:
            logger.info("Another beat holds %s, or PostgreSQL doesn't answer: standing by.", LOCK)
        self._speak()

    def _step_back(self) -> None:
        self.lock.release()
        self.standing = Standing()

    def _runs(self) -> dict[str, str]:
        return {name: entry.last_run_at.isoformat() for name, entry in self.schedule.items()}

    def _recall(self) -> None:
        """Goes on from where the last leader was."""
        close_old_connections()
        row = Heartbeat.objects.filter(name=heartbeats.BEAT).first()
        runs = row.detail.get("runs", {}) if row else {}
        for name, entry in self.schedule.items():
            entry.last_run_at = _moment(runs.get(name))
        self._heap = None

    def _mend_clock(self) -> None:
        """What was sent by a clock that ran ahead would be due only when the right clock has come as far."""
        latest = timezone.now() + CLOCK_TOLERANCE
        for entry in self.schedule.values():
            if entry.last_run_at > latest:
                logger.warning("%s was last sent in the future: the clock was put back, so it is due.", entry.name)
                entry.last_run_at = NEVER
                self._heap = None

    def _speak(self) -> None:
        close_old_connections()
        name = heartbeats.BEAT if self.standing.leads else heartbeats.STANDBY
        detail = {"lock": LOCK, "runs": self._runs()} if self.standing.leads else {}
        heartbeats.beat(name, began_at=self.standing.since, detail=detail)
        self._spoke_at = time.monotonic()


def _moment(text: object) -> datetime:
    found = parse_datetime(text) if isinstance(text, str) else None
    return found if found is not None and timezone.is_aware(found) else NEVER
