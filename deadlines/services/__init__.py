"""What other apps ask of deadlines. Each file is named for what it does."""

from deadlines.services.binding import Deadline, deadlines_for, rule_memo
from deadlines.services.calendar import (
    as_of_now,
    calendar_memo,
    confirmed_years,
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
from deadlines.services.changes import (
    Preview,
    apply_change,
    catch_up,
    common_root,
    discard_change,
    finish_unfinished,
    hold_changes_off,
    last_applied,
    preview,
    propose_change,
    recompute_change,
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
from deadlines.services.reminders import Kinds, mark_all_read, mark_read, remind, write_planned
from deadlines.services.schedules import reset_schedule, schedules_for, set_schedule
from deadlines.services.sweeping import OpenDeadline, Sweep, run_sweep

__all__ = [
    "Deadline",
    "Kinds",
    "OpenDeadline",
    "Preview",
    "Sweep",
    "add_calendar_day",
    "add_rule",
    "apply_change",
    "as_of_now",
    "beat",
    "calendar_memo",
    "catch_up",
    "common_root",
    "confirm_year",
    "confirmed_years",
    "create_regulation",
    "deadlines_for",
    "discard_change",
    "edit_calendar_day",
    "edit_regulation",
    "edit_rule",
    "finish_unfinished",
    "hold_changes_off",
    "is_in_use",
    "is_working_day",
    "last_applied",
    "mark_all_read",
    "mark_read",
    "moves_of",
    "preview",
    "propose_change",
    "recompute_change",
    "record_move",
    "remind",
    "remove_calendar_day",
    "remove_rule",
    "reset_schedule",
    "rule_memo",
    "run_sweep",
    "schedules_for",
    "set_schedule",
    "working_calendar",
    "working_calendars",
    "working_days_late",
    "write_planned",
]
