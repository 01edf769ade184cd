"""The deadlines of assignments that a change of the calendar or the rules can move."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import F
from django.urls import reverse

from accounts.models import Membership, Role, User
from audit.services import record
from deadlines import clock
from deadlines.counting import Calendar, Count, count
from deadlines.models import Change, ChangeKind, Matter, Move, MoveCause, Obligation
from deadlines.open_deadlines import Described, PlannedMove
from deadlines.services import calendar_memo, record_move, rule_memo, working_calendar, working_calendars
from feedback.models import Assignment, Extension, Verdict
from feedback.services import reply_deadline
from feedback.services.common import lock_assignment

CHUNK = 500


@dataclass(frozen=True)
class Recount:
    """What the rule gives now; ``is_other`` when anything of it differs from what is kept."""

    values: dict
    is_other: bool

    @property
    def due_on(self) -> date:
        return self.values["due_on"]


def recount(assignment: Assignment, *, calendar: Calendar, follow_rules: bool) -> Recount | None:
    """The assignment's deadline by the calendar, or by calendar and rules, of now."""
    if not assignment.working_out:
        return None
    kept = Count.from_json(assignment.working_out)
    if follow_rules:
        rule = reply_deadline(assignment.opinion.meeting, counted_from=kept.start)
        values = {
            "law": rule.law,
            "working_out": rule.working_out,
            "extension_days": rule.extension_days,
            "allows_pause": rule.allows_pause,
        }
        due_on = rule.due_on
    else:
        answer = count(kept.start, kept.number, kept.unit, calendar)
        values, due_on = {"working_out": answer.as_json()}, answer.due_on
    values |= {"due_on": due_on, "rule_due_on": due_on}
    return Recount(values, any(getattr(assignment, name) != value for name, value in values.items()))


class Assignments:
    target_type = "feedback.assignment"
    matters = frozenset({Matter.ASSIGNMENT})
    live_obligations = frozenset()

    def moves(self, *, path: str, days: tuple[date, date] | None, follow_rules: bool) -> Iterator[PlannedMove]:
        for assignments in self._open(path, days):
            yield from self._moves_of(assignments, follow_rules=follow_rules)

    def reaching(self, *, user: User, day: date) -> int:
        return Assignment.objects.visible_to(user).open().filter(paused_on=None, due_on__gte=day).count()

    def _open(self, path: str, days: tuple[date, date] | None) -> Iterator[list[Assignment]]:
        """Open assignments that are due by the rule and whose count can meet one of the days, some hundreds at a time."""
        found = Assignment.objects.open().filter(
            due_on=F("rule_due_on"), paused_on=None, opinion__meeting__locality__path__startswith=path
        )
        if days is not None:
            found = found.filter(due_on__gte=days[0], working_out__start__lt=days[1].isoformat())
        # One scan for all; the ids alone are small.
        ids = list(found.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), CHUNK):
            chunk = Assignment.objects.filter(pk__in=ids[start : start + CHUNK])
            yield list(chunk.select_related("lead_department", "opinion__meeting__locality").order_by("pk"))

    def _moves_of(self, assignments: list[Assignment], *, follow_rules: bool) -> list[PlannedMove]:
        by_hand = _moved_by_hand(one.pk for one in assignments)
        url, moves = _url(0), []
        with calendar_memo(), rule_memo():
            calendars = working_calendars([one.opinion.meeting.locality for one in assignments])
            for one in assignments:
                if one.pk in by_hand:
                    continue
                calendar = calendars[one.opinion.meeting.locality.path]
                found = recount(one, calendar=calendar, follow_rules=follow_rules)
                if found is not None and found.is_other:
                    moves.append(_planned(one, found.due_on, url))
        return moves

    @transaction.atomic
    def move(self, planned: PlannedMove, *, change: Change) -> Iterable[int]:
        assignment = lock_assignment(planned.target_id)
        if not _follows(assignment, change):
            return []
        calendar = working_calendar(assignment.opinion.meeting.locality)
        found = recount(assignment, calendar=calendar, follow_rules=change.kind == ChangeKind.RULES)
        if found is None or not found.is_other:
            return []
        before = assignment.due_on
        for name, value in found.values.items():
            setattr(assignment, name, value)
        if found.due_on != before:
            assignment.reminded_until = None
        assignment.save(update_fields=[*found.values, "reminded_until"])
        if found.due_on == before:
            return []
        _enter(assignment, before, change)
        return _people([assignment])[assignment.pk]

    def live(self, *, path: str, days: tuple[date, date] | None) -> dict[tuple[int, str], PlannedMove]:
        """An assignment keeps its deadline."""
        return {}

    def described(self, *, obligation: str, ids: list[int]) -> dict[int, Described]:
        found = Assignment.objects.filter(pk__in=ids).select_related("lead_department", "opinion__meeting")
        assignments = list(found.order_by("pk"))
        people = _people(assignments)
        return {
            one.pk: Described(_title(one), one.lead_department.name, _url(one.pk), tuple(people[one.pk]))
            for one in assignments
        }

    def worked_answers(self, *, matter: str, ids: list[int]) -> dict[int, list[str]]:
        answers = {}
        for one in Assignment.objects.filter(pk__in=ids).order_by("pk"):
            lines = one.worked_answer()
            if lines:
                answers[one.pk] = [f"Căn cứ: {one.law.rstrip('.')}.", *lines] if one.law else lines
        return answers


def _follows(assignment: Assignment, change: Change) -> bool:
    """Whether it is still due by the rule and hasn't been moved by this change already."""
    if not assignment.is_open or assignment.paused_on or assignment.due_on != assignment.rule_due_on:
        return False
    moves = Move.objects.filter(target_type=Assignments.target_type, target_id=assignment.pk, change=change)
    return not moves.exists() and assignment.pk not in _moved_by_hand([assignment.pk])


def _moved_by_hand(ids: Iterable[int]) -> set[int]:
    """Those with a granted extension or a pause behind them: a leader decided on their day."""
    ids = list(ids)
    moved = Move.objects.filter(
        target_type=Assignments.target_type, target_id__in=ids, cause__in=[MoveCause.EXTENSION, MoveCause.PAUSE]
    )
    granted = Extension.objects.filter(assignment__in=ids, verdict=Verdict.ACCEPTED)
    return set(moved.order_by().values_list("target_id", flat=True)) | set(
        granted.order_by().values_list("assignment", flat=True)
    )


def _planned(assignment: Assignment, after: date, url: str) -> PlannedMove:
    """``url`` is that of the assignment 0: to resolve one address twenty thousand times takes seconds."""
    return PlannedMove(
        target_type=Assignments.target_type,
        target_id=assignment.pk,
        obligation=str(Obligation.REPLY),
        title=_title(assignment),
        unit=assignment.lead_department.name,
        url=url.replace("/0/", f"/{assignment.pk}/"),
        due_on_before=assignment.due_on,
        due_on_after=after,
    )


def _title(assignment: Assignment) -> str:
    opinion = assignment.opinion
    return f"Trả lời ý kiến số {opinion.number}: {opinion.meeting.topic}"


def _url(pk: int) -> str:
    return reverse("feedback:assignment", args=[pk])


def _enter(assignment: Assignment, before: date, change: Change) -> None:
    opinion, after = assignment.opinion, assignment.due_on
    record_move(
        target=assignment,
        obligation=Obligation.REPLY,
        due_on_before=before,
        due_on_after=after,
        cause=change.kind,
        change=change,
        reason=change.title,
        actor=change.decided_by,
    )
    record(
        actor=change.decided_by,
        verb="move_deadline",
        target=opinion,
        parent=opinion.meeting,
        sentence=f"đã dời thời hạn trả lời ý kiến số {opinion.number} từ {before:%d/%m/%Y} sang {after:%d/%m/%Y}"
        f" theo thay đổi: {change.title}",
        data={
            "change": change.pk,
            "assignment": assignment.pk,
            "due_on": {"from": before.isoformat(), "to": after.isoformat()},
        },
    )


def _people(assignments: Iterable[Assignment]) -> dict[int, list[int]]:
    """The officers of the lead department and the host's clerks, by assignment."""
    assignments = list(assignments)
    officers = {one.lead_department_id for one in assignments}
    hosts = {one.opinion.meeting.host_unit_id for one in assignments}
    held = Membership.objects.current(on=clock.today()).filter(
        unit__in=officers | hosts, role__in=[Role.OFFICER, Role.CLERK], user__is_active=True
    )
    by_role = defaultdict(list)
    for unit, role, user in held.order_by("pk").values_list("unit", "role", "user"):
        by_role[unit, role].append(user)
    return {
        one.pk: list(
            dict.fromkeys(
                by_role[one.lead_department_id, Role.OFFICER] + by_role[one.opinion.meeting.host_unit_id, Role.CLERK]
            )
        )
        for one in assignments
    }
