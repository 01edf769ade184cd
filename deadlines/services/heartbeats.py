"""Signs of life: who spoke last, and whether it has been silent for too long."""

import os
import socket
from datetime import datetime, timedelta

from django.utils import timezone

from deadlines.models import Heartbeat

SILENCE = timedelta(minutes=15)


def speaker() -> str:
    """This host and process."""
    return f"{socket.gethostname()}:{os.getpid()}"[:200]


def beat(name: str, *, began_at: datetime | None = None, detail: dict | None = None) -> None:
    """Notes a sign of life; a sweep names itself "sweep:…" and says when it began."""
    values = {"began_at": began_at, "at": timezone.now(), "by": speaker(), "detail": detail or {}}
    Heartbeat.objects.update_or_create(name=name, defaults=values)
