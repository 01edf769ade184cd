"""Which figures of a return can't be true together. Pure: figures in, sentences out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from accounts.components.words import vn_number
from reports.models import Bound
from reports.returned import Coverage
from reports.sums import MEASURES

NAMES = {
    "meetings": lambda: _("Meetings"),
    "attendances": lambda: _("Attendances"),
    "speeches": lambda: _("Speeches"),
    "opinions": lambda: _("Opinions"),
    "answered": lambda: _("Answered"),
}


@dataclass(frozen=True)
class Entry:
    """A return as it was typed or imported: values of Return, ReturnRow and ReturnField."""

    values: dict
    rows: Sequence[dict] = field(default_factory=list)
    fields: Sequence[dict] = field(default_factory=list)

    @property
    def counted_rows(self) -> list[dict]:
        return [row for row in self.rows if row.get("is_part_of_total", True)]

    def known_sum(self, measure: str) -> int | None:
        known = [row[measure] for row in self.counted_rows if row.get(measure) is not None]
        return sum(known) if known else None

    def is_summed(self, measure: str) -> bool:
        """Whether every counted row says it."""
        return bool(self.counted_rows) and all(row.get(measure) is not None for row in self.counted_rows)

    def total(self, measure: str) -> int | None:
        given = self.values.get(measure)
        return given if given is not None else self.known_sum(measure)

    def covers(self, path: str, day_from: date, day_to: date) -> list[Coverage]:
        """Where and when the return speaks."""
        if not self.counted_rows or any(self.values.get(name) is not None for name in MEASURES):
            return [Coverage(path, day_from, day_to)]
        return [
            Coverage(path, day_from, day_to, row.get("level", ""), row.get("meeting_type", ""))
            for row in self.counted_rows
        ]


def problems(entry: Entry, *, today: date) -> list[str]:
    """Every contradiction, each as a sentence that names the numbers."""
    return [*_period(entry.values, today), *_emptiness(entry), *_rows(entry), *_fields(entry)]


def _period(values: dict, today: date) -> list[str]:
    first, last, locality = values.get("period_from"), values.get("period_to"), values.get("locality")
    found = []
    if not first or not last:
        return found
    if last < first:
        return [_("The period ends before it starts.")]
    if last > today:
        found.append(_("A return is of a past period: its last day can't lie after today."))
    if locality and locality.abolished_on and locality.abolished_on <= first:
        found.append(
            _("%(locality)s no longer existed in this period: it was abolished on %(day)s.")
            % {"locality": locality, "day": f"{locality.abolished_on:%d/%m/%Y}"}
        )
    if locality and locality.in_force_from and locality.in_force_from > last:
        found.append(
            _("%(locality)s did not exist yet in this period: it came into being on %(day)s.")
            % {"locality": locality, "day": f"{locality.in_force_from:%d/%m/%Y}"}
        )
    return found


def _emptiness(entry: Entry) -> list[str]:
    if any(entry.total(name) is not None for name in MEASURES):
        return []
    return [_("Give at least one figure: a total, or a row.")]


def _rows(entry: Entry) -> list[str]:
    found = []
    for number, row in enumerate(entry.rows, start=1):
        if _is_more(row.get("answered"), row.get("opinions")):
            found.append(
                _("Row %(row)s: %(answered)s answered are more than its %(opinions)s opinions.")
                % {"row": number, "answered": vn_number(row["answered"]), "opinions": vn_number(row["opinions"])}
            )
    if _is_more(entry.total("answered"), entry.total("opinions")):
        found.append(
            _("%(answered)s answered are more than %(opinions)s opinions.")
            % {"answered": vn_number(entry.total("answered")), "opinions": vn_number(entry.total("opinions"))}
        )
    for name in MEASURES:
        given, known = entry.values.get(name), entry.known_sum(name)
        if given is None or known is None:
            continue
        values = {"name": NAMES[name](), "given": vn_number(given), "sum": vn_number(known)}
        if known > given:
            found.append(_("%(name)s: the rows add up to %(sum)s, more than the total %(given)s.") % values)
        elif known < given and entry.is_summed(name) and _is_exact(entry, name):
            found.append(_("%(name)s: the rows add up to %(sum)s, the total says %(given)s.") % values)
    return found


def _is_exact(entry: Entry, measure: str) -> bool:
    bounds = [row.get(f"{measure}_bound", Bound.EXACT) for row in entry.counted_rows]
    return all(bound == Bound.EXACT for bound in [entry.values.get(f"{measure}_bound", Bound.EXACT), *bounds])


def _is_more(part: int | None, whole: int | None) -> bool:
    return part is not None and whole is not None and part > whole


def _fields(entry: Entry) -> list[str]:
    names = [row["field_name"].casefold() for row in entry.fields]
    found = [
        _("The field “%(field)s” stands there twice.") % {"field": row["field_name"]}
        for number, row in enumerate(entry.fields)
        if row["field_name"].casefold() in names[:number]
    ]
    opinions = entry.total("opinions")
    if entry.fields and opinions is not None:
        total = sum(row["opinions"] for row in entry.fields)
        bound = entry.values.get("opinions_bound", Bound.EXACT)
        values = {"sum": vn_number(total), "opinions": vn_number(opinions)}
        if total > opinions and bound != Bound.AT_LEAST:
            found.append(_("The fields add up to %(sum)s, more than the %(opinions)s opinions.") % values)
        elif total < opinions and bound == Bound.EXACT:
            values["rest"] = vn_number(opinions - total)
            found.append(
                _(
                    "The fields add up to %(sum)s of %(opinions)s opinions: put the other %(rest)s into a field such as "
                    "“Các vấn đề khác”."
                )
                % values
            )
    return found
