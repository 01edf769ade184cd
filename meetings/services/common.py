"""What the services of this app share: the lock, the checks of state and version, local days."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts.errors import ServiceError, StaleVersion
from accounts.models import User
from accounts.policies import require
from accounts.text import nfc
from deadlines.clock import VIETNAM
from meetings import policies
from meetings.models import Meeting


def lock(meeting: Meeting) -> Meeting:
    """Locks the row until the transaction ends and brings the instance up to date with it."""
    meeting.refresh_from_db(from_queryset=Meeting.objects.select_for_update())
    return meeting


def lock_open(meeting: Meeting, *, actor: User) -> Meeting:
    """Locks; refuses people of other units (403) and records that are kept as they are (409)."""
    lock(meeting)
    require(policies.works_on(actor, meeting))
    decision = policies.is_open(meeting)
    if not decision:
        raise ServiceError(decision.reason)
    return meeting


def demand(decision, meeting: Meeting, actor: User) -> None:
    """A refusal for the person's role answers 403, one for the meeting's state 409."""
    require(policies.works_on(actor, meeting))
    if not decision:
        raise ServiceError(decision.reason)


def check_version(record, version: int) -> None:
    if record.version != version:
        raise StaleVersion(_("Somebody else has saved this in the meantime."), current=record)


def aware(moment: datetime) -> datetime:
    """A time without a zone is Vietnam's."""
    return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)


def local_day(moment: datetime) -> date:
    return aware(moment).astimezone(VIETNAM).date()


def clean_text(text: str | None) -> str:
    return nfc(text or "").replace("\x00", "").strip()


def vn_moment(moment: datetime) -> str:
    """As the history says it."""
    return f"{aware(moment).astimezone(VIETNAM):%H:%M ngày %d/%m/%Y}"
