"""What the portal reads, always starting from ``published()``; nothing here carries a citizen's personal data."""

import re
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import Locality, LocalityKind
from accounts.text import fold
from feedback.models import Assignment, AssignmentState, Opinion
from meetings.models import Meeting, MeetingState
from notices.models import Notice

_CODE = re.compile(r"[0-9A-Z]{1,20}", re.ASCII)


def read_code(typed: str) -> str:
    """A code as it is stored, from what was typed or printed in groups; empty when it can't be one."""
    code = typed[:40].strip().upper().replace(" ", "").replace("-", "")
    return code if _CODE.fullmatch(code) else ""


def provinces(*, on: date) -> QuerySet[Locality]:
    return Locality.objects.filter(kind=LocalityKind.PROVINCE).in_force(on=on).only("name", "path", "code")


def upcoming_meetings(*, on: date) -> QuerySet[Meeting]:
    """Announced meetings from today on, the next first; a postponed one stays visible with its state."""
    return (
        Meeting.objects.published()
        .filter(planned_start__date__gte=on)
        .exclude(state__in=[MeetingState.HELD, MeetingState.CLOSED])
        .select_related("locality", "host_unit")
        .order_by("planned_start", "pk")
    )


def public_meetings() -> QuerySet[Meeting]:
    return Meeting.objects.published().select_related("locality", "host_unit")


def published_notices() -> QuerySet[Notice]:
    return (
        Notice.objects.published()
        .select_related("unit", "meeting__locality", "meeting__host_unit")
        .order_by("-published_at", "-pk")
    )


def notices_matching(notices: QuerySet[Notice], text: str) -> QuerySet[Notice]:
    """Every word found in the meeting's folded text or in the number, with or without diacritics."""
    for word in fold(text).split():
        notices = notices.filter(Q(meeting__search__folded__contains=word) | Q(document_code__icontains=word))
    return notices


def opinion_by_code(code: str) -> Opinion | None:
    """The public state of one opinion; complaints and denunciations answer as if they did not exist."""
    open_assignments = Assignment.objects.exclude(
        state__in=[AssignmentState.WITHDRAWN, AssignmentState.RETURNED]
    ).select_related("lead_department")
    return (
        Opinion.objects.published()
        .filter(tracking_code=read_code(code))
        .select_related("field", "meeting__locality", "meeting__notice", "transfer_slip")
        .prefetch_related(Prefetch("assignments", queryset=open_assignments, to_attr="live_assignments"))
        .first()
    )
