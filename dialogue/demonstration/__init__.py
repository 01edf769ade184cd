"""The demonstration data: the five localities of the articles and a few communes of today, marked as such."""

from django.core.management import call_command
from django.db import transaction

from accounts.models import User
from deadlines.clock import today
from deadlines.models import Reminder
from deadlines.services.calendar import calendar_memo
from dialogue.demonstration import communes, dong_xoai, regulations
from meetings.models import Meeting
from reports.published import load_published_returns


def is_loaded() -> bool:
    return User.objects.filter(is_demonstration=True).exists()


def is_empty() -> bool:
    """Nobody and no meeting yet: only then may the demonstration be loaded by itself."""
    return not User.objects.exists() and not Meeting.objects.exists()


@transaction.atomic
def load() -> None:
    """Loads everything in one transaction: a start that is interrupted leaves the database empty."""
    for command in ("load_localities", "load_calendar", "load_regulations", "load_fields"):
        call_command(command, verbosity=0)
    with calendar_memo():
        regulations.load()
        load_published_returns()
        dong_xoai.load()
        communes.load(today())
    # What the story tells lies behind: it stands in people's lists, but nobody is mailed of it today.
    Reminder.objects.not_yet_mailed().update(is_mail_wanted=False)
