"""The dashboard as it is read: cards, charts and tables made from the figures, each number with the way to its rows."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.components.words import DASH, vn_change, vn_number, vn_percent
from feedback.models import Category, Competence, Resolution
from reports.choosing import Choice
from reports.figures import Figures
from reports.lateness import Measure
from reports.live import LATE, ON_TIME, OVERDUE, PENDING, Lateness
from reports.rows import NONE
from reports.sums import MEASURES, Sum
from reports.words import bounded, bounded_number, level_name, period_text, type_name, why_left_out

SHOWN_DEPARTMENTS = 6


@dataclass(frozen=True)
class Number:
    """A figure and the address of its rows; without one where there is nothing to show."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Line:
    label: str
    numbers: tuple[Number, ...]
    note: str = ""


@dataclass(frozen=True)
class Card:
    label: str
    value: str
    url: str = ""
    change: str = ""
    hint: str = ""
    tone: str = "neutral"


class Board:
    """What the page shows of the figures."""

    def __init__(self, choice: Choice, found: Figures, waiting: dict[str, int]):
        self.choice, self.found, self.waiting = choice, found, waiting

    # --- the top row ---

    @property
    def cards(self) -> list[Card]:
        total = self.found.total
        hint = ""
        if total.rated_opinions:
            hint = _("%(answered)s of %(opinions)s opinions whose answers are known (%(share)s)") % {
                "answered": vn_number(total.rated_answered),
                "opinions": vn_number(total.rated_opinions),
                "share": vn_percent(total.answered_share),
            }
        return [
            self._card("meetings", _("Meetings")),
            self._card("attendances", _("Attendances")),
            self._card("opinions", _("Opinions")),
            self._card("answered", _("Answered"), hint),
            self._overdue_card(),
        ]

    def _card(self, measure: str, label: str, hint: str = "") -> Card:
        value = getattr(self.found.total, measure)
        if measure in self.found.total.partial and not hint:
            hint = _("a part is not known")
        return Card(
            label,
            bounded(self.found.total, measure),
            self.choice.rows_url(measure) if value is not None else "",
            self._change(measure),
            hint,
        )

    def _change(self, measure: str) -> str:
        before = self.found.before
        now, then = getattr(self.found.total, measure), getattr(before, measure) if before else None
        if now is None or then is None:
            return ""
        return _("%(change)s against the period before (%(number)s)") % {
            "change": vn_change(now - then),
            "number": vn_number(then),
        }

    def _overdue_card(self) -> Card:
        if not self.found.live.has_begun and not self.found.overdue:
            return Card(_("Overdue now"), DASH)
        notices, assignments = self.found.overdue_now("notice"), self.found.overdue_now("assignment")
        hint = ngettext("%(number)s conclusion notice", "%(number)s conclusion notices", notices) % {
            "number": vn_number(notices)
        }
        hint += " · " + ngettext("%(number)s reply", "%(number)s replies", assignments) % {
            "number": vn_number(assignments)
        }
        tone = "danger" if notices + assignments else "success"
        return Card(_("Overdue now"), vn_number(notices + assignments), self.choice.rows_url("overdue"), "", hint, tone)

    # --- what needs me ---

    @property
    def needs(self) -> list[Number]:
        words = {
            "approvals": ngettext(
                "%(n)s notice to approve", "%(n)s notices to approve", self.waiting.get("approvals", 0)
            ),
            "notices": ngettext(
                "%(n)s notice to issue or revise", "%(n)s notices to issue or revise", self.waiting.get("notices", 0)
            ),
            "late_notices": ngettext(
                "%(n)s late notice of my unit", "%(n)s late notices of my unit", self.waiting.get("late_notices", 0)
            ),
            "extensions": ngettext(
                "%(n)s request for more time", "%(n)s requests for more time", self.waiting.get("extensions", 0)
            ),
            "replies": ngettext("%(n)s reply to accept", "%(n)s replies to accept", self.waiting.get("replies", 0)),
            "returned": ngettext(
                "%(n)s matter returned by a department",
                "%(n)s matters returned by departments",
                self.waiting.get("returned", 0),
            ),
            "overdue": ngettext(
                "%(n)s overdue matter of my department",
                "%(n)s overdue matters of my department",
                self.waiting.get("overdue", 0),
            ),
        }
        return [
            Number(text % {"n": vn_number(self.waiting[key])}, reverse("work"))
            for key, text in words.items()
            if self.waiting.get(key)
        ]

    @cached_property
    def overdue_lines(self) -> list[Line]:
        """The latest first, in working days, each by the calendar of its place."""
        measure = Measure.over((one.path for one in self.found.overdue), on=self.found.on)
        late = [(measure.days(one.due_on, one.path), one) for one in self.found.overdue]
        lines = []
        for days, one in sorted(late, key=lambda pair: (-pair[0], pair[1].due_on))[:5]:
            note = ngettext("%(n)s working day", "%(n)s working days", days) % {"n": vn_number(days)}
            what = "overdue_notices" if one.kind == "notice" else "overdue_assignments"
            url = self.choice.rows_url(what, due_on=one.due_on.isoformat(), owner=one.pk)
            kind = _("overdue notice") if one.kind == "notice" else _("overdue reply")
            lines.append(Line(f"{one.name} · {kind}", (Number(vn_number(one.number), url),), note))
        return lines

    @property
    def late_url(self) -> str:
        """All that is late in the place chosen."""
        return f"{reverse('reports:late')}?locality={self.choice.area.locality.pk}"

    # --- charts ---

    @property
    def months(self) -> list[str]:
        """Every month from the first to the last that has meetings, so that empty ones are seen; at most five years."""
        keys = sorted(self.found.live.notices_by_month)
        if not keys:
            return []
        (year, month), last = map(int, keys[0].split("-")), keys[-1]
        months = []
        while (key := f"{year}-{month:02d}") <= last and len(months) < 60:
            months.append(key)
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        return months

    @property
    def month_labels(self) -> list[str]:
        return [f"{key[5:]}/{key[2:4]}" for key in self.months]

    @property
    def month_series(self) -> list[tuple[str, list[int]]]:
        by_month = self.found.live.notices_by_month
        return [
            (name, [by_month.get(key, {}).get(status, 0) for key in self.months])
            for status, name in self._statuses().items()
        ]

    @property
    def month_links(self) -> list[list[str]]:
        return [
            [self.choice.rows_url("notices", key=status, month=month) for month in self.months]
            for status in self._statuses()
        ]

    @staticmethod
    def _statuses() -> dict[str, str]:
        return {OVERDUE: _("Overdue"), LATE: _("Late"), PENDING: _("Not yet due"), ON_TIME: _("On time")}

    @property
    def notice_line(self) -> Line:
        return Line(
            _("Conclusion notices"),
            tuple(
                self._linked(self.found.notices(key), "notices", key=key) for key in (ON_TIME, LATE, PENDING, OVERDUE)
            ),
        )

    @property
    def assignment_line(self) -> Line:
        return Line(
            _("Replies of departments"),
            tuple(
                self._linked(self.found.assignments(key), "assignments", key=key)
                for key in (ON_TIME, LATE, PENDING, OVERDUE)
            ),
        )

    @property
    def lateness_lines(self) -> list[Line]:
        """How late the late notices were, in working days."""
        days = self.found.live.notice_days_late
        spans = [
            (_("1 to 3 working days late"), 1, 3),
            (_("4 to 10 working days late"), 4, 10),
            (_("more than 10 working days late"), 11, None),
        ]
        lines = []
        for label, low, high in spans:
            number = sum(n for late, n in days.items() if late >= low and (high is None or late <= high))
            if number:
                lines.append(Line(label, (self._linked(number, "notices", days=f"{low}-{high or ''}"),)))
        return lines

    def _linked(self, number: int, what: str, **keys) -> Number:
        if not self.found.live.has_begun:
            return Number(DASH)  # nobody kept a record here: unknown, not zero
        return Number(vn_number(number), self.choice.rows_url(what, **keys))

    @property
    def field_rows(self) -> list[tuple]:
        return [
            (group.name, group.opinions, self.choice.rows_url("field", name=group.name))
            for group in self.found.field_groups
        ]

    @property
    def sub_fields(self) -> list[Line]:
        return [
            Line(name, (self._linked(number, "field", name=name),), group.name)
            for group in self.found.field_groups
            for name, number in group.parts
            if name != group.name
        ]

    # --- what became of the opinions recorded one by one ---

    @property
    def answer_lines(self) -> list[Line]:
        found = self.found
        named = [
            (_("Answered at the meeting"), "on_the_spot", found.answered_on_the_spot),
            (_("Answered in writing"), "in_writing", found.answered_in_writing),
            (_("Waiting for an answer"), "pending", found.opinions_pending),
            (_("Transferred to the competent body"), "transferred", found.opinions_transferred),
        ]
        return [Line(label, (self._linked(n, "opinion_state", key=key),)) for label, key, n in named]

    @property
    def resolution_rows(self) -> list[tuple]:
        return self._choices("resolution", Resolution, self.found.by_resolution)

    @property
    def category_rows(self) -> list[tuple]:
        return self._choices("category", Category, self.found.by_category)

    @property
    def competence_rows(self) -> list[tuple]:
        return self._choices("competence", Competence, self.found.by_competence)

    def _choices(self, what: str, names, numbers: dict[str, int]) -> list[tuple]:
        return [(str(names(key).label), n, self.choice.rows_url(what, key=key)) for key, n in numbers.items()]

    @property
    def statutory_lines(self) -> list[Line]:
        named = {Category.COMPLAINT: self.found.complaints, Category.DENUNCIATION: self.found.denunciations}
        return [
            Line(str(key.label), (self._linked(number, "statutory", key=key),))
            for key, number in named.items()
            if number
        ]

    # --- departments and localities ---

    @property
    def department_lines(self) -> list[Line]:
        return [
            self._lateness(one, "assignments", department=one.pk)
            for one in self.found.live.departments[:SHOWN_DEPARTMENTS]
        ]

    @property
    def locality_lines(self) -> list[Line]:
        return [self._lateness(one, "notices", place=one.pk) for one in self.found.live.localities[:SHOWN_DEPARTMENTS]]

    def _lateness(self, one: Lateness, what: str, **keys) -> Line:
        numbers = tuple(
            self._linked(getattr(one, status), what, key=status, **keys) for status in (OVERDUE, LATE, PENDING, ON_TIME)
        )
        return Line(one.name, numbers, one.place)

    # --- the table of levels and types ---

    @property
    def cells(self) -> list[Line]:
        return [
            self._cell(
                capfirst(f"{level_name(c.level)} · {type_name(c.meeting_type)}"),
                c.sum,
                c.level or NONE,
                c.meeting_type or NONE,
            )
            for c in self.found.by_level_and_type
        ]

    @property
    def total_line(self) -> Line:
        return self._cell(_("Total"), self.found.total)

    def _cell(self, label: str, value: Sum, level: str = "", meeting_type: str = "") -> Line:
        return Line(
            label,
            tuple(
                Number(
                    bounded(value, measure),
                    self.choice.rows_url(measure, cell_level=level, cell_type=meeting_type)
                    if getattr(value, measure) is not None
                    else "",
                )
                for measure in MEASURES
            ),
        )

    # --- which data ---

    @property
    def sources(self) -> list[Line]:
        return [
            Line(
                one.record.source,
                (
                    Number(
                        bounded_number(one.total.meetings, "exact", "meetings"),
                        reverse("reports:return", args=[one.record.pk]),
                    ),
                ),
                f"{one.record.locality}, {self._period_of(one.record)}",
            )
            for one in self.found.included
        ]

    @staticmethod
    def _period_of(record) -> str:
        text = period_text(record.period_from, record.period_to)
        return _("about %(period)s") % {"period": text} if record.is_period_approximate else text

    @property
    def left_out(self) -> list[Line]:
        return [
            Line(str(record), (Number("", reverse("reports:return", args=[record.pk])),), why_left_out(why))
            for record, why in self.found.left_out
        ]

    @property
    def of_which(self) -> list[Line]:
        return [
            Line(
                one.row["label"] or type_name(one.row["meeting_type"]),
                tuple(
                    Number(bounded_number(one.row[name], one.row.get(f"{name}_bound", "exact"), name))
                    for name in MEASURES
                ),
            )
            for one in self.found.of_which
        ]

    @property
    def period(self) -> str:
        return period_text(self.found.period_from, self.found.period_to)

    @property
    def period_before(self) -> str:
        return period_text(*self.found.before_period) if self.found.before_period else ""

    @property
    def as_of(self) -> date:
        return self.found.on
