"""Dates and numbers as people type them, with a sentence for what can't be read."""

import re
from datetime import date

from django.utils.translation import gettext as _

from deadlines.counting import CountError

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_VIETNAMESE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,12}", re.ASCII)


def read_date(text: str) -> date:
    """A date typed as 2026-08-21 or 21/08/2026."""
    text = text.strip()
    if found := _ISO.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := _VIETNAMESE.fullmatch(text):
        day, month, year = map(int, found.groups())
    else:
        raise CountError(_("“%(text)s” is not a date; type it as 21/08/2026.") % {"text": text[:40]})
    try:
        return date(year, month, day)
    except ValueError:
        raise CountError(_("There is no %(text)s in the calendar.") % {"text": text[:40]}) from None


def read_number(text: str) -> int:
    """A whole number of days."""
    if not _NUMBER.fullmatch(text.strip()):
        raise CountError(_("“%(text)s” is not a whole number of days.") % {"text": text.strip()[:40]})
    return int(text)
