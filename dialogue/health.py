"""What a monitoring program asks, without a login: does the product do its work? No names and no figures of people.

No session, no user and no ordinary connection is touched: with PostgreSQL or Redis down or hanging there is still an
answer, within the seconds that the probes take.
"""

from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from deadlines import clock, probes
from deadlines.services.heartbeats import Sign, judge


class HealthMiddleware:
    """Answers before anything else looks at the request.

    A monitoring program on the same machine asks without TLS and by an address instead of the site's name, and whoever
    asks with a session must not wait for the session's store, which may be what is down.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.views = {"/health/": health, "/health/live/": live}

    def __call__(self, request):
        view = self.views.get(request.path_info)
        return view(request) if view else self.get_response(request)


@never_cache
@require_safe
def live(request):
    """The web process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def health(request):
    """200 while everything works; 503 when a server doesn't answer or a part was silent for more than 15 minutes."""
    found = look()
    return JsonResponse(found, status=200 if found["status"] == "ok" else 503)


def look() -> dict:
    """What the probes and the signs of life say."""
    found: dict[str, object] = {}
    rows, found["database"] = _answer(probes.read_heartbeats)
    _queue, found["redis"] = _answer(probes.queue_length)
    if rows is not None:
        parts = judge(rows, now=timezone.now()).parts
        found |= {part.name: _words(part) for part in parts}
    is_well = all(part["ok"] for part in found.values())
    return {"status": "ok" if is_well else "failing", "at": _time(timezone.now())} | found


def _answer(probe) -> tuple[object, dict]:
    try:
        return probe(), {"ok": True}
    except probes.NoAnswer:
        # Why stands on the page for administrators and in the server's own log.
        return None, {"ok": False}


def _words(part: Sign) -> dict:
    name = "ended_at" if part.name == "sweep" else "last_sign_at"
    seconds = None if part.age is None else round(part.age.total_seconds())
    return {"ok": not part.is_silent, name: _time(part.at), "age_seconds": seconds}


def _time(moment) -> str | None:
    return moment.astimezone(clock.VIETNAM).isoformat(timespec="seconds") if moment else None
