"""What waits for a person, in the order of urgency. Nothing here is written; each task leads to where it is done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Locality, Role, User
from deadlines.clock import VIETNAM
from deadlines.counting import Calendar, working_days_between
from deadlines.services import working_calendars
from feedback.models import Assignment, AssignmentState, Extension, OpinionState, Reply, Verdict
from meetings.models import Meeting, MeetingState
from notices.models import Notice, NoticeExtension, NoticeState, ProgressPost
from notices.services import next_post_due

SOON = 3  # working days
AHEAD = 14  # days in which a meeting counts as one of the next
WRITERS = (Role.CLERK, Role.LEADER)

# The order of the list.
OVERDUE, DUE_SOON, APPROVAL, RETURNED, TO_ACCEPT, EXTENSION, TO_DO, MEETING = range(8)
GROUPS = [
    (OVERDUE, gettext_lazy("Overdue")),
    (DUE_SOON, gettext_lazy("Due within 3 working days")),
    (APPROVAL, gettext_lazy("Waiting for my approval")),
    (RETURNED, gettext_lazy("Returned to me")),
    (TO_ACCEPT, gettext_lazy("Replies to accept")),
    (EXTENSION, gettext_lazy("Requests for more time")),
    (TO_DO, gettext_lazy("To do")),
    (MEETING, gettext_lazy("My next meetings")),
]


@dataclass(frozen=True)
class Task:
    """One line of the list."""

    group: int
    title: str
    detail: str
    action: str
    url: str
    day: date | None = None  # the day it is due, or the day of the meeting
    working_days: int | None = None  # late (overdue) or left

    @property
    def is_meeting(self) -> bool:
        return self.group == MEETING

    @property
    def is_dated(self) -> bool:
        """Whether its day is a due date."""
        return self.group in {OVERDUE, DUE_SOON, APPROVAL, RETURNED, TO_DO, EXTENSION} and self.working_days is not None

    @property
    def tone(self) -> str:
        return {OVERDUE: "danger", DUE_SOON: "warning"}.get(self.group, "info")


def _hosted(user: User, *roles: str, prefix: str = "") -> Q:
    """Meetings whose host or co-host is a unit in which the person holds one of the roles."""
    units = user.scope.unit_ids_as(*roles)
    cohosted = Meeting.cohost_units.through.objects.filter(unit__in=units).values("meeting")
    key = f"{prefix}__in" if prefix else "pk__in"
    host = f"{prefix}__host_unit__in" if prefix else "host_unit__in"
    return Q(**{host: units}) | Q(**{key: cohosted})


def meetings_of(user: User, *, on: date) -> QuerySet:
    """Own meetings without a notice, planned ones whose day has come, and those of the next two weeks."""
    until = datetime.combine(on + timedelta(days=AHEAD + 1), time.min, tzinfo=VIETNAM)
    units = user.scope.unit_ids
    invited = Q(invitations__unit__in=units)
    coming = Q(state__in=[MeetingState.PLANNED, MeetingState.ANNOUNCED], planned_start__lt=until)
    own = _hosted(user, *WRITERS)
    watched = Q()
    if user.scope.has_role(Role.SUPERVISOR):
        watched = user.scope.locality_condition("locality__path")
    unpublished = Q(notice__state=NoticeState.ISSUED)
    mine = own & (coming | Q(state=MeetingState.HELD) & (Q(concluded_on=None) | unpublished))
    today = datetime.combine(on, time.min, tzinfo=VIETNAM)
    others = (invited | watched) if watched else invited
    newest = ProgressPost.objects.filter(meeting=OuterRef("pk")).order_by("-at", "-pk")
    return (
        Meeting.objects.filter(mine | (others & coming & Q(planned_start__gte=today)))
        .annotate(last_posted_on=Subquery(newest.values("posted_on")[:1]))
        .select_related("locality", "host_unit", "notice")
        .order_by("planned_start", "pk")
        .distinct()
    )


def assignments_of(user: User) -> QuerySet:
    """Open assignments that the person's units lead."""
    units = user.scope.unit_ids_as(Role.OFFICER, *WRITERS)
    return Assignment.objects.open().filter(lead_department__in=units)


def returned_assignments_of(user: User) -> QuerySet:
    """Matters that a department sent back and nobody has taken up since."""
    return Assignment.objects.filter(
        _hosted(user, *WRITERS, prefix="opinion__meeting"),
        state=AssignmentState.RETURNED,
        opinion__state=OpinionState.RECORDED,
    )


def replies_for(user: User) -> QuerySet:
    return Reply.objects.filter(_hosted(user, *WRITERS, prefix="assignment__opinion__meeting"), verdict=Verdict.WAITING)


def extensions_for(user: User) -> QuerySet:
    units = user.scope.unit_ids_as(Role.LEADER)
    return Extension.objects.filter(verdict=Verdict.WAITING, assignment__opinion__meeting__host_unit__in=units)


def notice_extensions_for(user: User, *, on: date) -> QuerySet:
    """Requests of the units below for more time for their notices, where the person decides."""
    return NoticeExtension.objects.to_decide_by(user, on=on)


def late_notices_of(user: User, *, on: date) -> QuerySet:
    """Meetings of the person's units whose notice is late."""
    return Meeting.objects.overdue(on=on).filter(host_unit__in=user.scope.unit_ids_as(*WRITERS))


def notices_for(user: User) -> QuerySet:
    """Drafts that wait for the person as leader, and those that came back to them as clerk."""
    leads, writes = user.scope.unit_ids_as(Role.LEADER), user.scope.unit_ids_as(*WRITERS)
    return Notice.objects.filter(
        Q(unit__in=leads, state__in=[NoticeState.SUBMITTED, NoticeState.APPROVED])
        | Q(unit__in=writes, state=NoticeState.RETURNED)
    )


def waiting_counts(user: User, *, on: date) -> dict[str, int]:
    """How much waits, by kind, in one query: for the dashboard."""
    counted = [
        (notices_for(user).filter(state=NoticeState.SUBMITTED), "approvals"),
        (notices_for(user).exclude(state=NoticeState.SUBMITTED), "notices"),
        (replies_for(user), "replies"),
        (extensions_for(user), "extensions"),
        (notice_extensions_for(user, on=on), "notice_extensions"),
        (late_notices_of(user, on=on), "late_notices"),
        (returned_assignments_of(user), "returned"),
        (assignments_of(user).overdue(on=on), "overdue"),
    ]
    first, *rest = [
        found.order_by()
        .annotate(kind=Value(kind))
        .values("kind")
        .annotate(n=Count("pk", distinct=True))
        .values_list("kind", "n")
        for found, kind in counted
    ]
    found = dict(first.union(*rest, all=True))
    asked = found.pop("notice_extensions", 0)
    return found | {"extensions": found.get("extensions", 0) + asked}


class Clock:
    """Working days as the list says them, by the calendar of each place."""

    def __init__(self, on: date, calendars: dict[str, Calendar]):
        self.on, self.calendars = on, calendars

    def placed(self, due_on: date | None, path: str) -> tuple[int | None, int | None]:
        """The group that a due date belongs to, if any, and the working days late or left."""
        if due_on is None:
            return None, None
        calendar = self.calendars[path]
        if due_on < self.on:
            return OVERDUE, max(1, working_days_between(due_on, self.on, calendar))
        left = working_days_between(self.on, due_on, calendar)
        return (DUE_SOON if left <= SOON else None), left


def tasks_of(user: User, *, on: date) -> tuple[list[Task], list[Meeting]]:
    """The list, most urgent first, and the meetings of the days ahead."""
    meetings = list(meetings_of(user, on=on)) if user.scope.memberships else []
    replying = Prefetch("extensions", Extension.objects.filter(verdict=Verdict.WAITING), to_attr="waiting_extensions")
    place = "opinion__meeting__locality"
    assignments = list(assignments_of(user).select_related(place, "lead_department").prefetch_related(replying))
    returned = list(notices_for(user).filter(state=NoticeState.RETURNED).select_related("meeting__locality"))
    places = [meeting.locality for meeting in meetings] + [one.opinion.meeting.locality for one in assignments]
    places += [one.meeting.locality for one in returned]
    clock = Clock(on, working_calendars([home_of(user), *places]))
    own_units, led_units = user.scope.unit_ids_as(*WRITERS), user.scope.unit_ids_as(Role.LEADER)
    tasks = [task for meeting in meetings for task in _meeting_tasks(meeting, clock, own_units, led_units)]
    for one in assignments:
        # A clock that stands still makes nothing urgent.
        group, days = (None, None) if one.is_paused else clock.placed(one.due_on, one.opinion.meeting.locality.path)
        if group is None and one.state == AssignmentState.SENT:
            group = TO_DO
        if group is None:
            continue
        action = _("Accept or answer") if one.state == AssignmentState.SENT else _("Answer")
        url = reverse("feedback:assignment", args=[one.pk])
        tasks.append(Task(group, one.task, _about(one.opinion), action, url, one.due_on, days))
    for one in returned:
        title = _("Conclusion notice returned with remarks: %(topic)s") % {"topic": one.meeting.topic}
        url = reverse("notices:edit", args=[one.pk])
        due_on = one.meeting.conclusion_due_on
        group, days = clock.placed(due_on, one.meeting.locality.path)
        tasks.append(
            Task(RETURNED if group is None else group, title, one.subject, _("Revise the draft"), url, due_on, days)
        )
    for one in returned_assignments_of(user).select_related("opinion__meeting", "lead_department"):
        title = _("%(department)s returned a matter") % {"department": one.lead_department}
        detail = f"{one.return_reason} · {_about(one.opinion)}"
        tasks.append(
            Task(RETURNED, title, detail, _("Assign it again"), reverse("feedback:opinion", args=[one.opinion_id]))
        )
    chain = "assignment__opinion__meeting"
    for one in replies_for(user).select_related(chain, "assignment__lead_department"):
        title = _("%(department)s replied") % {"department": one.assignment.lead_department}
        url = reverse("feedback:opinion", args=[one.assignment.opinion_id])
        tasks.append(Task(TO_ACCEPT, title, _about(one.assignment.opinion), _("Read and accept"), url))
    for one in extensions_for(user).select_related(chain, "assignment__lead_department"):
        title = _("%(department)s asks for more time, until %(day)s") % {
            "department": one.assignment.lead_department,
            "day": f"{one.asked_until:%d/%m/%Y}",
        }
        url = reverse("feedback:opinion", args=[one.assignment.opinion_id])
        tasks.append(Task(EXTENSION, title, one.reason, _("Decide"), url, one.due_on_before))
    for one in notice_extensions_for(user, on=on).select_related("meeting__host_unit") if led_units else ():
        title = _("%(unit)s asks for more time for its notice, until %(day)s") % {
            "unit": one.meeting.host_unit,
            "day": f"{one.asked_until:%d/%m/%Y}",
        }
        url = reverse("notices:decide_extension", args=[one.pk])
        tasks.append(Task(EXTENSION, title, f"{one.reason} · {one.meeting}", _("Decide"), url, one.due_on_before))
    tasks.sort(key=_urgency)
    return tasks, meetings


def home_of(user: User) -> Locality | None:
    """The place whose days off the strip of the week shows."""
    memberships = user.scope.memberships
    return memberships[0].unit.locality if memberships else None


def _urgency(task: Task) -> tuple:
    """What is overdue by lateness in working days, everything else by its day."""
    late = task.working_days if task.group == OVERDUE else None
    return task.group, -(late or 0), task.day or date.max, task.title


def _about(opinion) -> str:
    return _("opinion %(number)s, %(topic)s") % {"number": opinion.number, "topic": opinion.meeting.topic}


def _meeting_tasks(meeting: Meeting, clock: Clock, own_units: frozenset, led_units: frozenset) -> Iterator[Task]:
    if task := _meeting_task(meeting, clock, own_units, led_units):
        yield task
    due_on = meeting.conclusion_due_on
    if (
        meeting.host_unit_id not in own_units
        or meeting.concluded_on is not None
        or due_on is None
        or due_on >= clock.on
    ):
        return
    path = meeting.locality.path
    if next_post_due(due_on, meeting.last_posted_on, clock.calendars[path]) <= clock.on:
        title = _("Progress of a late notice to report: %(topic)s") % {"topic": meeting.topic}
        detail = _("A progress post with a new promised date is required")
        url = reverse("notices:meeting_notice", args=[meeting.pk]) + "#progress"
        yield Task(OVERDUE, title, detail, _("Report the progress"), url, due_on, clock.placed(due_on, path)[1])


def _meeting_task(meeting: Meeting, clock: Clock, own_units: frozenset, led_units: frozenset) -> Task | None:
    if meeting.state == MeetingState.HELD:
        return _notice_task(meeting, clock, led_units)
    day = meeting.planned_start.astimezone(VIETNAM).date()
    is_own = meeting.host_unit_id in own_units
    if day < clock.on:
        title = _("The day of the meeting has passed: %(topic)s") % {"topic": meeting.topic}
        late = working_days_between(day, clock.on, clock.calendars[meeting.locality.path])
        action = _("Record that it was held, or postpone it")
        return Task(
            OVERDUE, title, _where(meeting), action, reverse("meetings:detail", args=[meeting.pk]), day, max(1, late)
        )
    action = _("Prepare") if is_own else _("Open")
    return Task(MEETING, meeting.topic, _where(meeting), action, reverse("meetings:detail", args=[meeting.pk]), day)


def _where(meeting: Meeting) -> str:
    start = meeting.planned_start.astimezone(VIETNAM)
    return " · ".join(filter(None, [f"{start:%H:%M}", meeting.place or meeting.online_address, str(meeting.locality)]))


def _notice_task(meeting: Meeting, clock: Clock, led_units: frozenset) -> Task | None:
    """The conclusion notice of a held meeting: whose turn it is, and how urgent."""
    notice = getattr(meeting, "notice", None)
    url = reverse("meetings:detail", args=[meeting.pk])
    title = _("Conclusion notice: %(topic)s") % {"topic": meeting.topic}
    if notice is not None:
        url = reverse("notices:detail", args=[notice.pk])
    if meeting.concluded_on is not None:
        detail = _("Issued, not yet published")
        return Task(TO_DO, title, detail, _("Publish"), url, meeting.concluded_on)
    group, days = clock.placed(meeting.conclusion_due_on, meeting.locality.path)
    state = notice.state if notice else None
    leads = notice is not None and notice.unit_id in led_units
    if state == NoticeState.RETURNED:
        return None  # stands among what was returned
    action, fallback = _("Draft the notice"), TO_DO
    if state == NoticeState.DRAFT:
        action = _("Finish the draft")
    elif state == NoticeState.SUBMITTED:
        action, fallback = (_("Approve or return"), APPROVAL) if leads else (_("Open"), None)
    elif state == NoticeState.APPROVED:
        action, fallback = _("Issue"), APPROVAL
    else:
        url = reverse("notices:meeting_notice", args=[meeting.pk]) or url
    if group is None:
        group = fallback
    if group is None:
        return None
    detail = str(notice.get_state_display()) if notice else _("Not yet drafted")
    return Task(group, title, detail, action, url, meeting.conclusion_due_on, days)


@dataclass(frozen=True)
class Day:
    """One day of the strip above the list."""

    date: date
    items: list[dict]
    closed: str = ""


def week_of(on: date, tasks: list[Task], meetings: list[Meeting], calendar: Calendar) -> list[Day]:
    """Today and the six days after it, with the meetings and what is due; the days off by their names."""
    days = []
    for offset in range(7):
        day = on + timedelta(days=offset)
        items = [
            {
                "label": f"{m.planned_start.astimezone(VIETNAM):%H:%M} {m.topic}",
                "url": reverse("meetings:detail", args=[m.pk]),
                "tone": "info",
            }
            for m in meetings
            if m.planned_start.astimezone(VIETNAM).date() == day and m.state in {"planned", "announced"}
        ]
        due = [task for task in tasks if task.day == day and task.group in {DUE_SOON, TO_DO, APPROVAL}]
        if due:
            label = ngettext("%(number)s matter due", "%(number)s matters due", len(due)) % {"number": len(due)}
            items.append({"label": label, "tone": "warning"})
        days.append(Day(day, items, calendar.days_off.get(day, "") if not calendar.is_working_day(day) else ""))
    return days
