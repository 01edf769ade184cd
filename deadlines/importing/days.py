"""What a file of days may say, whatever its form."""

from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from deadlines.models import DayKind

KINDS = {
    DayKind.DAY_OFF: ("nghi", "ngay nghi", "nghi le", "nghi tet", "nghi bu", "nghi hoan doi", "nghi cuc bo", "day_off"),
    DayKind.WORKING_DAY: ("lam bu", "ngay lam bu", "di lam bu", "lam viec", "ngay lam viec", "working_day"),
}
KIND_OF = {word: kind for kind, words in KINDS.items() for word in words}
LONGEST = {"name": 200, "decision_number": 60}
# What makes a spreadsheet take a cell for a formula when the calendar is exported again.
FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True)
class ImportedDay:
    """A day as the file has it; ``where`` names its line or event in a sentence."""

    where: str
    day: date
    kind: str
    name: str
    decision_number: str = ""
    decision_date: date | None = None


@dataclass
class Reading:
    """What was read: days, sentences that forbid the import, and sentences worth knowing."""

    days: list[ImportedDay] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Unreadable(ValueError):
    """The file as a whole can't be read; the text is the sentence for the person."""


class CellError(ValueError):
    """A cell that can't be read: the sentence, and which cell."""

    def __init__(self, column: str, sentence: str):
        super().__init__(sentence)
        self.column = column


def require_year(name: str, day: date, year: int) -> None:
    if day.year != year:
        raise CellError(
            name,
            _("%(day)s is not a day of %(year)s, the year that the file is said to be for.")
            % {"day": f"{day:%d/%m/%Y}", "year": year},
        )
