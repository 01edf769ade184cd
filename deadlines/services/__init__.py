"""What other apps ask of deadlines. Each file is named for what it does."""

from deadlines.services.binding import Deadline, deadlines_for
from deadlines.services.calendar import (
    calendar_memo,
    is_working_day,
    working_calendar,
    working_calendars,
    working_days_late,
)
from deadlines.services.reminders import (
    Audience,
    Kinds,
    mark_all_read,
    mark_read,
    remind,
    write_reminders,
)

__all__ = [
    "Audience",
    "Deadline",
    "Kinds",
    "calendar_memo",
    "deadlines_for",
    "is_working_day",
    "mark_all_read",
    "mark_read",
    "remind",
    "working_calendar",
    "working_calendars",
    "working_days_late",
    "write_reminders",
]
