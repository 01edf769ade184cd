"""Schedules and plans of reminders in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deadlines.counting import Calendar
from deadlines.models import Matter, Recipient, Stage
from deadlines.reminding import FURTHEST_STEP, PlannedReminder, Schedule, Step, reminder_plan

# A preview shows the late days up to the last step that comes once, and some more.
DAYS_SHOWN_AFTER = 2


@dataclass(frozen=True)
class PreviewedReminder:
    day: date
    when: str
    whom: str
    is_late: bool


def whom(matter: str, recipient: str) -> str:
    """Who is meant, as a clerk would say it."""
    if recipient == Recipient.UNIT:
        if matter == Matter.ASSIGNMENT:
            return _("officers of the lead department and clerks of the host unit")
        return _("clerks and leaders of the host unit")
    if recipient == Recipient.SUPERIOR_LEADER:
        return _("leaders of the superior unit")
    if recipient == Recipient.SECOND_SUPERIOR_LEADER:
        return _("leaders of the superior unit's superior")
    return _("supervisors of the place")


def step_words(step: Step, matter: str) -> str:
    """One step as a sentence."""
    days = step.working_days
    if step.stage == Stage.DUE:
        text = _("On the due day: %(whom)s.")
    elif step.stage == Stage.BEFORE:
        text = ngettext("%(days)s working day before: %(whom)s.", "%(days)s working days before: %(whom)s.", days)
    elif step.repeats_daily and days == 1:
        text = _("Late: every working day, %(whom)s.")
    elif step.repeats_daily:
        text = _("From %(days)s working days late: every working day, %(whom)s.")
    else:
        text = ngettext(
            "%(days)s working day late: once, %(whom)s.", "%(days)s working days late: once, %(whom)s.", days
        )
    return text % {"days": days, "whom": whom(matter, step.recipient)}


def schedule_words(schedule: Schedule, matter: str) -> list[str]:
    return [step_words(step, matter) for step in schedule.steps]


def preview(due_on: date, calendar: Calendar, schedule: Schedule, matter: str) -> list[PreviewedReminder]:
    """Every reminder of a deadline on the day that nobody meets, for as long as something new comes."""
    last = max((step.working_days for step in schedule.steps if step.stage == Stage.LATE), default=0)
    until = calendar.next_working_day(due_on + timedelta(days=1))
    for _day in range(last + DAYS_SHOWN_AFTER - 1):
        until = calendar.next_working_day(until + timedelta(days=1))
    plan = reminder_plan(due_on, until, calendar, schedule, catch_up=2 * FURTHEST_STEP + 10)
    return [
        PreviewedReminder(one.for_day, _when(one), whom(matter, one.recipient), one.stage == Stage.LATE)
        for one in _once_each(plan)
    ]


def _once_each(plan: Iterable[PlannedReminder]) -> list[PlannedReminder]:
    return list(dict.fromkeys(plan))


def _when(planned: PlannedReminder) -> str:
    days = planned.days
    if planned.stage == Stage.DUE:
        return _("Due")
    if planned.stage == Stage.BEFORE:
        return capfirst(ngettext("%(days)s working day left", "%(days)s working days left", days) % {"days": days})
    return capfirst(ngettext("%(days)s working day late", "%(days)s working days late", days) % {"days": days})
