"""One's own calendar: its private addresses, and what a calendar program gets under one."""

import hashlib
import uuid

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe
from redis.exceptions import RedisError

from accounts.backends import StaffBackend
from accounts.components.words import vn_date
from accounts.errors import ServiceError
from deadlines import clock
from reports import services
from reports.calendar_feed import calendar_of
from reports.forms import FeedForm
from reports.models import CalendarFeed
from reports.services.feeds import digest_of

# The address is shown on the page after the form, once; until then it travels in this cookie and is kept nowhere.
SHOWN_ONCE = "calendar_feed"
COOKIE_PATH = "/work/calendar-feed/"
# Wrong tokens from one address within a minute. Right ones are not counted: one program reads for many people.
MOST_MISSES = 30
ONE_MINUTE = 60


@require_GET
@login_required
def calendar_feeds(request):
    """The person's addresses; a new one is shown once."""
    token = request.get_signed_cookie(SHOWN_ONCE, default="", salt=str(request.user.pk), max_age=ONE_MINUTE * 5)
    response = _page(request, FeedForm(initial={"client_key": uuid.uuid4()}), token=token)
    if SHOWN_ONCE in request.COOKIES:
        response.delete_cookie(SHOWN_ONCE, path=COOKIE_PATH)
    return response


def _page(request, form, *, token="", status=200):
    address = f"{settings.SITE_URL}{reverse('reports:calendar_feed_ics')}?ma={token}" if token else ""
    context = {
        "form": form,
        "feeds": CalendarFeed.objects.visible_to(request.user),
        "address": address,
        "webcal": f"webcal://{address.split('://', 1)[1]}" if address else "",
    }
    response = render(request, "reports/calendar_feeds.html", context, status=status)
    response["Cache-Control"] = "no-store, private"
    return response


@require_POST
@login_required
def calendar_feed_new(request):
    form = FeedForm(request.POST.dict())
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        _feed, token = services.create_feed(
            request.user, form.cleaned_data["name"], key=form.cleaned_data["client_key"]
        )
    except ServiceError as error:
        form.add_error(None, str(error))
        # The next try is another address, not the one that was refused.
        form.data = form.data | {"client_key": str(uuid.uuid4())}
        return _page(request, form, status=409)
    response = redirect("reports:calendar_feeds")
    response.set_signed_cookie(
        SHOWN_ONCE,
        token,
        salt=str(request.user.pk),
        max_age=ONE_MINUTE * 5,
        path=COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return response


@require_http_methods(["GET", "POST"])
@login_required
def calendar_feed_revoke(request, pk):
    feed = get_object_or_404(CalendarFeed.objects.visible_to(request.user), pk=pk)
    if request.method == "POST":
        services.revoke_feed(feed, actor=request.user)
        messages.success(request, _("The address has been revoked: it answers nothing any more."))
        return redirect("reports:calendar_feeds")
    context = {
        "title": _("Revoke the address"),
        "facts": [
            (_("Where it is used"), feed.name or _("not named")),
            (_("Made"), vn_date(localdate(feed.created_at))),
            (_("Last read"), vn_date(localdate(feed.last_read_at)) if feed.last_read_at else _("never")),
        ],
        "consequence": _("Calendars that use this address get nothing any more. Make a new one to go on."),
        "button": _("Revoke the address"),
        "tone": "danger",
        "cancel_url": reverse("reports:calendar_feeds"),
    }
    return render(request, "components/confirm.html", context)


@require_safe
def calendar_feed_ics(request):
    """The calendar behind a token. Unknown, revoked, or of somebody who may not sign in: the same answer.

    The token stands in the query, which neither our access log nor Django's own notes keep; a path would be in both.
    """
    client = get_adapter().get_client_ip(request)
    if _misses(client) >= MOST_MISSES:
        refused = HttpResponse(status=429, content_type="text/plain; charset=utf-8")
        refused["Retry-After"] = str(ONE_MINUTE)
        return refused
    feed = (
        CalendarFeed.objects.alive()
        .select_related("user")
        .filter(token_sha256=digest_of(request.GET.get("ma", "")))
        .first()
    )
    if feed is None or not StaffBackend().user_can_authenticate(feed.user):
        _miss(client)
        missing = _private(HttpResponse("404\n", status=404, content_type="text/plain; charset=utf-8"))
        missing["Cache-Control"] = "no-store"
        return missing
    content = calendar_of(feed.user, on=clock.today())
    services.note_reading(feed)
    etag = f'"{hashlib.sha256(content).hexdigest()}"'
    is_asked_for = request.method != "HEAD"
    response = HttpResponse(content if is_asked_for else b"", content_type="text/calendar; charset=utf-8")
    response["Content-Length"] = str(len(content))
    response["Content-Disposition"] = 'inline; filename="lich-ca-nhan.ics"'
    response["ETag"] = etag
    return _private(get_conditional_response(request, etag=etag, response=response))


def _private(response):
    """For the program of one person alone: no proxy keeps it, no search engine lists it."""
    response["Cache-Control"] = "private, max-age=300"
    response["X-Robots-Tag"] = "noindex"
    return response


def _misses(client: str) -> int:
    try:
        return cache.get(f"calendar-feed-misses:{client}") or 0
    except RedisError:
        return 0  # without a cache calendars are still read; 256 bits are not found by trying


def _miss(client: str) -> None:
    key = f"calendar-feed-misses:{client}"
    try:
        cache.add(key, 0, ONE_MINUTE)
        cache.incr(key)
    except (RedisError, ValueError):
        return  # gone between the two, or no cache at all
