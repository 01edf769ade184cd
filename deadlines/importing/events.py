"""Days from an iCalendar file: whole days, one event for one or several of them."""

from datetime import date, datetime

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from accounts.text import fold
from deadlines.counting import ONE_DAY
from deadlines.importing.days import FORMULA, KIND_OF, LONGEST, ImportedDay, Reading, Unreadable, require_year
from deadlines.models import DayKind

MAX_LINES = 20_000
MAX_EVENTS = 400
_WORKED = ("lam bu", "ngay lam bu", "di lam bu", "lam viec bu")
_READ = ("DTSTART", "DTEND", "DURATION", "SUMMARY", "STATUS")
_REPEATING = ("RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")


def read_calendar(text: str, year: int, reading: Reading) -> None:
    if text.count("\n") > MAX_LINES or text.upper().count("BEGIN:VEVENT") > MAX_EVENTS:
        raise Unreadable(_("The calendar has more than 400 events; a year has 366 days at most."))
    try:
        events = Calendar.from_ical(text).walk("VEVENT")
    except (ValueError, KeyError, IndexError, AttributeError, TypeError, RecursionError):
        raise Unreadable(
            _("The iCalendar file is damaged: it can't be read from BEGIN:VCALENDAR to END:VCALENDAR.")
        ) from None
    for number, event in enumerate(events, start=1):
        name = " ".join(str(event.get("SUMMARY", "")).split())
        where = _("Event %(number)s (“%(name)s”)") % {"number": number, "name": name[:60]}
        try:
            reading.days += _days_of(event, name, where, year, reading)
        except ValueError as error:
            reading.problems.append(f"{where}: {error}")


def _days_of(event: Event, name: str, where: str, year: int, reading: Reading) -> list[ImportedDay]:
    """The days of one event; a weekend within several days off needs no entry."""
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        reading.notes.append(_("%(where)s is cancelled: left out.") % {"where": where})
        return []
    first, last = _span(event)
    for day in (first, last):
        require_year("day", day, year)
    if not name:
        raise ValueError(_("it has no name (SUMMARY)."))
    if name.startswith(FORMULA):
        raise ValueError(_("“%(text)s” looks like a formula; type plain text.") % {"text": name[:40]})
    if len(name) > LONGEST["name"]:
        raise ValueError(_("its name is longer than %(most)s characters.") % {"most": LONGEST["name"]})
    kind = _kind_of(event, name)
    days = [first + n * ONE_DAY for n in range((last - first).days + 1)]
    if kind == DayKind.DAY_OFF and len(days) > 1:
        days = [day for day in days if day.weekday() < 5]
        if not days:
            raise ValueError(_("it lies on a weekend, days off every week."))
    return [ImportedDay(where, day, kind, name) for day in days]


def _span(event: Event) -> tuple[date, date]:
    """First and last day. DTEND is the day after the last one (RFC 5545)."""
    if any(name in event for name in _REPEATING):
        raise ValueError(_("it repeats itself (RRULE); give each day as an event of its own."))
    broken = [name for name, _error in event.errors if name is None or name in _READ]
    broken += [name for name in _READ if isinstance(event.get(name), list)]
    if broken:
        raise ValueError(_("%(name)s can't be read.") % {"name": broken[0] or _("one of its lines")})
    start, end = (getattr(event.get(name), "dt", None) for name in ("DTSTART", "DTEND"))
    if start is None:
        raise ValueError(_("it has no first day (DTSTART)."))
    length = getattr(event.get("DURATION"), "dt", None)
    if isinstance(start, datetime) or isinstance(end, datetime) or (length and length % ONE_DAY):
        raise ValueError(_("it has a time of day; only whole days can be read."))
    if end is None:
        end = start + (length or ONE_DAY)
    if end <= start:
        raise ValueError(_("it ends before it begins (DTEND is the day after the last day)."))
    return start, end - ONE_DAY


def _kind_of(event: Event, name: str) -> str:
    """By its category; without one, by how its name begins ("Nghỉ hoán đổi, làm bù ngày …" is a day off)."""
    categories = event.get("CATEGORIES", [])
    words = [
        fold(str(word)) for one in (categories if isinstance(categories, list) else [categories]) for word in one.cats
    ]
    known = {KIND_OF[word] for word in words if word in KIND_OF}
    if len(known) > 1:
        raise ValueError(_("its categories call it both a day off and a make-up day."))
    if known:
        return known.pop()
    return DayKind.WORKING_DAY if fold(name).startswith(_WORKED) else DayKind.DAY_OFF
