"""From a file's bytes to the days it names."""

from datetime import date

from django.utils.translation import gettext as _

from accounts.text import nfc
from deadlines.counting import long_date
from deadlines.importing.days import ImportedDay, Reading, Unreadable
from deadlines.importing.events import read_calendar
from deadlines.importing.tables import read_table

MAX_BYTES = 2 * 1024 * 1024
MAX_PROBLEMS = 50
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def read(content: bytes, *, year: int) -> Reading:
    """The days of a file that was declared to be of ``year``."""
    reading = Reading()
    try:
        text = _decode(content)
        if text.lstrip()[:15].upper() == "BEGIN:VCALENDAR":
            read_calendar(text, year, reading)
        else:
            read_table(text, year, reading)
    except Unreadable as error:
        reading.problems = [str(error)]
    _complain_of_repeated_days(reading)
    if not reading.days and not reading.problems:
        reading.problems.append(_("There is not a single day in the file."))
    if len(reading.problems) > MAX_PROBLEMS:
        more = len(reading.problems) - MAX_PROBLEMS
        del reading.problems[MAX_PROBLEMS:]
        reading.problems.append(_("… and %(number)s more.") % {"number": more})
    return reading


def _complain_of_repeated_days(reading: Reading) -> None:
    first: dict[date, ImportedDay] = {}
    for one in reading.days:
        before = first.setdefault(one.day, one)
        if before is not one:
            reading.problems.append(
                _("%(where)s: %(day)s is in the file already (%(before)s).")
                % {"where": one.where, "day": long_date(one.day), "before": before.where}
            )


def _decode(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise Unreadable(_("The file is larger than 2 MB."))
    if not content.strip():
        raise Unreadable(_("The file is empty."))
    if content.startswith(_WORKBOOKS):
        raise Unreadable(_("The file is an Excel workbook, not a CSV table: in Excel choose “Save as”, “CSV UTF-8”."))
    # Excel's “Unicode text” is UTF-16 with tabs.
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable(
            _("The file is neither iCalendar nor a CSV table in UTF-8: in Excel choose “Save as”, “CSV UTF-8”.")
        ) from None
    if "\x00" in text:
        raise Unreadable(_("The file is not text: only iCalendar (.ics) and CSV tables can be read."))
    text = nfc(text)
    if not text.strip():
        raise Unreadable(_("The file is empty."))
    return text
