"""Time travel for the demonstration: its past is made through the same services as a real one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from unittest import mock

from django.utils import timezone

from deadlines.clock import VIETNAM


@contextmanager
def at(day: date, hour: int = 9, minute: int = 0) -> Iterator[datetime]:
    """Within the block, now is that hour of that day in Vietnam, for services and for ``auto_now_add``.

    Only this process sees it, and only the loading command uses it, before any server runs in the process.
    """
    moment = datetime.combine(day, time(hour, minute), tzinfo=VIETNAM)
    with mock.patch.object(timezone, "now", return_value=moment):
        yield moment
