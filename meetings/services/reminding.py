"""Reminders to announce a planned meeting in time. The due day is counted back from the meeting, by the rules of now."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from accounts.models import Role
from deadlines import clock
from deadlines.counting import Calendar, CountError, count_back
from deadlines.models import Matter, Obligation, Quantity, ReminderKind, Rule, Stage
from deadlines.reminding import PlannedReminder
from deadlines.services import Kinds, OpenDeadline, Sweep, run_sweep
from deadlines.services.sweeping import CHUNK, Calendars, addresses
from meetings.models import Meeting


class AnnouncementSweep(Sweep):
    """Clerks and leaders of the host are told, as long as the meeting lies ahead and hasn't been announced."""

    matter = Matter.ANNOUNCEMENT
    obligation = Obligation.ANNOUNCEMENT
    model = Meeting
    marker = "announcement_reminded_until"
    kinds = Kinds(
        due=ReminderKind.ANNOUNCEMENT_DUE,
        late=ReminderKind.ANNOUNCEMENT_LATE,
        escalated=ReminderKind.ANNOUNCEMENT_ESCALATED,
    )

    def __init__(self) -> None:
        self._rules = list(
            Rule.objects.filter(
                obligation=Obligation.ANNOUNCEMENT, unit__in=[Quantity.WORKING_DAYS, Quantity.CALENDAR_DAYS]
            )
            .select_related("regulation__jurisdiction")
            .order_by("pk")
        )
        self._limits: dict[tuple, date | None] = {}

    def candidates(self, *, until: date, now: datetime) -> QuerySet:
        # The limit lies this many days before the meeting at most; a rule counts working days or calendar days.
        longest = max((2 * rule.number + 15 for rule in self._rules), default=0)
        before = datetime.combine(until + timedelta(days=longest + 1), datetime.min.time(), tzinfo=clock.VIETNAM)
        ahead = Meeting.objects.awaiting_announcement(now=now).filter(planned_start__lt=before)
        return ahead if self._rules else ahead.none()

    def of_units(self, units: list[int]) -> Q:
        return Q(host_unit__in=units)

    def deadlines(self, ids: list[int], calendars: Calendars) -> Iterable[OpenDeadline]:
        address = addresses("meetings:announce")
        rows = Meeting.objects.filter(pk__in=ids).order_by("pk").values_list(
            "pk",
            "planned_start",
            "created_at",
            "level",
            "meeting_type",
            "host_unit",
            "host_unit__name",
            "locality__path",
            self.marker,
            "topic",
        )  # fmt: skip
        for pk, start, created_at, level, meeting_type, unit, name, path, marker, topic in rows:
            day = start.astimezone(clock.VIETNAM).date()
            yield OpenDeadline(
                pk=pk,
                due_on=self._due_on(day, level, meeting_type, path, calendars.at(path)),
                since=created_at.astimezone(clock.VIETNAM).date(),
                unit=unit,
                told=((unit, Role.CLERK), (unit, Role.LEADER)),
                path=path,
                marker=marker,
                url=address(pk),
                facts=(name, topic, day),
            )

    def _due_on(self, day: date, level: str, meeting_type: str, path: str, calendar: Calendar) -> date | None:
        """The strictest rule's last day to announce a meeting of the day, as ``deadlines_for`` would count it."""
        found = [
            self._limit(day, rule.number, rule.unit, calendar)
            for rule in self._rules
            if rule.level in ("", level)
            and rule.meeting_type in ("", meeting_type)
            and path.startswith(rule.regulation.jurisdiction.path)
            and rule.regulation.in_force_from <= day
            and (rule.regulation.in_force_to is None or day <= rule.regulation.in_force_to)
        ]
        return min((one for one in found if one is not None), default=None)

    def _limit(self, day: date, number: int, unit: str, calendar: Calendar) -> date | None:
        key = day, number, unit, id(calendar)
        if key not in self._limits:
            try:
                self._limits[key] = count_back(day, number, unit, calendar).due_on
            except CountError:
                self._limits[key] = None
        return self._limits[key]

    def words(self, one: OpenDeadline, planned: PlannedReminder) -> tuple[str, str]:
        name, topic, day = one.facts
        what = "thông báo hội nghị tới Nhân dân"
        body = (
            f"Hội nghị dự kiến ngày {day:%d/%m/%Y} của {name} chưa được thông báo; chậm nhất phải thông báo vào ngày"
            f" {one.due_on:%d/%m/%Y}."
        )
        if planned.stage == Stage.BEFORE:
            return f"Còn {planned.days} ngày làm việc để {what}: {topic}", body
        if planned.stage == Stage.DUE:
            return f"Hôm nay là hạn {what}: {topic}", body
        if self.kinds.of(planned) == self.kinds.late:
            return f"Đã quá hạn {what} {planned.days} ngày làm việc: {topic}", body
        return f"{name} chậm {what} {planned.days} ngày làm việc: {topic}", body


def remind_of_due_announcements(*, now: datetime | None = None, chunk: int = CHUNK) -> int:
    """Writes every reminder of an announcement that should exist by now and doesn't yet; how many."""
    return run_sweep(AnnouncementSweep(), now=now or clock.now(), chunk=chunk)
