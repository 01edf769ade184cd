"""A notice's own page, and what leaders do with it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.errors import ServiceError
from accounts.policies import require
from accounts.text import fold
from audit.models import Event
from deadlines import clock
from deadlines.services import working_calendar, working_days_late
from notices import policies, services
from notices.documents import render_notice
from notices.forms import PublicationForm, RemarkForm
from notices.layout import document_code
from notices.models import Channel, DocumentType, IssuedDocument, Notice, NoticeState
from notices.registers import next_number
from notices.standing import Standing
from notices.views.common import changing, get_notice, page, staff_view


def _next_step(notice: Notice, may: dict) -> str:
    """What happens now, as the reader sees it."""
    if notice.is_editable:
        return (
            _("Complete the draft, then submit it to the leader.")
            if may["submit"]
            else _("The clerk of %(unit)s is writing the draft.") % {"unit": notice.unit}
        )
    if notice.state == NoticeState.SUBMITTED:
        return (
            _("Read the notice: approve it, or return it with a remark.")
            if may["approve"]
            else _("Waiting for the leader of %(unit)s to approve it.") % {"unit": notice.unit}
        )
    if notice.state == NoticeState.APPROVED:
        return (
            _("Issue the notice: it gets its number and its text is frozen.")
            if may["issue"]
            else _("Approved; waiting for the leader of %(unit)s to issue it.") % {"unit": notice.unit}
        )
    if notice.state == NoticeState.ISSUED:
        return (
            _("Publish the notice on the portal, so that citizens can read and download it.")
            if may["publish"]
            else _("Issued; waiting to be published.")
        )
    return _("Published: citizens read and download it on the portal.")


def _detail_page(request, notice: Notice, *, remark=None, publication=None, status: int = 200) -> HttpResponse:
    user = request.user
    may = {
        "edit": policies.may_edit(user, notice),
        "submit": policies.may_submit(user, notice),
        "approve": policies.may_approve(user, notice),
        "return": policies.may_return(user, notice),
        "issue": policies.may_issue(user, notice),
        "publish": policies.may_publish(user, notice),
    }
    is_public = notice.state == NoticeState.PUBLISHED
    context = {
        "notice": notice,
        "meeting": notice.meeting,
        "standing": Standing(notice.meeting, [], on=clock.today(), calendar=working_calendar(notice.meeting.locality)),
        "may": may,
        "next_step": _next_step(notice, may),
        "remarks": notice.remarks.select_related("author"),
        "publications": notice.publications.select_related("recorded_by"),
        "events": Event.objects.of(notice).select_related("actor")[:50],
        "document": IssuedDocument.objects.defer("pdf").filter(notice=notice).first() if notice.is_issued else None,
        "remark_form": remark or RemarkForm(),
        "publication_form": publication
        or PublicationForm(initial={"channel": Channel.HEADQUARTERS if is_public else Channel.PORTAL}),
    }
    return page(request, "notices/detail.html", context, status=status)


@staff_view
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _detail_page(request, get_notice(request, pk))


@changing
def approve(request: HttpRequest, notice: Notice) -> HttpResponse:
    services.approve_notice(notice, actor=request.user)
    messages.success(request, _("The notice is approved. Issue it to give it its number."))
    return redirect("notices:detail", pk=notice.pk)


@changing
def return_with_remark(request: HttpRequest, notice: Notice) -> HttpResponse:
    form = RemarkForm(request.POST)
    if not form.is_valid():
        require(policies.leads(request.user, notice.unit))
        return _detail_page(request, notice, remark=form, status=422)
    services.return_notice(notice, actor=request.user, remark=form.cleaned_data["remark"])
    messages.success(request, _("The draft went back to the clerk with your remark."))
    return redirect("notices:detail", pk=notice.pk)


def _lateness_words(notice: Notice) -> str:
    due_on = notice.deadline
    if due_on is None:
        return _("no deadline binds this meeting")
    late = working_days_late(due_on, clock.today(), locality=notice.meeting.locality)
    if not late:
        return _("on time (due on %(day)s)") % {"day": f"{due_on:%d/%m/%Y}"}
    words = ngettext("%(days)s working day late (due on %(day)s)", "%(days)s working days late (due on %(day)s)", late)
    return words % {"days": late, "day": f"{due_on:%d/%m/%Y}"}


@staff_view
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks once, with the facts: number, day, lateness, signer."""
    notice = get_notice(request, pk)
    require(policies.leads(request.user, notice.unit))
    decision = policies.can_become(notice, NoticeState.ISSUED)
    if not decision:
        raise ServiceError(decision.reason)
    if request.method == "POST":
        services.issue_notice(notice, actor=request.user)
        messages.success(request, _("Issued under number %(code)s.") % {"code": notice.document_code})
        return redirect("notices:detail", pk=notice.pk)
    today = clock.today()
    number = next_number(notice.unit, notice.regime, today)
    code = document_code(notice.regime, number, DocumentType.CONCLUSION_NOTICE.value, notice.unit.abbreviation)
    facts = [
        (_("Subject"), notice.subject),
        (_("Number it will get"), code),
        (_("Day of issue"), f"{today:%d/%m/%Y}"),
        (_("Deadline"), _lateness_words(notice)),
        (_("Signed by"), f"{notice.signer_title} {notice.signer_name}"),
    ]
    context = {
        "title": _("Issue the notice"),
        "notice": notice,
        "facts": facts,
        "consequence": _(
            "After issuing neither the text nor the PDF can be changed; an error of content needs a replacing document."
        ),
        "button": _("Issue the notice"),
        "cancel_url": reverse("notices:detail", kwargs={"pk": notice.pk}),
    }
    return page(request, "notices/issue.html", context)


@changing
def publish(request: HttpRequest, notice: Notice) -> HttpResponse:
    form = PublicationForm(request.POST)
    require(policies.writes_for(request.user, notice.unit))
    if not form.is_valid():
        return _detail_page(request, notice, publication=form, status=422)
    try:
        services.publish_notice(notice, actor=request.user, **form.cleaned_data)
    except ServiceError as refusal:
        form.add_error(refusal.field, refusal.message)
        return _detail_page(request, notice, publication=form, status=409)
    messages.success(request, _("The publication was recorded."))
    return redirect("notices:detail", pk=notice.pk)


@staff_view
@require_safe
def pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The frozen bytes of an issued notice; before that the draft, marked as one."""
    notice = get_notice(request, pk)
    if notice.is_issued:
        content = bytes(notice.document.pdf)
        name = slugify(fold(f"thong bao {notice.document_code} {notice.issued_on:%Y}".replace("/", "-")))
    else:
        content, name = render_notice(notice), f"du-thao-thong-bao-{notice.pk}"
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response
