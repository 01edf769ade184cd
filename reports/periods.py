"""The periods that reports are made for."""

from calendar import monthrange
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Preset(TextChoices):
    MONTH = "month", _("This month")
    QUARTER = "quarter", _("This quarter")
    HALF = "half", _("This half-year")
    YEAR = "year", _("This year")
    FIVE_YEARS = "five_years", _("Five years")
    ALL = "all", _("All periods")
    CUSTOM = "custom", _("Other period")


# How many months a preset has; each starts on the first of its own span of the year.
_MONTHS = {Preset.MONTH: 1, Preset.QUARTER: 3, Preset.HALF: 6, Preset.YEAR: 12}


def days_of(preset: str, *, on: date) -> tuple[date | None, date | None]:
    """First and last day; none for all periods, and for one that the person names."""
    if preset == Preset.FIVE_YEARS:
        return date(on.year - 4, 1, 1), date(on.year, 12, 31)
    if preset not in _MONTHS:
        return None, None
    months = _MONTHS[preset]
    first = (on.month - 1) // months * months + 1
    last = first + months - 1
    return date(on.year, first, 1), date(on.year, last, monthrange(on.year, last)[1])
