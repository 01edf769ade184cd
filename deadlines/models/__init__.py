"""Regulations and their dated rules, the working calendar, changes of both, and the ledger of reminders."""

from deadlines.models.calendar import CalendarDay, CalendarYear, DayKind
from deadlines.models.changes import Change, ChangeKind, ChangeState, Move, MoveCause
from deadlines.models.heartbeats import Heartbeat
from deadlines.models.reminders import (
    MailRhythm,
    MailSetting,
    Matter,
    Recipient,
    Reminder,
    ReminderKind,
    ReminderSchedule,
    ReminderStep,
    Stage,
)
from deadlines.models.rules import MeetingType, Obligation, Quantity, Regulation, Rule

__all__ = [
    "CalendarDay",
    "CalendarYear",
    "Change",
    "ChangeKind",
    "ChangeState",
    "DayKind",
    "Heartbeat",
    "MailRhythm",
    "MailSetting",
    "Matter",
    "MeetingType",
    "Move",
    "MoveCause",
    "Obligation",
    "Quantity",
    "Recipient",
    "Regulation",
    "Reminder",
    "ReminderKind",
    "ReminderSchedule",
    "ReminderStep",
    "Rule",
    "Stage",
]
