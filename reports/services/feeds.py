"""Private addresses of personal calendars: made, read, revoked."""

import base64
import hashlib
import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.errors import ServiceError
from accounts.models import User
from accounts.text import nfc
from audit.services import record
from deadlines import clock
from reports.models import CalendarFeed

MOST_FEEDS = 10
# How exactly it is kept when a feed was last read: calendars ask every few minutes.
NOTED_EVERY = timedelta(hours=1)


def digest_of(token: str) -> str:
    """What is kept of a token, and what it is found by: the time of the search says nothing about a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _token_of(user: User, key: uuid.UUID) -> str:
    """256 bits that nobody can make without the secret key of the installation, the same for the same form sent twice."""
    mac = salted_hmac("reports.calendar_feed", f"{user.pk}:{key.hex}", algorithm="sha256")
    return base64.urlsafe_b64encode(mac.digest()).rstrip(b"=").decode()


@transaction.atomic
def create_feed(user: User, name: str = "", *, key: uuid.UUID | None = None) -> tuple[CalendarFeed, str]:
    """A new address for the person's own calendar. The token is shown once; only its SHA-256 is kept.

    ``key`` is random and made by the form: the same one again is the same feed.
    """
    # One at a time for a person: a double click finds what the first made.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    token = _token_of(user, key or uuid.uuid4())
    known = CalendarFeed.objects.filter(user=user, token_sha256=digest_of(token)).first()
    if known is not None:
        if known.revoked_at is not None:
            raise ServiceError(_("This address has been revoked. Make a new one."))
        return known, token
    if CalendarFeed.objects.alive().filter(user=user).count() >= MOST_FEEDS:
        raise ServiceError(
            _("You have %(most)s addresses already. Revoke one that you don't use.") % {"most": MOST_FEEDS}
        )
    name = nfc(name).replace("\x00", "").strip()[:100]
    feed = CalendarFeed.objects.create(user=user, name=name, token_sha256=digest_of(token))
    used = f" để dùng ở “{name}”" if name else ""
    record(actor=user, verb="create_calendar_feed", target=feed, sentence=f"đã tạo địa chỉ lịch cá nhân{used}")
    return feed, token


@transaction.atomic
def revoke_feed(feed: CalendarFeed, *, actor: User) -> CalendarFeed:
    """The address answers nothing from now on. Doing it again does nothing."""
    feed.refresh_from_db(from_queryset=CalendarFeed.objects.select_for_update())
    if feed.revoked_at is not None:
        return feed
    feed.revoked_at = clock.now()
    feed.save(update_fields=["revoked_at"])
    used = f" dùng ở “{feed.name}”" if feed.name else ""
    record(actor=actor, verb="revoke_calendar_feed", target=feed, sentence=f"đã thu hồi địa chỉ lịch cá nhân{used}")
    return feed


def note_reading(feed: CalendarFeed) -> None:
    """When it was last read, at most once an hour. A reading is no change of the record: the history doesn't keep it."""
    now = clock.now()
    due = Q(last_read_at=None) | Q(last_read_at__lte=now - NOTED_EVERY)
    CalendarFeed.objects.filter(due, pk=feed.pk).update(last_read_at=now)
