"""A person's own due dates and meetings as iCalendar (RFC 5545): what they may see at the moment it is read.

It holds no personal data of citizens: an opinion has its number and the meeting's topic, never a text or a name, and
complaints and denunciations don't appear at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from icalendar import Calendar, Event

from accounts.models import Role, User
from deadlines.clock import VIETNAM
from deadlines.counting import ONE_DAY
from deadlines.models import Obligation, Quantity
from deadlines.obligations import Ahead, announce_by
from deadlines.services import working_calendars
from deadlines.services.moves import moves_by_target
from deadlines.services.rulebook import rulebook
from feedback.models import STATUTORY_CATEGORIES, Assignment
from meetings.models import Meeting, MeetingState
from reports.work import WRITERS, assignments_of

AHEAD = timedelta(days=366)
LONGEST = 500  # entries of a kind: calendars give up on more
_EPOCH = datetime(2020, 1, 1, tzinfo=VIETNAM).timestamp()
REFRESH = timedelta(hours=4)
STATUS = {MeetingState.CANCELLED: "CANCELLED", MeetingState.POSTPONED: "TENTATIVE"}


@dataclass(frozen=True)
class DueDate:
    """Something to be done by the end of a day."""

    uid: str
    title: str
    due_on: date
    detail: str
    url: str
    version: int
    changed_at: datetime


def calendar_of(user: User, *, on: date) -> bytes:
    """What is overdue or due within the next twelve months, and the meetings from today on."""
    feed = Calendar()
    feed.add("prodid", "-//Đối thoại//Lịch cá nhân//VI")
    feed.add("version", "2.0")
    feed.add("calscale", "GREGORIAN")
    feed.add("x-wr-calname", f"Đối thoại – {user.get_full_name()}")
    feed.add("x-wr-timezone", settings.TIME_ZONE)
    feed.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    feed.add("x-published-ttl", "PT4H")
    for due in due_dates(user, on=on):
        feed.add_component(_due_entry(due, on))
    for meeting in meetings_ahead(user, on=on):
        feed.add_component(_meeting_entry(meeting))
    return feed.to_ical()


# --- what belongs to the person -----------------------------------------------------------------------------------


def _hosted(user: User, *roles: str) -> Q:
    units = user.scope.unit_ids_as(*roles) if roles else user.scope.unit_ids
    cohosted = Meeting.cohost_units.through.objects.filter(unit__in=units).values("meeting")
    return Q(host_unit__in=units) | Q(pk__in=cohosted)


def meetings_ahead(user: User, *, on: date) -> QuerySet:
    """Meetings that the person's units hold, share or are invited to; those of a supervisor's own place too."""
    watched = Q(pk__in=[])
    for membership in user.scope.memberships:
        if membership.role == Role.SUPERVISOR:
            watched |= Q(locality=membership.unit.locality_id)
    mine = _hosted(user) | Q(invitations__unit__in=user.scope.unit_ids) | watched
    without_new_day = Q(state=MeetingState.POSTPONED) & (Q(previous_start=None) | Q(previous_start=F("planned_start")))
    return (
        Meeting.objects.filter(
            mine, held_on=None, planned_start__gte=_midnight(on), planned_start__lt=_midnight(on + AHEAD)
        )
        .exclude(without_new_day)
        .select_related("locality", "host_unit")
        .order_by("planned_start", "pk")
        .distinct()[:LONGEST]
    )


def due_dates(user: User, *, on: date) -> Iterator[DueDate]:
    """Own due dates, however long overdue, up to twelve months ahead."""
    until = on + AHEAD
    if not user.scope.memberships:
        return
    own = (
        Meeting.objects.filter(_hosted(user, *WRITERS))
        .select_related("locality", "host_unit")
        .only(*_MEETING_FIELDS)
        .distinct()
    )
    held = own.filter(state=MeetingState.HELD)
    for meeting in held.filter(concluded_on=None, conclusion_due_on__lte=until).order_by("-conclusion_due_on", "pk")[
        :LONGEST
    ]:
        yield _of_meeting("conclusion", "Hạn ban hành thông báo kết luận", meeting, meeting.conclusion_due_on)
    for meeting in held.filter(published_on=None, publication_due_on__lte=until).order_by("-publication_due_on", "pk")[
        :LONGEST
    ]:
        yield _of_meeting("publication", "Hạn công khai kết quả", meeting, meeting.publication_due_on)
    yield from _announcements(own, on=on, until=until)
    replies = (
        assignments_of(user)
        .exclude(opinion__category__in=STATUTORY_CATEGORIES)
        # Where the clock stands still there is no due day to keep.
        .filter(paused_on=None, due_on__lte=until)
        .select_related("opinion__meeting", "lead_department")
        .order_by("-due_on", "pk")
    )
    replies = list(replies[:LONGEST])
    moved = moves_by_target(Assignment, [one.pk for one in replies])
    for one in replies:
        moves = moved[one.pk]
        yield DueDate(
            uid=f"assignment-{one.pk}",
            title=f"Trả lời ý kiến số {one.opinion.number} – {one.opinion.meeting.topic}",
            due_on=one.due_on,
            detail=one.lead_department.name,
            url=reverse("feedback:assignment", args=[one.pk]),
            version=one.version + len(moves),
            changed_at=max([one.accepted_at or one.assigned_at, *(move.at for move in moves)]),
        )


_MEETING_FIELDS = (
    "topic",
    "state",
    "level",
    "meeting_type",
    "planned_start",
    "previous_start",
    "conclusion_due_on",
    "publication_due_on",
    "updated_at",
    "locality__name",
    "locality__path",
    "host_unit__name",
)


def _announcements(own: QuerySet, *, on: date, until: date) -> Iterator[DueDate]:
    """The last day to announce each planned meeting, by the rules that bind it."""
    waiting = Q(state=MeetingState.PLANNED) | (
        Q(state=MeetingState.POSTPONED, previous_start__isnull=False) & ~Q(previous_start=F("planned_start"))
    )
    planned = own.filter(waiting, planned_start__gte=_midnight(on), planned_start__lt=_midnight(until))
    meetings = list(planned.order_by("planned_start", "pk")[:LONGEST])
    if not meetings:
        return
    book = rulebook([Obligation.ANNOUNCEMENT], first=on, last=until)
    calendars = working_calendars(meeting.locality for meeting in meetings)
    for meeting in meetings:
        day, path = meeting.planned_day, meeting.locality.path
        rules = book.of(book.holders(path), level=meeting.level, obligation=Obligation.ANNOUNCEMENT, on=day)
        asked = [
            Ahead(rule.number, rule.unit)
            for rule in rules
            if rule.meeting_type in ("", meeting.meeting_type)
            and rule.unit in (Quantity.WORKING_DAYS, Quantity.CALENDAR_DAYS)
        ]
        if asked:
            yield _of_meeting(
                "announcement", "Hạn thông báo hội nghị", meeting, announce_by(day, asked, calendars[path])
            )


def _of_meeting(kind: str, what: str, meeting: Meeting, due_on: date) -> DueDate:
    return DueDate(
        uid=f"{kind}-{meeting.pk}",
        title=f"{what}: {meeting.topic}",
        due_on=due_on,
        detail=f"{meeting.host_unit.name} – {meeting.locality.name}",
        url=reverse("meetings:detail", args=[meeting.pk]),
        version=_sequence(meeting),
        changed_at=meeting.updated_at,
    )


def _sequence(meeting: Meeting) -> int:
    """Grows with every change, a moved due date included, which leaves the version that a form compares alone."""
    return int(meeting.updated_at.timestamp() - _EPOCH)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=VIETNAM)


# --- entries ------------------------------------------------------------------------------------------------------


def _host() -> str:
    return settings.SITE_URL.split("://", 1)[1]


def _entry(uid: str, *, changed_at: datetime, version: int, path: str) -> Event:
    entry = Event()
    entry.add("uid", f"{uid}@{_host()}")
    # Of the record and not of the reading: the same calendar twice is the same text, so that it need not be sent again.
    entry.add("dtstamp", changed_at)
    entry.add("last-modified", changed_at)
    entry.add("sequence", version)
    entry.add("url", settings.SITE_URL + path)
    return entry


def _due_entry(due: DueDate, on: date) -> Event:
    entry = _entry(due.uid, changed_at=due.changed_at, version=due.version, path=due.url)
    # The end of an all-day entry is the day after it.
    entry.add("dtstart", due.due_on)
    entry.add("dtend", due.due_on + ONE_DAY)
    entry.add("summary", f"Quá hạn: {due.title}" if due.due_on < on else due.title)
    entry.add("description", due.detail)
    # A due date takes nobody's time.
    entry.add("transp", "TRANSPARENT")
    return entry


def _meeting_entry(meeting: Meeting) -> Event:
    path = reverse("meetings:detail", args=[meeting.pk])
    entry = _entry(f"meeting-{meeting.pk}", changed_at=meeting.updated_at, version=_sequence(meeting), path=path)
    entry.add("dtstart", meeting.planned_start)
    entry.add("dtend", meeting.planned_end)
    entry.add("summary", meeting.topic)
    entry.add("location", meeting.place or meeting.online_address or meeting.locality.name)
    entry.add("description", f"{meeting.host_unit.name} – {meeting.locality.name}")
    entry.add("status", STATUS.get(meeting.state, "CONFIRMED"))
    return entry
