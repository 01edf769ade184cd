"""Attendance and minutes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.errors import ServiceError, StaleVersion
from meetings import policies, services
from meetings.forms import RecordForm
from meetings.models import Minutes
from meetings.views.common import get_meeting, page, staff_view
from meetings.views.planning import compare


@staff_view
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """Open to everybody who sees the meeting; those who may record get the form."""
    meeting = get_meeting(request, pk)
    minutes = Minutes.objects.filter(meeting=meeting).first()
    decision = policies.may_record(request.user, meeting)
    context = {"meeting": meeting, "active_tab": "record", "minutes": minutes, "decision": decision}
    if not decision and request.method != "POST":
        rows = list(meeting.attendance.all())
        context |= {"attendance": rows, "total": sum(row.number for row in rows) if rows else None}
        return page(request, "meetings/record_read.html", context)
    form = RecordForm(request.POST or None, initial=RecordForm.saved_values(meeting, minutes))
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            services.save_record(meeting, actor=request.user, **form.values())
        except StaleVersion as stale:
            context |= compare(form, meeting, RecordForm.saved_values(meeting, stale.current))
            status = 409
        except ServiceError as refusal:
            form.take(refusal)
            status = 422 if refusal.field else 409
        else:
            messages.success(request, _("The attendance and the minutes have been saved."))
            return redirect("meetings:record", pk=meeting.pk)
    return page(request, "meetings/record.html", context | {"form": form}, form, status=status)
