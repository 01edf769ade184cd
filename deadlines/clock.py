"""The one place that reads the clock, in Vietnam's time."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    return timezone.now().astimezone(VIETNAM)


def today() -> date:
    """The local date in Vietnam: between 00:00 and 07:00 the UTC date is still yesterday."""
    return now().date()
