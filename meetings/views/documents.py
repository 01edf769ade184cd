"""Files kept with a meeting: served only to those who see it, never shown by the browser itself."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from meetings import policies, services
from meetings.forms import AttachmentForm
from meetings.models import Attachment, Meeting
from meetings.views.common import demand, get_meeting, page, staff_view


@staff_view
def documents(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = get_meeting(request, pk)
    may_attach = policies.may_edit(request.user, meeting)
    form = AttachmentForm(request.POST or None, request.FILES or None) if may_attach else None
    status = 200
    if request.method == "POST":
        demand(request, meeting, may_attach)
        if form.is_valid():
            data = form.cleaned_data
            try:
                services.add_attachment(meeting, actor=request.user, upload=data["file"], title=data["title"])
            except ValidationError as refusal:
                form.add_error("file", refusal)
                status = 413 if refusal.code == "too_large" else 422
            else:
                messages.success(request, _("The document has been attached."))
                return redirect("meetings:documents", pk=meeting.pk)
    context = {
        "meeting": meeting,
        "active_tab": "documents",
        "form": form,
        "attachments": meeting.attachments.select_related("uploaded_by"),
        "may_attach": may_attach,
    }
    return page(request, "meetings/documents.html", context, *filter(None, [form]), status=status)


def _get_attachment(request: HttpRequest, pk: int) -> Attachment:
    found = Attachment.objects.filter(meeting__in=Meeting.objects.visible_to(request.user))
    return get_object_or_404(found.select_related("meeting__host_unit__locality", "meeting__locality"), pk=pk)


@staff_view
@require_safe
def attachment(request: HttpRequest, pk: int) -> HttpResponse:
    kept = _get_attachment(request, pk)
    try:
        opened = kept.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(opened, as_attachment=True, filename=kept.original_name, content_type=kept.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


@staff_view
def attachment_remove(request: HttpRequest, pk: int) -> HttpResponse:
    kept = _get_attachment(request, pk)
    meeting = kept.meeting
    demand(request, meeting, policies.may_edit(request.user, meeting))
    back = reverse("meetings:documents", args=[meeting.pk])
    if request.method == "POST":
        services.remove_attachment(kept, actor=request.user)
        messages.success(request, _("The document has been removed."))
        return redirect(back)
    context = {
        "meeting": meeting,
        "title": _("Remove the document"),
        "facts": [
            (_("Document"), kept.original_name),
            (_("Title of the document"), kept.title or "—"),
            (_("Size"), filesizeformat(kept.size)),
            (_("Meeting"), meeting.topic),
        ],
        "consequence": _("The file is deleted for good; the history keeps its name and fingerprint."),
        "button": _("Remove the document"),
        "tone": "danger",
        "cancel_url": back,
    }
    return page(request, "meetings/step.html", context)
