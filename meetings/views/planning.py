"""Planning and editing, the agenda."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.errors import ServiceError, StaleVersion
from accounts.policies import require
from audit.models import Event
from meetings import policies, services
from meetings.forms import AgendaFormSet, MeetingForm
from meetings.models import Meeting
from meetings.views.common import back_to, demand, get_meeting, page, staff_view


@staff_view
def new(request: HttpRequest) -> HttpResponse:
    require(policies.may_plan_somewhere(request.user))
    form = MeetingForm(request.POST or None, user=request.user, initial=_suggested(request))
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            meeting = services.plan_meeting(actor=request.user, **form.values())
        except ServiceError as refusal:
            form.take(refusal, MeetingForm.SERVICE_FIELDS)
            status = 422
        else:
            messages.success(request, _("The meeting has been planned. Next: invite units and announce it."))
            return back_to(meeting)
    return page(request, "meetings/form.html", {"form": form}, form, status=status)


def _suggested(request: HttpRequest) -> dict:
    """The first unit that the person plans for, its place and its head."""
    for membership in request.user.scope.memberships:
        if membership.role in policies.WRITERS:
            unit = membership.unit
            return {"host_unit": unit.pk, "locality": unit.locality, "start_time": "08:00", "end_time": "11:00"}
    return {"start_time": "08:00", "end_time": "11:00"}


@staff_view
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = get_meeting(request, pk)
    demand(request, meeting, policies.may_edit(request.user, meeting))
    initial = MeetingForm.saved_values(meeting)
    form = MeetingForm(request.POST or None, user=request.user, meeting=meeting, initial=initial)
    context, status = {"form": form, "meeting": meeting}, 200
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            services.edit_meeting(meeting, actor=request.user, version=version, **form.values())
        except StaleVersion:
            context |= compare(form, meeting, MeetingForm.saved_values(meeting))
            status = 409
        except ServiceError as refusal:
            form.take(refusal, MeetingForm.SERVICE_FIELDS)
            status = 422 if refusal.field else 409
        else:
            messages.success(request, _("The changes have been saved."))
            return back_to(meeting)
    return page(request, "meetings/form.html", context, form, status=status)


def compare(form, meeting: Meeting, saved: dict) -> dict:
    """What the page needs to show both; saving again is then meant."""
    form.data = form.data.copy()
    form.data["version"] = saved["version"]
    last = Event.objects.of(meeting).select_related("actor").first()
    return {"saved": saved, "saved_by": last.actor if last else "", "saved_at": last.at if last else None}


@staff_view
def agenda(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = get_meeting(request, pk)
    demand(request, meeting, policies.may_edit(request.user, meeting))
    initial = list(meeting.agenda_items.values("title", "minutes", "speaker"))
    formset = AgendaFormSet(request.POST or None, initial=initial, prefix="items")
    context = {"meeting": meeting, "formset": formset, "version": meeting.version}
    status = 200
    if request.method == "POST" and formset.is_valid():
        text = request.POST.get("version", "")
        version = int(text) if text.isdecimal() and len(text) < 10 else 0
        try:
            services.set_agenda(meeting, actor=request.user, version=version, items=formset.items())
        except StaleVersion:
            context |= {"version": meeting.version, "saved_items": meeting.agenda_items.all()}
            status = 409
        else:
            messages.success(request, _("The agenda has been saved."))
            return back_to(meeting)
    return page(request, "meetings/agenda.html", context, formset, status=status)
