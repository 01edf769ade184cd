"""What bound a held meeting, counted again by the calendar, or by the calendar and the rules, of now."""

from dataclasses import dataclass
from datetime import date

from deadlines.counting import Calendar, Count, count
from deadlines.models import Obligation
from deadlines.services import deadlines_for
from meetings.models import DeadlineSnapshot, Meeting

# What a deadline that runs from the meeting is kept in.
DUE = {Obligation.CONCLUSION_NOTICE: "conclusion_due_on", Obligation.PUBLICATION: "publication_due_on"}


@dataclass(frozen=True)
class Recount:
    """The snapshots of one obligation as they would be now; ``is_other`` when any of them differs from what is kept."""

    rows: list[DeadlineSnapshot]
    is_other: bool

    @property
    def due_on(self) -> date:
        return min(row.due_on for row in self.rows)


class Counts:
    """Counts from the same day by the same calendar, each worked out once, and each put into JSON once."""

    def __init__(self):
        self._known: dict[tuple, tuple[Count, Calendar]] = {}
        self._plain: dict[int, tuple[dict, Count]] = {}

    def __call__(self, start: date, number: int, unit: str, calendar: Calendar) -> Count:
        key = (start, number, unit, id(calendar))
        if key not in self._known:
            # The calendar is kept with its answer: an id is one calendar's only as long as that lives.
            self._known[key] = (count(start, number, unit, calendar), calendar)
        return self._known[key][0]

    def plain(self, answer: Count) -> dict:
        if id(answer) not in self._plain:
            self._plain[id(answer)] = (answer.as_json(), answer)
        return self._plain[id(answer)][0]


def recount(
    meeting: Meeting,
    obligation: str,
    kept: list[DeadlineSnapshot],
    *,
    calendar: Calendar,
    counts: Counts,
    follow_rules: bool,
) -> Recount | None:
    """What the kept snapshots of the obligation would be now; None where nothing may move them.

    A rule gives no meeting that was held a deadline that it had none of, and takes none away.
    """
    if not kept or is_extended(meeting, obligation, kept):
        return None
    if follow_rules:
        rows = [
            DeadlineSnapshot(
                meeting=meeting,
                obligation=obligation,
                rule=deadline.rule,
                law=deadline.law[:400],
                number=deadline.number,
                unit=deadline.unit,
                counted_from=meeting.held_on,
                due_on=deadline.due_on,
                working_out=counts.plain(deadline.count),
                extension_days=deadline.rule.extension_days,
            )
            for deadline in deadlines_for(
                locality=meeting.locality,
                level=meeting.level,
                meeting_type=meeting.meeting_type,
                obligation=obligation,
                counted_from=meeting.held_on,
            )
        ]
        if not rows:
            return None
        return Recount(rows, {_bound(row) for row in rows} != {_bound(row) for row in kept} or _answers(rows, kept))
    rows = []
    for row in kept:
        answer = counts(row.counted_from, row.number, row.unit, calendar)
        rows.append(
            DeadlineSnapshot(pk=row.pk, rule_id=row.rule_id, due_on=answer.due_on, working_out=counts.plain(answer))
        )
    return Recount(rows, _answers(rows, kept))


def _bound(row: DeadlineSnapshot) -> tuple:
    return (row.rule_id, row.law, row.number, row.unit, row.extension_days)


def _answers(rows: list[DeadlineSnapshot], kept: list[DeadlineSnapshot]) -> bool:
    """Whether a rule's day or its working-out differs."""
    before = {row.rule_id: (row.due_on, row.working_out) for row in kept}
    return any(before.get(row.rule_id) != (row.due_on, row.working_out) for row in rows)


def is_extended(meeting: Meeting, obligation: str, kept: list[DeadlineSnapshot]) -> bool:
    """A day later than every rule's was granted by a leader, and stays."""
    due_on = getattr(meeting, DUE[obligation])
    return due_on is None or due_on > min(row.due_on for row in kept)
