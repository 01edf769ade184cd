"""Attendance and minutes."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import ServiceError
from accounts.models import User
from audit.services import record
from meetings import policies
from meetings.models import Attendance, AudienceGroup, Meeting, Minutes
from meetings.services.common import check_version, clean_text, demand, lock
from meetings.services.planning import LARGEST_ATTENDANCE


@transaction.atomic
def record_attendance(meeting: Meeting, *, actor: User, numbers: Mapping[str, int | None]) -> Meeting:
    """Attendance by group; a group with None is unknown and has no row. The meeting's total is the sum."""
    lock(meeting)
    demand(policies.may_record(actor, meeting), meeting, actor)
    known = {str(group): number for group, number in numbers.items() if number is not None}
    if set(known) - set(AudienceGroup.values):
        raise ServiceError(_("Choose the groups from the list."))
    for group, number in known.items():
        if not 0 <= number <= LARGEST_ATTENDANCE:
            raise ServiceError(_("The attendance has to be between 0 and 100,000 people."), field=group)
    if sum(known.values()) > LARGEST_ATTENDANCE:
        raise ServiceError(_("The attendance of all groups together has to stay below 100,000 people."))
    meeting.attendance.exclude(group__in=known).delete()
    Attendance.objects.bulk_create(
        [
            Attendance(meeting=meeting, group=group, number=known[group])
            for group in AudienceGroup.values
            if group in known
        ],
        update_conflicts=True,
        unique_fields=["meeting", "group"],
        update_fields=["number"],
    )
    total = f"{sum(known.values()):,}".replace(",", ".")
    record(
        actor=actor,
        verb="record_attendance",
        target=meeting,
        sentence=f"đã ghi nhận {total} lượt người tham dự",
        data=known,
    )
    return meeting


@transaction.atomic
def save_minutes(
    meeting: Meeting, *, actor: User, version: int, opening: str, proceedings: str, closing: str
) -> Minutes:
    """Saves the structured minutes; ``version`` is 0 (or 1) where there are none yet."""
    lock(meeting)
    demand(policies.may_record(actor, meeting), meeting, actor)
    minutes = Minutes.objects.filter(meeting=meeting).first()
    if minutes is None:
        minutes = Minutes(meeting=meeting, version=0)
    else:
        check_version(minutes, version)
    minutes.opening, minutes.proceedings, minutes.closing = map(clean_text, (opening, proceedings, closing))
    minutes.version += 1
    minutes.save()
    record(actor=actor, verb="save_minutes", target=meeting, sentence="đã lưu biên bản hội nghị")
    return minutes


@transaction.atomic
def save_record(
    meeting: Meeting,
    *,
    actor: User,
    version: int,
    numbers: Mapping[str, int | None],
    opening: str,
    proceedings: str,
    closing: str,
) -> Minutes:
    """Attendance and minutes from one form: both are saved or neither."""
    minutes = save_minutes(
        meeting, actor=actor, version=version, opening=opening, proceedings=proceedings, closing=closing
    )
    known = {group: number for group, number in numbers.items() if number is not None}
    if known != dict(meeting.attendance.values_list("group", "number")):
        record_attendance(meeting, actor=actor, numbers=numbers)
    return minutes
