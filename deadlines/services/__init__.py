"""What other apps ask of deadlines. Each file is named for what it does."""

from deadlines.services.binding import Deadline, deadlines_for
from deadlines.services.calendar import (
    calendar_memo,
    is_working_day,
    working_calendar,
    working_calendars,
    working_days_late,
)
from deadlines.services.calendar_days import (
    add_calendar_day,
    confirm_year,
    edit_calendar_day,
    remove_calendar_day,
)
from deadlines.services.heartbeats import beat
from deadlines.services.moves import moves_of, record_move
from deadlines.services.regulations import (
    add_rule,
    create_regulation,
    edit_regulation,
    edit_rule,
    is_in_use,
    remove_rule,
)
from deadlines.services.reminders import (
    Audience,
    Kinds,
    mark_all_read,
    mark_read,
    planned_rows,
    remind,
    write_planned,
    write_reminders,
)

__all__ = [
    "Audience",
    "Deadline",
    "Kinds",
    "add_calendar_day",
    "add_rule",
    "beat",
    "calendar_memo",
    "confirm_year",
    "create_regulation",
    "deadlines_for",
    "edit_calendar_day",
    "edit_regulation",
    "edit_rule",
    "is_in_use",
    "is_working_day",
    "mark_all_read",
    "mark_read",
    "moves_of",
    "planned_rows",
    "record_move",
    "remind",
    "remove_calendar_day",
    "remove_rule",
    "working_calendar",
    "working_calendars",
    "working_days_late",
    "write_planned",
    "write_reminders",
]
