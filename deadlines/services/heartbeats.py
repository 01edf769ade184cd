"""Signs of life: who spoke last, and whether it has been silent for too long.

The timetable (beat), the worker and each sweep write one row each. Lateness never depends on them: these rows only say
whether people are still being reminded.
"""

import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from deadlines.models import Heartbeat, Matter

SILENCE = timedelta(minutes=15)

BEAT = "beat"
STANDBY = "beat-standby"
WORKER = "worker"
# Written by a task that beat sends each minute: it proves the way from the timetable through the queue to the worker.
QUEUE = "queue"
# "sweep:notice" and so on, one for each matter that is swept; the digests' is that of the e-mail.
SWEEP = "sweep"
SWEEPS = tuple(f"{SWEEP}:{name}" for name in (*Matter.values, "progress", "digests"))


def speaker() -> str:
    """This host and process."""
    return f"{socket.gethostname()}:{os.getpid()}"[:200]


def beat(name: str, *, began_at: datetime | None = None, detail: dict | None = None) -> None:
    """Notes a sign of life; a sweep names itself "sweep:…" and says when it began."""
    sign = Heartbeat(name=name, began_at=began_at, at=timezone.now(), by=speaker(), detail=detail or {})
    # One statement, also where two speak for the first time at once.
    Heartbeat.objects.bulk_create(
        [sign], update_conflicts=True, unique_fields=["name"], update_fields=["began_at", "at", "by", "detail"]
    )


@dataclass(frozen=True)
class Sign:
    """The last sign of life of one part; ``at`` is None where there has never been one."""

    name: str
    at: datetime | None
    now: datetime
    began_at: datetime | None = None
    by: str = ""

    @property
    def age(self) -> timedelta | None:
        return None if self.at is None else self.now - self.at

    @property
    def is_silent(self) -> bool:
        # A sign from the future was made by a clock that was wrong, and proves nothing about the present.
        return self.age is None or not -SILENCE <= self.age <= SILENCE


@dataclass(frozen=True)
class Status:
    beat: Sign
    worker: Sign
    queue: Sign
    sweep: Sign

    @property
    def parts(self) -> tuple[Sign, ...]:
        return self.beat, self.worker, self.queue, self.sweep

    @property
    def is_silent(self) -> bool:
        return any(part.is_silent for part in self.parts)


def judge(rows: Iterable[Heartbeat], *, now: datetime) -> Status:
    """What the rows say at a moment."""
    rows = {row.name: row for row in rows}
    return Status(
        beat=_sign(rows, BEAT, now),
        worker=_sign(rows, WORKER, now),
        queue=_sign(rows, QUEUE, now),
        sweep=last_sweep_of(rows.values(), now=now),
    )


def last_sweep_of(rows: Iterable[Heartbeat], *, now: datetime) -> Sign:
    """The end of the sweep that is furthest behind: every matter has been swept since, so none is silent unseen."""
    ends = [row for row in rows if row.name in SWEEPS]
    if len(ends) < len(SWEEPS):
        return Sign(SWEEP, None, now)
    # One from the future (see Sign) must show, even though others are older.
    last = min(ends, key=lambda row: (row.at - now <= SILENCE, row.at))
    return Sign(SWEEP, last.at, now, last.began_at, last.by)


def status(*, now: datetime | None = None) -> Status:
    """Each part's last sign of life; one statement."""
    return judge(Heartbeat.objects.all(), now=now or timezone.now())


def last_sweep(*, now: datetime | None = None) -> Sign:
    """When the last sweep of due dates ended; one statement."""
    rows = Heartbeat.objects.filter(name__in=SWEEPS)
    return last_sweep_of(rows, now=now or timezone.now())


def _sign(rows: dict[str, Heartbeat], name: str, now: datetime) -> Sign:
    row = rows.get(name)
    return Sign(name, row.at, now, row.began_at, row.by) if row else Sign(name, None, now)
