"""Reminders of assignments: before the due day, on it, and for as long as they are late."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Max, Q, QuerySet

from accounts.models import Role
from deadlines import clock
from deadlines.models import Matter, Obligation, ReminderKind, Stage
from deadlines.reminding import PlannedReminder
from deadlines.services import Kinds, OpenDeadline, Sweep, run_sweep
from deadlines.services.sweeping import CHUNK, Calendars, addresses
from feedback.models import Assignment, Extension, Opinion, Verdict


class AssignmentSweep(Sweep):
    """Officers of the lead department and the host's clerks are told; the department's superiors when it is late."""

    matter = Matter.ASSIGNMENT
    obligation = Obligation.REPLY
    model = Assignment
    marker = "reminded_until"
    kinds = Kinds(
        due=ReminderKind.ASSIGNMENT_DUE,
        late=ReminderKind.ASSIGNMENT_LATE,
        escalated=ReminderKind.ASSIGNMENT_ESCALATED,
    )

    def candidates(self, *, until: date, now: datetime) -> QuerySet:
        return Assignment.objects.open().filter(due_on__lte=until, paused_on=None)

    def of_units(self, units: list[int]) -> Q:
        return Q(lead_department__in=units) | Q(opinion__in=Opinion.objects.filter(meeting__host_unit__in=units))

    def deadlines(self, ids: list[int], calendars: Calendars) -> Iterable[OpenDeadline]:
        granted = _granted_on(ids)
        address = addresses("feedback:assignment")
        rows = Assignment.objects.filter(pk__in=ids).order_by("pk").values_list(
            "pk",
            "due_on",
            "assigned_at",
            "lead_department",
            "lead_department__name",
            "opinion__meeting__host_unit",
            "opinion__meeting__locality__path",
            self.marker,
            "opinion__number",
            "opinion__meeting__topic",
            "task",
        )  # fmt: skip
        for pk, due_on, assigned_at, unit, name, host, path, marker, *facts in rows:
            yield OpenDeadline(
                pk=pk,
                due_on=due_on,
                since=max(assigned_at.astimezone(clock.VIETNAM).date(), granted.get(pk, date.min)),
                unit=unit,
                told=((unit, Role.OFFICER), (host, Role.CLERK)),
                path=path,
                marker=marker,
                url=address(pk),
                facts=(name, *facts),
            )

    def words(self, one: OpenDeadline, planned: PlannedReminder) -> tuple[str, str]:
        unit, number, topic, task = one.facts
        what = f"trả lời ý kiến số {number}"
        body = f"{topic}\n{task}"
        if planned.stage == Stage.BEFORE:
            return f"Còn {planned.days} ngày làm việc để {what} ({unit})", body
        if planned.stage == Stage.DUE:
            return f"Hôm nay đến hạn {what} ({unit})", body
        if self.kinds.of(planned) == self.kinds.escalated:
            return f"{unit} quá hạn {planned.days} ngày làm việc, chưa {what}", body
        return f"Quá hạn {planned.days} ngày làm việc, chưa {what} ({unit})", body


def _granted_on(ids: list[int]) -> dict[int, date]:
    """The day on which more time was last granted: what the old date would have asked for is not made up."""
    granted = (
        Extension.objects.filter(assignment__in=ids, verdict=Verdict.ACCEPTED)
        .order_by()
        .values_list("assignment")
        .annotate(last=Max("verdict_at"))
    )
    return {pk: last.astimezone(clock.VIETNAM).date() for pk, last in granted}


def remind_of_open_assignments(*, now: datetime | None = None, chunk: int = CHUNK) -> int:
    """Writes every reminder of an open assignment that should exist by now and doesn't yet; how many."""
    return run_sweep(AssignmentSweep(), now=now or clock.now(), chunk=chunk)
