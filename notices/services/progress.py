"""Once a conclusion notice is late: every five working days the host says why, and promises a new date."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import ServiceError
from accounts.models import Membership, User
from audit.services import record
from deadlines import clock
from deadlines.counting import WORKING_DAYS, Calendar, count, long_date, working_days_between
from deadlines.models import Obligation, Reminder, ReminderKind
from deadlines.services import beat, working_calendar, working_calendars, working_days_late, write_planned
from deadlines.services.moves import moves_by_target
from deadlines.services.office_hours import are_office_hours
from meetings.models import Meeting
from notices import policies
from notices.models import ProgressPost
from notices.services.common import CLERK, LEADER, clean, demand, lock_meeting, people_of, tell_of_meeting

EVERY = 5  # working days
# A promise further off than a month of working days promises nothing.
MOST_AHEAD = 20
LONGEST = 5000
# Within office hours, from this hour; what a machine that was off has missed is made up so far back.
FROM = time(8)
CATCH_UP = timedelta(days=14)
CHUNK = 500
ONE_DAY = timedelta(days=1)


def next_post_due(due_on: date, last_posted_on: date | None, calendar: Calendar) -> date:
    """The day from which a post is asked for: the first working day late, then the fifth working day after a post."""
    first = calendar.next_working_day(due_on + ONE_DAY)
    if last_posted_on is None:
        return first
    return max(first, count(last_posted_on, EVERY, WORKING_DAYS, calendar).due_on)


def latest_promise(today: date, calendar: Calendar) -> date:
    """The furthest day that can be promised today."""
    return count(today, MOST_AHEAD, WORKING_DAYS, calendar).due_on


def _check_promise(promised_on: date, calendar: Calendar) -> None:
    today = clock.today()
    if promised_on < today:
        raise ServiceError(
            _("The promised date, %(day)s, lies in the past.") % {"day": f"{promised_on:%d/%m/%Y}"}, field="promised_on"
        )
    latest = latest_promise(today, calendar)
    if promised_on > latest:
        raise ServiceError(
            _("The promised date can lie %(days)s working days ahead at most, that is on %(day)s.")
            % {"days": MOST_AHEAD, "day": f"{latest:%d/%m/%Y}"},
            field="promised_on",
        )
    if calendar.is_day_off(promised_on):
        raise ServiceError(
            _("%(day)s is a day off (%(reason)s); the next working day is %(next)s.")
            % {
                "day": long_date(promised_on),
                "reason": calendar.reason(promised_on),
                "next": long_date(calendar.next_working_day(promised_on)),
            },
            field="promised_on",
        )


@transaction.atomic
def post_progress(meeting: Meeting, *, actor: User, text: str, promised_on: date) -> ProgressPost:
    """Says what is being done about a late notice and by when it will be issued; sent twice it is written once."""
    meeting = lock_meeting(meeting.pk)
    demand(policies.writes_for(actor, meeting.host_unit), policies.can_be_reported_on(meeting))
    text = clean(text)
    if not text:
        raise ServiceError(_("Say why the notice is late and what is being done."), field="text")
    if len(text) > LONGEST:
        raise ServiceError(_("The text is too long."), field="text")
    today = clock.today()
    said = {"text": text, "promised_on": promised_on, "author": actor, "posted_on": today}
    if same := meeting.progress_posts.filter(**said).first():
        return same
    _check_promise(promised_on, working_calendar(meeting.locality))
    post = ProgressPost.objects.create(meeting=meeting, **said)
    late = working_days_late(meeting.conclusion_due_on, today, locality=meeting.locality)
    superior = policies.deciding_unit(meeting.host_unit)
    people = {p.pk: p for p in [*people_of(superior, LEADER), *people_of(meeting.host_unit, LEADER)]}
    tell_of_meeting(
        post,
        meeting,
        people.values(),
        actor=actor,
        role=LEADER,
        subject=f"{meeting.host_unit.name} chậm thông báo kết luận {late} ngày làm việc, cam kết {promised_on:%d/%m/%Y}",
        body=f"{meeting.topic}: {text}",
    )
    record(
        actor=actor,
        verb="post_progress",
        target=meeting,
        sentence=f"đã báo cáo tiến độ thông báo kết luận (chậm {late} ngày làm việc), cam kết ban hành ngày "
        f"{promised_on:%d/%m/%Y}: {text}",
        data={"promised_on": promised_on.isoformat(), "days_late": late},
    )
    return post


# --- the sweep ---


def _chunks(meetings, size: int) -> Iterator[list[Meeting]]:
    found = meetings.iterator(chunk_size=size)
    while chunk := list(islice(found, size)):
        yield chunk


def _people(meetings: list[Meeting], today: date) -> dict[int, list[tuple[int, str]]]:
    """(person, role) of the clerks and leaders of the host units, by unit."""
    memberships = Membership.objects.current(on=today).filter(
        unit__in={meeting.host_unit_id for meeting in meetings}, role__in=[CLERK, LEADER], user__is_active=True
    )
    found = defaultdict(dict)
    for unit, person, role in memberships.order_by("pk").values_list("unit_id", "user_id", "role"):
        found[unit].setdefault(person, role)
    return {unit: list(people.items()) for unit, people in found.items()}


def _moved_on(meetings: list[Meeting]) -> dict[int, date]:
    """The day on which each deadline was last moved."""
    moves = moves_by_target(Meeting, [meeting.pk for meeting in meetings])
    return {
        pk: move.at.astimezone(clock.VIETNAM).date()
        for pk, of_one in moves.items()
        for move in of_one  # the oldest first
        if move.obligation == Obligation.CONCLUSION_NOTICE
    }


def _rows(meeting: Meeting, days: list[date], people: list[tuple[int, str]], calendar: Calendar) -> Iterator[Reminder]:
    url = reverse("notices:meeting_notice", kwargs={"pk": meeting.pk})
    for day in days:
        late = max(1, working_days_between(meeting.conclusion_due_on, day, calendar))
        for person, role in people:
            yield Reminder(
                kind=ReminderKind.PROGRESS_DUE,
                target_type=meeting._meta.label_lower,
                target_id=meeting.pk,
                recipient_id=person,
                recipient_role=role,
                for_day=day,
                due_on=meeting.conclusion_due_on,
                subject=f"Cần báo cáo tiến độ thông báo kết luận chậm {late} ngày làm việc: {meeting.topic}"[:300],
                body="Thông báo kết luận đã quá hạn phải có báo cáo tiến độ kèm ngày cam kết ban hành mới, năm ngày làm việc "
                f"một lần cho đến khi ban hành. Hạn ban hành: {meeting.conclusion_due_on:%d/%m/%Y}.",
                url=url,
            )


def remind_of_due_progress(*, now: datetime | None = None, chunk: int = CHUNK) -> int:
    """Reminds of every post that is due and missing, daily on working days; running it again writes nothing twice."""
    now = (now or clock.now()).astimezone(clock.VIETNAM)
    began_at, number = timezone.now(), 0
    if are_office_hours(now) and now.time() >= FROM:
        number = _remind(now.date(), chunk)
    beat("sweep:progress", began_at=began_at, detail={"planned": number})
    return number


def _remind(today: date, chunk: int) -> int:
    """Writes what is missing up to today; how many rows that should be."""
    newest = ProgressPost.objects.filter(meeting=OuterRef("pk")).order_by("-at", "-pk")
    late = (
        Meeting.objects.overdue(on=today)
        .annotate(last_posted_on=Subquery(newest.values("posted_on")[:1]))
        .select_related("locality")
        .order_by("pk")
    )
    number = 0
    for meetings in _chunks(late, chunk):
        calendars = working_calendars([meeting.locality for meeting in meetings])
        people, moved = _people(meetings, today), _moved_on(meetings)
        rows = []
        for meeting in meetings:
            calendar = calendars[meeting.locality.path]
            day = max(next_post_due(meeting.conclusion_due_on, meeting.last_posted_on, calendar), today - CATCH_UP)
            # A due day that was moved back asked for nothing before the day on which it was moved.
            day = max(day, moved.get(meeting.pk, day))
            days = []
            while day <= today:
                if calendar.is_working_day(day):
                    days.append(day)
                day += ONE_DAY
            rows += _rows(meeting, days, people.get(meeting.host_unit_id, []), calendar)
        write_planned(rows)
        number += len(rows)
    return number
