"""From the meeting's tab to the draft, with its preview in the true layout."""

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from accounts.errors import ServiceError, StaleVersion
from accounts.policies import require
from audit.models import Event
from deadlines import clock
from deadlines.counting import Count
from deadlines.services import working_calendar
from meetings.models import Meeting
from notices import policies, services
from notices.documents import render_notice_html
from notices.forms import DraftForms, ProgressForm
from notices.models import Notice
from notices.standing import Standing
from notices.views.common import changing, get_meeting, get_notice, page, staff_view

MORE_ROWS = 3


def meeting_notice_page(request: HttpRequest, meeting: Meeting, *, progress_form=None, status: int = 200):
    """The meeting's tab: the notice's state, or the deadline worked out and one click to the draft."""
    user = request.user
    notice = Notice.objects.filter(meeting=meeting).select_related("unit").first()
    bounds = services.conclusion_snapshots(meeting)
    standing = Standing(meeting, bounds, on=clock.today(), calendar=working_calendar(meeting.locality))
    waiting = standing.waiting_extension
    may_ask = bool(policies.may_ask_for_time(user, meeting))
    context = {
        "meeting": meeting,
        "active_tab": "notice",
        "notice": notice,
        "deadlines": [
            {
                "law": one.law,
                "due_on": one.extended_due_on,
                "days_late": one.days_late,
                "count": Count.from_json(one.working_out),
            }
            for one in bounds
        ],
        "standing": standing,
        "waiting": waiting,
        "may_decide": waiting is not None and policies.decides(user, waiting) and policies.can_be_decided(waiting),
        "deciding_unit": policies.deciding_unit(meeting.host_unit) if waiting and not standing.is_issued else None,
        "may_extend": may_ask and standing.is_extensible,
        "shows_limit": may_ask and not standing.is_extensible,
        "may_report": policies.may_report_progress(user, meeting),
        "progress_form": progress_form or ProgressForm(),
        "may_draft": policies.may_draft(user, meeting),
        "may_edit": notice is not None and policies.may_edit(user, notice),
    }
    return page(request, "notices/meeting_notice.html", context, status=status)


@staff_view
@require_safe
def meeting_notice(request: HttpRequest, pk: int) -> HttpResponse:
    return meeting_notice_page(request, get_meeting(request, pk))


@staff_view
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = get_meeting(request, pk)
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    notice = services.draft_notice(meeting, actor=request.user)
    messages.success(request, _("The draft was made from the meeting's record. Read it through and complete it."))
    return redirect("notices:edit", pk=notice.pk)


def _more(request: HttpRequest) -> tuple[int, int] | None:
    """How many empty rows each formset gets when somebody without scripts asks for more."""
    return {"conclusions": (MORE_ROWS, 0), "tasks": (0, MORE_ROWS)}.get(request.POST.get("more"))


def _with_more_rows(request: HttpRequest, more: tuple[int, int]):
    data = request.POST.copy()
    for prefix, extra in zip(("conclusions", "tasks"), more, strict=True):
        key = f"{prefix}-TOTAL_FORMS"
        text = data.get(key, "")
        data[key] = str((int(text) if text.isdecimal() and len(text) < 5 else 0) + extra)
    return data


@staff_view
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    notice = get_notice(request, pk)
    require(policies.writes_for(request.user, notice.unit))
    if not policies.can_be_edited(notice) and request.method != "POST":
        return redirect("notices:detail", pk=notice.pk)
    more = _more(request) if request.method == "POST" else None
    if more:
        forms = DraftForms(notice, _with_more_rows(request, more))
        return _edit_page(request, notice, forms)
    forms = DraftForms(notice, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _edit_page(request, notice, forms)
    if not forms.is_valid():
        return _edit_page(request, notice, forms, status=422)
    return _save(request, notice, forms)


def _save(request: HttpRequest, notice: Notice, forms: DraftForms) -> HttpResponse:
    version = forms.texts.cleaned_data["version"]
    try:
        services.save_draft(notice, actor=request.user, version=version, **forms.values())
    except StaleVersion as stale:
        return _stale_page(request, stale.current, request.POST)
    except ServiceError as refusal:
        forms.texts.add_error(None, refusal.message)
        return _edit_page(request, notice, forms, status=409)
    if request.POST.get("then") == "submit":
        try:
            services.submit_notice(notice, actor=request.user)
        except ServiceError as refusal:
            forms = DraftForms(notice, _at_version(request.POST, notice.version))
            forms.is_valid()
            forms.texts.add_error(None, refusal.message)
            return _edit_page(request, notice, forms, status=409)
        messages.success(request, _("The draft was saved and submitted to the leader."))
        return redirect("notices:detail", pk=notice.pk)
    messages.success(request, _("The draft was saved."))
    return redirect("notices:edit", pk=notice.pk)


def _at_version(data, version: int):
    data = data.copy()
    data["version"] = str(version)
    return data


def _stale_page(request: HttpRequest, saved: Notice, data) -> HttpResponse:
    """Both texts are shown; saving again replaces what the other person saved, knowingly."""
    forms = DraftForms(saved, _at_version(data, saved.version))
    forms.is_valid()
    event = Event.objects.of(saved).filter(verb="save_draft").select_related("actor").first()
    _typed, conclusions, tasks = forms.as_typed()
    parts = [
        (_("Conclusions"), _joined(conclusions, "text"), _joined(saved.conclusions.all(), "text")),
        (_("Tasks"), _joined(tasks, "task"), _joined(saved.tasks.all(), "task")),
    ]
    stale = {
        "saved": saved,
        "saved_by": event.actor if event else "",
        "saved_at": event.at if event else None,
        "parts": [part for part in parts if part[1] != part[2]],
    }
    return _edit_page(request, saved, forms, status=409, stale=stale)


def _joined(rows, name: str) -> str:
    return "\n".join(getattr(row, name).strip().replace("\r\n", "\n") for row in rows)


def _edit_page(request, notice: Notice, forms: DraftForms, *, status: int = 200, stale=None) -> HttpResponse:
    departments = dict.fromkeys(task.lead_department for task in notice.tasks.all())
    context = {
        "notice": notice,
        "forms": forms,
        "stale": stale,
        "remarks": notice.remarks.select_related("author"),
        "departments": [*departments, *notice.unit.subordinates.values_list("name", flat=True)[:100]],
        "blank_conclusion": forms.conclusions.empty_form,
        "blank_task": forms.tasks.empty_form,
    }
    return page(request, "notices/edit.html", context, status=status)


@staff_view
@xframe_options_sameorigin
@csp(
    {
        "default-src": [NONE],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "base-uri": [NONE],
        "form-action": [NONE],
        "frame-ancestors": [SELF],
    }
)
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The document as a page: as it is saved, or (POST) as it stands in the fields, unsaved."""
    notice = get_notice(request, pk)
    if request.method == "POST":
        require(policies.may_edit(request.user, notice))
        typed, conclusions, tasks = DraftForms(notice, request.POST).as_typed()
        return HttpResponse(render_notice_html(typed, conclusions=conclusions, tasks=tasks))
    return HttpResponse(render_notice_html(notice))


@changing
def submit(request: HttpRequest, notice: Notice) -> HttpResponse:
    services.submit_notice(notice, actor=request.user)
    messages.success(request, _("The draft was submitted to the leader."))
    return redirect("notices:detail", pk=notice.pk)
