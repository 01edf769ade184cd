"""Days from a CSV table, with comma, semicolon or tab between its cells."""

import csv
import io

from django.utils.translation import gettext as _

from accounts.text import fold
from deadlines.counting import EARLIEST, LATEST, CountError
from deadlines.dates import read_date
from deadlines.importing.days import (
    FORMULA,
    KIND_OF,
    LONGEST,
    CellError,
    ImportedDay,
    Reading,
    Unreadable,
    require_year,
)

MAX_LINES = 2_000  # A year has 366 days; an unbounded table must not be read for minutes.
COLUMNS = {
    "day": "ngày",
    "kind": "loại",
    "name": "tên",
    "decision_number": "số văn bản",
    "decision_date": "ngày văn bản",
}
REQUIRED = ("day", "kind", "name")
TEMPLATE_LINES = (
    ("31/08/2026", "nghỉ", "Nghỉ hoán đổi, làm bù ngày 22/08/2026", "9441/TB-BNV", "16/10/2025"),
    ("22/08/2026", "làm bù", "Làm bù cho ngày nghỉ hoán đổi 31/08/2026", "9441/TB-BNV", "16/10/2025"),
)


def template() -> str:
    """A table to fill in. The mark in front makes Excel read it as Unicode."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS.values())
    writer.writerows(TEMPLATE_LINES)
    return "\ufeff" + out.getvalue()


def read_table(text: str, year: int, reading: Reading) -> None:
    if text.count("\n") + text.count("\r") - text.count("\r\n") > MAX_LINES:
        raise Unreadable(_("The table has more than 2.000 lines; a year has 366 days at most."))
    lines, delimiter = _without_separator_line(text)
    reader = csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter)
    skipped = text.count("\n") - lines.count("\n")
    try:
        rows = [(reader.line_num + skipped, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error:
        raise Unreadable(
            _("The file is neither iCalendar nor a CSV table in UTF-8: in Excel choose “Save as”, “CSV UTF-8”.")
        ) from None
    if not rows:
        raise Unreadable(_("There is not a single day in the file."))
    places = _columns(rows[0][1])
    for number, cells in rows[1:]:
        _read_row(number, {name: cells[at] if at < len(cells) else "" for name, at in places.items()}, year, reading)


def _without_separator_line(text: str) -> tuple[str, str]:
    """The table and its delimiter; Excel may name that in a first line of its own ("sep=;")."""
    first, _newline, rest = text.partition("\n")
    if fold(first).startswith("sep=") and len(first.strip()) == 5:
        return rest, first.strip()[-1]
    return text, max(";,\t", key=first.count)


def _columns(headings: list[str]) -> dict[str, int]:
    folded = [fold(heading) for heading in headings]
    wanted = {name: fold(heading) for name, heading in COLUMNS.items()}
    missing = [COLUMNS[name] for name in REQUIRED if wanted[name] not in folded]
    if missing:
        raise Unreadable(
            _("Line 1 lacks these headings: %(names)s. Start from the template.") % {"names": ", ".join(missing)}
        )
    unknown = [heading.strip() for heading in headings if heading.strip() and fold(heading) not in wanted.values()]
    twice = [COLUMNS[name] for name, heading in wanted.items() if folded.count(heading) > 1]
    if unknown or twice:
        raise Unreadable(
            _("Line 1 has headings that are unknown or stand twice: %(names)s.")
            % {"names": ", ".join([*unknown, *twice])[:200]}
        )
    return {name: folded.index(heading) for name, heading in wanted.items() if heading in folded}


def _read_row(number: int, cells: dict[str, str], year: int, reading: Reading) -> None:
    where = _("Line %(line)s") % {"line": number}
    cells = {name: " ".join(cell.split()) for name, cell in cells.items()}
    values, broken = {}, False
    for name in COLUMNS:
        try:
            values[name] = _value(name, cells.get(name, ""), year)
        except CellError as error:
            broken = True
            reading.problems.append(
                _("%(where)s, cell “%(cell)s”: %(sentence)s")
                % {"where": where, "cell": COLUMNS[error.column], "sentence": str(error)}
            )
    if broken:
        return
    if values["decision_date"] and not values["decision_number"]:
        reading.problems.append(
            _("%(where)s, cell “%(cell)s”: %(sentence)s")
            % {
                "where": where,
                "cell": COLUMNS["decision_number"],
                "sentence": _("the decision has a date but no number."),
            }
        )
        return
    reading.days.append(ImportedDay(where, **values))


def _value(name: str, text: str, year: int):
    if text.startswith(FORMULA):
        raise CellError(name, _("“%(text)s” looks like a formula; type plain text.") % {"text": text[:40]})
    if not text and name in REQUIRED:
        raise CellError(name, _("it is empty."))
    if name == "kind":
        if fold(text) not in KIND_OF:
            raise CellError(name, _("“%(text)s” is neither “nghỉ” nor “làm bù”.") % {"text": text[:40]})
        return KIND_OF[fold(text)]
    if name in LONGEST:
        if len(text) > LONGEST[name]:
            raise CellError(name, _("it is longer than %(most)s characters.") % {"most": LONGEST[name]})
        return text
    if not text:
        return None
    try:
        day = read_date(text)
    except CountError as error:
        raise CellError(name, str(error)) from None
    if name == "day":
        require_year(name, day, year)
    elif not EARLIEST <= day <= LATEST:
        raise CellError(name, _("the date has to lie between 01/01/2000 and 31/12/2099."))
    return day
