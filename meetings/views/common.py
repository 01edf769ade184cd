"""Fetching a meeting scoped, and showing what a service refused."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.errors import ServiceError
from accounts.policies import Decision, require
from meetings import policies
from meetings.models import Meeting


def visible_meetings(request: HttpRequest):
    return Meeting.objects.visible_to(request.user).select_related("host_unit__locality", "locality")


def get_meeting(request: HttpRequest, pk: int) -> Meeting:
    return get_object_or_404(visible_meetings(request), pk=pk)


def demand(request: HttpRequest, meeting: Meeting, decision: Decision) -> None:
    """403 for people of other units, 409 when the meeting's state stands in the way."""
    require(policies.works_on(request.user, meeting))
    if not decision:
        raise ServiceError(decision.reason)


def staff_view(view: Callable) -> Callable:
    """For people signed in; a refusal that no form can show is a page of its own, 409."""

    @login_required
    @wraps(view)
    def shown(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except ServiceError as refusal:
            context = {"reason": refusal.message, "pk": kwargs.get("pk")}
            return render(request, "meetings/refused.html", context, status=409)

    return shown


def page(request: HttpRequest, template: str, context: dict, *forms, status: int = 200) -> HttpResponse:
    """The page; 422 when one of its forms did not pass."""
    if status == 200 and any(form.is_bound and not form.is_valid() for form in forms):
        status = 422
    return render(request, template, context, status=status)


def back_to(meeting: Meeting) -> HttpResponse:
    return redirect("meetings:detail", pk=meeting.pk)
