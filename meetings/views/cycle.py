"""From one state to the next: each page states the facts, and a POST from it does it."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.errors import ServiceError
from deadlines import clock
from deadlines.models import Obligation
from deadlines.services import deadlines_for
from meetings import policies, services
from meetings.forms import AnnounceForm, CancelForm, HoldForm, PlainForm, PostponeForm
from meetings.models import Meeting
from meetings.views.common import back_to, demand, get_meeting, page, staff_view


def _day(day) -> str:
    return date_format(day, "DATE_FORMAT")


def _facts(meeting: Meeting) -> list[tuple]:
    start, end = (moment.astimezone(clock.VIETNAM) for moment in (meeting.planned_start, meeting.planned_end))
    return [
        (_("Topic"), meeting.topic),
        (_("Planned for"), f"{start:%H:%M}–{end:%H:%M}, {_day(start)}"),
        (_("Place"), " · ".join(filter(None, [meeting.place, meeting.online_address])) or "—"),
        (_("Host unit"), meeting.host_unit),
    ]


def _step(
    request: HttpRequest,
    meeting: Meeting,
    *,
    words: dict,
    act: Callable[[PlainForm | None], str],
    form: PlainForm | None = None,
) -> HttpResponse:
    """Shows the facts; on POST does it, once. ``act`` gives the message of success."""
    status = 200
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            done = act(form)
        except ServiceError as refusal:
            if form is None:
                raise
            form.take(refusal, getattr(form, "SERVICE_FIELDS", {}))
            status = 422 if refusal.field else 409
        else:
            messages.success(request, done)
            return back_to(meeting)
    cancel_url = reverse("meetings:detail", args=[meeting.pk])
    context = {"meeting": meeting, "facts": _facts(meeting), "form": form, "cancel_url": cancel_url, **words}
    return page(request, "meetings/step.html", context, *filter(None, [form]), status=status)


@staff_view
def announce(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = get_meeting(request, pk)
    demand(request, meeting, policies.may_announce(request.user, meeting))

    def act(form):
        on = form.cleaned_data["announced_on"]
        services.announce_meeting(meeting, actor=request.user, announced_on=on)
        warning = services.announcement_warning(meeting, on)
        if warning:
            messages.warning(request, warning)
        return _("The meeting has been announced; citizens see it on the public portal.")

    words = {
        "title": _("Announce the meeting"),
        "consequence": _("The meeting appears on the public portal with its topic, time and place."),
        "warning": services.announcement_warning(meeting, clock.today()),
        "button": _("Announce the meeting"),
    }
    form = AnnounceForm(request.POST or None, initial={"announced_on": clock.today()})
    return _step(request, meeting, words=words, act=act, form=form)


@staff_view
def postpone(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = get_meeting(request, pk)
    demand(request, meeting, policies.may_postpone(request.user, meeting))

    def act(form):
        services.postpone_meeting(meeting, actor=request.user, **form.values())
        return _("The meeting has been postponed. Announce its new time when it is settled.")

    words = {
        "title": _("Postpone the meeting"),
        "consequence": _("The portal shows the meeting as postponed; it has to be announced again with its new time."),
        "button": _("Postpone the meeting"),
    }
    return _step(request, meeting, words=words, act=act, form=PostponeForm(request.POST or None))


@staff_view
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = get_meeting(request, pk)
    demand(request, meeting, policies.may_cancel(request.user, meeting))

    def act(form):
        services.cancel_meeting(meeting, actor=request.user, reason=form.cleaned_data["reason"])
        return _("The meeting has been cancelled.")

    words = {
        "title": _("Cancel the meeting"),
        "consequence": _(
            "A cancelled meeting can't be taken up again; its record stays as it is. Plan a new one instead."
        ),
        "button": _("Cancel the meeting for good"),
        "tone": "danger",
    }
    return _step(request, meeting, words=words, act=act, form=CancelForm(request.POST or None))


@staff_view
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = get_meeting(request, pk)
    demand(request, meeting, policies.may_hold(request.user, meeting))

    def act(form):
        services.hold_meeting(meeting, actor=request.user, **form.values())
        if meeting.conclusion_due_on is None:
            return _("Recorded as held. No rule sets a limit for its conclusion notice.")
        return _("Recorded as held. The conclusion notice is due on %(day)s.") % {
            "day": _day(meeting.conclusion_due_on)
        }

    start, end = (moment.astimezone(clock.VIETNAM) for moment in (meeting.planned_start, meeting.planned_end))
    day = min(start.date(), clock.today())
    initial = {"day": day, "start_time": start.time(), "end_time": end.time()}
    words = {
        "title": _("Record that the meeting was held"),
        "consequence": _expected_deadline(meeting, day),
        "button": _("Record as held"),
    }
    return _step(request, meeting, words=words, act=act, form=HoldForm(request.POST or None, initial=initial))


def _expected_deadline(meeting: Meeting, day: date) -> str:
    """What holding it on the day would set going."""
    found = deadlines_for(
        locality=meeting.locality,
        level=meeting.level,
        meeting_type=meeting.meeting_type,
        obligation=Obligation.CONCLUSION_NOTICE,
        counted_from=day,
    )
    if not found:
        return _("From that day on its deadlines run; the day can't be changed afterwards.")
    return _(
        "From that day on its deadlines run; the day can't be changed afterwards. "
        "Held on %(held)s, the conclusion notice is due on %(due)s (%(law)s)."
    ) % {"held": _day(day), "due": _day(found[0].due_on), "law": found[0].law}


@staff_view
def close(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = get_meeting(request, pk)
    demand(request, meeting, policies.may_close(request.user, meeting))

    def act(form):
        services.close_meeting(meeting, actor=request.user)
        return _("The meeting has been closed.")

    words = {
        "title": _("Close the meeting"),
        "consequence": _("Once closed, nothing in the meeting's record can be changed any more."),
        "button": _("Close the meeting"),
    }
    return _step(request, meeting, words=words, act=act)
