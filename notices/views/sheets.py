"""Deadline sheets as PDF: whoever may see the meeting or the assignment may print how its deadlines came about."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from feedback.models import Assignment
from feedback.queries import one_assignment, prepare
from meetings.models import Meeting
from notices.sheets import render_assignment_sheet, render_meeting_sheet
from notices.views.common import staff_view


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@staff_view
@require_safe
def meeting_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    meetings = Meeting.objects.visible_to(request.user).select_related("host_unit__superior", "locality")
    meeting = get_object_or_404(meetings, pk=pk)
    assignments = Assignment.objects.visible_to(request.user).filter(opinion__meeting=meeting)
    assignments = assignments.select_related("lead_department", "opinion").order_by("opinion__number", "pk")
    return _pdf(render_meeting_sheet(meeting, assignments), f"phieu-theo-doi-thoi-han-hoi-nghi-{meeting.pk}")


@staff_view
@require_safe
def assignment_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    assignments = one_assignment(Assignment.objects.visible_to(request.user)).select_related(
        "lead_department",
        "assigned_by",
        "opinion__field",
        "opinion__meeting__host_unit__superior",
        "opinion__meeting__locality",
    )
    assignment = prepare(get_object_or_404(assignments, pk=pk))
    return _pdf(render_assignment_sheet(assignment), f"phieu-theo-doi-thoi-han-y-kien-{assignment.pk}")
