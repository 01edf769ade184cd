from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.errors import ServiceError
from accounts.models import Unit, User
from accounts.policies import require
from accounts.text import fold
from audit.services import record
from deadlines import clock
from meetings import policies
from meetings.models import AgendaItem, AudienceGroup, Meeting, MeetingSearch, MeetingState
from meetings.services.announcing import move_announcement
from meetings.services.common import aware, check_version, clean_text, local_day, lock_open

TEXTS = ("topic", "chair", "co_chairs", "secretary", "standing_member", "place", "online_address")
PLAIN = (
    "meeting_type",
    "mode",
    "level",
    "host_unit",
    "locality",
    "audience_groups",
    "is_standing_member_confirmed",
    "planned_start",
    "planned_end",
    "expected_attendance",
    "is_demonstration",
)
RELATIONS = ("cohost_units", "covered_localities", "fields")
# Deadlines were worked out from these when the meeting was held; changing them would move the past.
FIXED_WHEN_HELD = ("host_unit", "locality", "level", "meeting_type", "planned_start", "planned_end")
# The day by which it has to be announced depends on these.
MOVE_THE_ANNOUNCEMENT = {"planned_start", "locality", "level", "meeting_type"}
EARLIEST = date(2000, 1, 1)  # where the working calendar begins
FURTHEST = timedelta(days=731)
LARGEST_ATTENDANCE = 100_000
LONGEST = timedelta(hours=24)
SENT_TWICE_WITHIN = timedelta(seconds=30)

# What a dialogue goes through by custom; the clerk changes it freely.
STANDARD_AGENDA = (
    ("Báo cáo kết quả giải quyết ý kiến của hội nghị lần trước", 15),
    ("Người chủ trì phát biểu khai mạc, nêu nội dung tiếp xúc, đối thoại", 10),
    ("Người dân phát biểu ý kiến, kiến nghị", 90),
    ("Cơ quan, đơn vị giải trình, trả lời trực tiếp tại hội nghị", 45),
    ("Người chủ trì kết luận hội nghị", 20),
)


class PlanRefused(ServiceError):
    """The plan can't stand as it is; ``problems`` names every field with its sentence."""

    def __init__(self, problems: list[tuple[str, str]]):
        super().__init__(problems[0][1], field=problems[0][0])
        self.problems = problems


def problems_of(meeting: Meeting, relations: dict) -> list[tuple[str, str]]:
    """What keeps the plan from standing; (field, sentence), everything at once."""
    found = []
    host, day = meeting.host_unit, local_day(meeting.planned_start)
    if not meeting.topic:
        found.append(("topic", _("Say what the meeting is about.")))
    if not meeting.chair:
        found.append(("chair", _("Name the person who chairs the meeting.")))
    if meeting.planned_end <= meeting.planned_start:
        found.append(("planned_end", _("The meeting has to end after it starts.")))
    elif meeting.planned_end - meeting.planned_start > LONGEST:
        found.append(("planned_end", _("A meeting lasts at most 24 hours.")))
    if day > clock.today() + FURTHEST:
        found.append(("planned_start", _("The start is more than two years away.")))
    elif day < EARLIEST:
        found.append(("planned_start", _("The start lies before the year 2000.")))
    if host.dissolved_on is not None and host.dissolved_on <= day:
        found.append(
            (
                "host_unit",
                _("%(unit)s was dissolved on %(day)s.") % {"unit": host, "day": f"{host.dissolved_on:%d/%m/%Y}"},
            )
        )
    elif not host.locality.exists_on(day):
        found.append(("host_unit", _absence(host.locality, day)))
    if not meeting.locality.path.startswith(host.locality.path):
        found.append(("locality", _("The host unit does not act in this locality.")))
    elif not meeting.locality.exists_on(day):
        found.append(("locality", _absence(meeting.locality, day)))
    for place in relations.get("covered_localities", ()):
        if not place.path.startswith(host.locality.path):
            found.append(("covered_localities", _("The host unit does not act in %(place)s.") % {"place": place}))
        elif not place.exists_on(day):
            found.append(("covered_localities", _absence(place, day)))
    for unit in relations.get("cohost_units", ()):
        if unit.pk == host.pk:
            found.append(("cohost_units", _("The host unit can't be a co-host as well.")))
        elif unit.dissolved_on is not None and unit.dissolved_on <= day:
            found.append(("cohost_units", _("%(unit)s no longer exists on the day.") % {"unit": unit}))
    expected = meeting.expected_attendance
    if expected is not None and not 0 <= expected <= LARGEST_ATTENDANCE:
        found.append(("expected_attendance", _("The expected attendance has to be between 0 and 100,000 people.")))
    if set(meeting.audience_groups) - set(AudienceGroup.values):
        found.append(("audience_groups", _("Choose the groups from the list.")))
    return found


def _absence(locality, day: date) -> str:
    if locality.abolished_on is not None and locality.abolished_on <= day:
        return _("%(place)s was abolished on %(day)s: no meeting can be planned there from that day on.") % {
            "place": locality,
            "day": f"{locality.abolished_on:%d/%m/%Y}",
        }
    return _("%(place)s exists only from %(day)s.") % {"place": locality, "day": f"{locality.in_force_from:%d/%m/%Y}"}


def _assign(meeting: Meeting, fields: dict) -> dict:
    """Puts plain values on the row; gives the many-to-many values back as lists."""
    unknown = set(fields) - {*TEXTS, *PLAIN, *RELATIONS}
    if unknown:
        raise TypeError(f"a meeting has no {sorted(unknown)}")
    for name in TEXTS:
        if name in fields:
            setattr(meeting, name, clean_text(fields[name]))
    for name in PLAIN:
        if name in fields:
            value = fields[name]
            setattr(meeting, name, aware(value) if isinstance(value, datetime) else value)
    meeting.audience_groups = [str(group) for group in meeting.audience_groups or []]
    return {name: list(fields[name]) for name in RELATIONS if name in fields}


def keep_searchable(meeting: Meeting) -> None:
    """The side row that the search without diacritics reads."""
    words = (meeting.topic, meeting.place, meeting.locality.name, meeting.host_unit.name, meeting.chair)
    MeetingSearch.objects.update_or_create(meeting=meeting, defaults={"folded": fold(" ".join(words))})


def _planned_just_now(meeting: Meeting) -> Meeting | None:
    """The same plan of the same person a moment ago: the button was pressed twice. The second one waits for the first."""
    Unit.objects.select_for_update(no_key=True).get(pk=meeting.host_unit_id)
    return Meeting.objects.filter(
        created_by=meeting.created_by,
        host_unit=meeting.host_unit,
        locality=meeting.locality,
        topic=meeting.topic,
        planned_start=meeting.planned_start,
        planned_end=meeting.planned_end,
        state=MeetingState.PLANNED,
        version=1,
        created_at__gte=clock.now() - SENT_TWICE_WITHIN,
    ).first()


@transaction.atomic
def plan_meeting(*, actor: User, agenda: Iterable[dict] | None = None, **fields) -> Meeting:
    """Plans a meeting. The level is the host unit's unless given; without an agenda the customary one is laid down."""
    host = fields["host_unit"]
    require(policies.may_plan(actor, host))
    meeting = Meeting(created_by=actor)
    fields["level"] = fields.get("level") or host.locality.level
    relations = _assign(meeting, fields)
    problems = problems_of(meeting, relations)
    if problems:
        raise PlanRefused(problems)
    if (same := _planned_just_now(meeting)) is not None:
        return same
    meeting.save()
    for name, values in relations.items():
        getattr(meeting, name).set(values)
    items = (
        agenda if agenda is not None else [{"title": title, "minutes": minutes} for title, minutes in STANDARD_AGENDA]
    )
    _lay_down_agenda(meeting, items)
    keep_searchable(meeting)
    record(actor=actor, verb="plan_meeting", target=meeting, sentence=f"đã lập kế hoạch hội nghị “{meeting.topic}”")
    return meeting


def _shown(value) -> str | int | bool | list | None:
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, datetime):
        return f"{aware(value).astimezone(clock.VIETNAM):%H:%M %d/%m/%Y}"
    return value


def _refuse_moves(meeting: Meeting, before: dict, changed: set) -> list[tuple[str, str]]:
    """Some changes have a service of their own, or come too late."""
    if meeting.is_held:
        return [
            (name, _("The meeting has been held: this decides its deadlines and stays as it is."))
            for name in FIXED_WHEN_HELD
            if name in changed
        ]
    if meeting.state == MeetingState.ANNOUNCED and "planned_start" in changed:
        return [
            ("planned_start", _("The meeting has been announced: use “Postpone” so that its new time is announced."))
        ]
    return []


@transaction.atomic
def edit_meeting(meeting: Meeting, *, actor: User, version: int, **fields) -> Meeting:
    lock_open(meeting, actor=actor)
    check_version(meeting, version)
    before = {name: getattr(meeting, name) for name in (*TEXTS, *PLAIN)}
    if "host_unit" in fields and fields["host_unit"].pk != meeting.host_unit_id:
        require(policies.may_plan(actor, fields["host_unit"]))
        fields.setdefault("level", fields["host_unit"].locality.level)
    relations = _assign(meeting, fields)
    changed = {name for name, old in before.items() if getattr(meeting, name) != old}
    problems = problems_of(meeting, relations) + _refuse_moves(meeting, before, changed)
    if problems:
        raise PlanRefused(problems)
    if meeting.state == MeetingState.POSTPONED and "planned_start" in changed and meeting.announced_on is None:
        # Never announced: with its new day it is simply a plan again. One that was stays postponed until re-announced.
        meeting.state = MeetingState.PLANNED
    if changed & MOVE_THE_ANNOUNCEMENT:
        move_announcement(meeting, actor=actor)
    meeting.version += 1
    meeting.save()
    for name, values in relations.items():
        getattr(meeting, name).set(values)
    keep_searchable(meeting)
    record(
        actor=actor,
        verb="edit_meeting",
        target=meeting,
        sentence="đã sửa thông tin hội nghị",
        data={name: [_shown(before[name]), _shown(getattr(meeting, name))] for name in sorted(changed)},
    )
    return meeting


def _lay_down_agenda(meeting: Meeting, items: Iterable[dict]) -> list[AgendaItem]:
    rows = []
    for number, item in enumerate(items, start=1):
        title, minutes = clean_text(item["title"]), item.get("minutes")
        if not title:
            continue
        if minutes is not None and not 0 <= minutes <= 1440:
            raise ServiceError(_("An agenda item lasts between 0 and 1,440 minutes."), field="minutes")
        rows.append(
            AgendaItem(
                meeting=meeting,
                position=number,
                title=title,
                minutes=minutes,
                speaker=clean_text(item.get("speaker")),
            )
        )
    return AgendaItem.objects.bulk_create(rows)


@transaction.atomic
def set_agenda(meeting: Meeting, *, actor: User, version: int, items: Iterable[dict]) -> Meeting:
    """Replaces the agenda; ``items`` in order, each with title and, if known, minutes and speaker."""
    lock_open(meeting, actor=actor)
    check_version(meeting, version)
    meeting.agenda_items.all().delete()
    rows = _lay_down_agenda(meeting, items)
    meeting.version += 1
    meeting.save(update_fields=["version", "updated_at"])
    record(
        actor=actor,
        verb="set_agenda",
        target=meeting,
        sentence=f"đã cập nhật chương trình hội nghị ({len(rows)} mục)",
    )
    return meeting
