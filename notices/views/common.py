"""Fetching a notice scoped, and showing what a service refused."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, render

from accounts.errors import ServiceError
from meetings.models import Meeting
from notices.models import Notice


def visible_notices(request: HttpRequest):
    return Notice.objects.visible_to(request.user).select_related(
        "meeting__host_unit", "meeting__locality", "unit__superior", "unit__locality"
    )


def get_notice(request: HttpRequest, pk: int) -> Notice:
    return get_object_or_404(visible_notices(request), pk=pk)


def get_meeting(request: HttpRequest, pk: int) -> Meeting:
    meetings = Meeting.objects.visible_to(request.user).select_related(
        "host_unit__locality", "host_unit__superior__superior__superior", "locality"
    )
    return get_object_or_404(meetings, pk=pk)


def staff_view(view: Callable) -> Callable:
    """For people signed in; a refusal that no form can show is a page of its own, 409."""

    @login_required
    @wraps(view)
    def shown(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except ServiceError as refusal:
            return render(request, "notices/refused.html", {"reason": refusal.message}, status=409)

    return shown


def changing(view: Callable) -> Callable:
    """A change of a notice: POST only; those who may not even see it read 404."""

    @staff_view
    @wraps(view)
    def shown(request, pk):
        notice = get_notice(request, pk)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return view(request, notice)

    return shown


def page(request: HttpRequest, template: str, context: dict, *, status: int = 200) -> HttpResponse:
    return render(request, template, context, status=status)
