"""Who is told that a conclusion notice or the publication of the results is due or late, and in which words."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q, QuerySet

from accounts.models import Role
from deadlines import clock
from deadlines.models import Matter, Obligation, ReminderKind, Stage
from deadlines.reminding import PlannedReminder
from deadlines.services import Kinds, OpenDeadline, Sweep, run_sweep
from deadlines.services.sweeping import CHUNK, Calendars, addresses
from meetings.models import Meeting, MeetingState


class _OfMeetings(Sweep):
    """What the host of a held meeting owes: its clerks and leaders are told."""

    model = Meeting
    due_field: str
    what: str
    lately: str

    def of_units(self, units: list[int]) -> Q:
        return Q(host_unit__in=units)

    def deadlines(self, ids: list[int], calendars: Calendars) -> Iterable[OpenDeadline]:
        address = addresses("notices:meeting_notice")
        rows = Meeting.objects.filter(pk__in=ids).order_by("pk").values_list(
            "pk", self.due_field, "held_on", "host_unit", "host_unit__name", "locality__path", self.marker, "topic"
        )  # fmt: skip
        for pk, due_on, held_on, unit, name, path, marker, topic in rows:
            yield OpenDeadline(
                pk=pk,
                due_on=due_on,
                since=held_on,
                unit=unit,
                told=((unit, Role.CLERK), (unit, Role.LEADER)),
                path=path,
                marker=marker,
                url=address(pk),
                facts=(name, topic, held_on),
            )

    def words(self, one: OpenDeadline, planned: PlannedReminder) -> tuple[str, str]:
        name, topic, held_on = one.facts
        if planned.stage == Stage.BEFORE:
            subject = f"Còn {planned.days} ngày làm việc để {self.what}: {topic}"
        elif planned.stage == Stage.DUE:
            subject = f"Hôm nay là hạn {self.what}: {topic}"
        elif self.kinds.of(planned) == self.kinds.late:
            subject = f"{self.lately} đã quá hạn {planned.days} ngày làm việc: {topic}"
        else:
            subject = f"{name} chậm {self.what} {planned.days} ngày làm việc: {topic}"
        body = f"Hội nghị ngày {held_on:%d/%m/%Y} của {name}; hạn {self.what} là ngày {one.due_on:%d/%m/%Y}."
        return subject, body


class NoticeSweep(_OfMeetings):
    matter = Matter.NOTICE
    obligation = Obligation.CONCLUSION_NOTICE
    marker = "reminded_until"
    due_field = "conclusion_due_on"
    what = "ban hành thông báo kết luận"
    lately = "Thông báo kết luận"
    kinds = Kinds(due=ReminderKind.NOTICE_DUE, late=ReminderKind.NOTICE_LATE, escalated=ReminderKind.NOTICE_ESCALATED)

    def candidates(self, *, until: date, now: datetime) -> QuerySet:
        return Meeting.objects.awaiting_conclusion().filter(conclusion_due_on__lte=until)


class PublicationSweep(_OfMeetings):
    matter = Matter.PUBLICATION
    obligation = Obligation.PUBLICATION
    marker = "publication_reminded_until"
    due_field = "publication_due_on"
    what = "công khai kết quả hội nghị"
    lately = "Việc công khai kết quả hội nghị"
    kinds = Kinds(
        due=ReminderKind.PUBLICATION_DUE,
        late=ReminderKind.PUBLICATION_LATE,
        escalated=ReminderKind.PUBLICATION_ESCALATED,
    )

    def candidates(self, *, until: date, now: datetime) -> QuerySet:
        return Meeting.objects.filter(state=MeetingState.HELD, published_on=None, publication_due_on__lte=until)


def remind_of_due_notices(*, now: datetime | None = None, chunk: int = CHUNK) -> int:
    """Writes every reminder of a conclusion notice that should exist by now and doesn't yet; how many."""
    return run_sweep(NoticeSweep(), now=now or clock.now(), chunk=chunk)


def remind_of_due_publications(*, now: datetime | None = None, chunk: int = CHUNK) -> int:
    """The same of results that have to be published."""
    return run_sweep(PublicationSweep(), now=now or clock.now(), chunk=chunk)
