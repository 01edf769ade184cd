"""What a deadline that is near or missed asks of the host: more time, or progress with a new promised date."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.errors import ServiceError
from accounts.policies import require
from deadlines import clock
from deadlines.services import working_calendar
from meetings.models import Meeting
from notices import policies, services
from notices.forms import ExtensionDecisionForm, NoticeExtensionForm, ProgressForm
from notices.models import NoticeExtension
from notices.standing import Standing
from notices.views.common import get_meeting, page, staff_view
from notices.views.writing import meeting_notice_page


def _saved(form, save) -> int:
    """Saves what is valid; otherwise the sentence stands in the form, and this is the code to answer with."""
    if not form.is_valid():
        return 422
    try:
        save(**form.cleaned_data)
    except ServiceError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return 409
    return 302


def _back(meeting: Meeting) -> str:
    return reverse("notices:meeting_notice", kwargs={"pk": meeting.pk})


@staff_view
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The form stands on the tab of the notice; what is refused comes back there with what was typed."""
    meeting = get_meeting(request, pk)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    require(policies.writes_for(request.user, meeting.host_unit))
    form = ProgressForm(request.POST)
    status = _saved(form, lambda **said: services.post_progress(meeting, actor=request.user, **said))
    if status != 302:
        return meeting_notice_page(request, meeting, progress_form=form, status=status)
    messages.success(request, _("The progress was posted; the leaders above have been told of the promised date."))
    return redirect(_back(meeting))


def _rules(meeting: Meeting, standing: Standing) -> list[tuple[str, str]]:
    """What each law leaves, as facts of the form."""
    rows = []
    for snapshot in standing.snapshots:
        latest = services.latest_day(snapshot, standing.calendar)
        if latest > snapshot.due_on:
            words = _("until %(day)s at the latest") % {"day": f"{latest:%d/%m/%Y}"}
        else:
            words = _("due on %(day)s, no extension") % {"day": f"{snapshot.due_on:%d/%m/%Y}"}
        rows.append((snapshot.law, words))
    return rows


@staff_view
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = get_meeting(request, pk)
    require(policies.writes_for(request.user, meeting.host_unit))
    if request.method != "POST" and not (may := policies.may_ask_for_time(request.user, meeting)):
        raise ServiceError(may.reason)
    form = NoticeExtensionForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = _saved(form, lambda **said: services.request_notice_extension(meeting, actor=request.user, **said))
    if status == 302:
        messages.success(request, _("The request was sent to the leader who decides."))
        return redirect(_back(meeting))
    calendar = working_calendar(meeting.locality)
    standing = Standing(meeting, services.conclusion_snapshots(meeting), on=clock.today(), calendar=calendar)
    due = f"{standing.due_on:%d/%m/%Y}" if standing.due_on else "—"
    context = {
        "title": _("Ask for more time"),
        "meeting": meeting,
        "facts": [
            (_("Meeting"), meeting.topic),
            (_("Present deadline"), due),
            *_rules(meeting, standing),
            (_("Decided by"), str(policies.deciding_unit(meeting.host_unit))),
        ],
        "form": form,
        "button": _("Send the request"),
        "cancel_url": _back(meeting),
        "keep": f"notice-extension-{meeting.pk}",
    }
    return page(request, "notices/extension.html", context, status=status)


@staff_view
def decide_extension(request: HttpRequest, pk: int) -> HttpResponse:
    extensions = NoticeExtension.objects.visible_to(request.user).select_related(
        "meeting__locality", "meeting__host_unit__superior__superior__superior", "asked_by"
    )
    extension = get_object_or_404(extensions, pk=pk)
    meeting = extension.meeting
    require(policies.decides(request.user, extension))
    if request.method != "POST" and not (may := policies.can_be_decided(extension)):
        raise ServiceError(may.reason)
    form = ExtensionDecisionForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = _saved(form, lambda **said: services.decide_notice_extension(extension, actor=request.user, **said))
    if status == 302:
        messages.success(request, _("The decision was recorded; the unit has been told."))
        return redirect(_back(meeting))
    calendar = working_calendar(meeting.locality)
    standing = Standing(meeting, services.conclusion_snapshots(meeting), on=clock.today(), calendar=calendar)
    context = {
        "title": _("A request for more time"),
        "meeting": meeting,
        "facts": [
            (_("Meeting"), meeting.topic),
            (_("Asked by"), f"{extension.asked_by.full_name}, {meeting.host_unit}"),
            (_("Present deadline"), f"{meeting.conclusion_due_on:%d/%m/%Y}"),
            (_("New date asked for"), f"{extension.asked_until:%d/%m/%Y}"),
            (_("Reason"), extension.reason),
            *_rules(meeting, standing),
        ],
        "form": form,
        "button": _("Record the decision"),
        "cancel_url": _back(meeting),
        "keep": f"notice-extension-decision-{extension.pk}",
    }
    return page(request, "notices/extension.html", context, status=status)
