"""What the views share: scoped fetching, and a form page that ends in one service."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.errors import ServiceError
from feedback.models import Assignment, Opinion
from meetings.models import Meeting


def own_meeting(request, pk) -> Meeting:
    return get_object_or_404(
        Meeting.objects.visible_to(request.user).select_related("host_unit__locality", "locality"), pk=pk
    )


def own_opinion(request, pk) -> Opinion:
    opinions = Opinion.objects.visible_to(request.user)
    return get_object_or_404(
        opinions.select_related("field__parent", "speech", "meeting__host_unit", "meeting__locality"), pk=pk
    )


def own_assignment(request, pk) -> Assignment:
    assignments = Assignment.objects.visible_to(request.user)
    return get_object_or_404(
        assignments.select_related(
            "lead_department", "opinion__field", "opinion__meeting__host_unit", "opinion__meeting__locality"
        ),
        pk=pk,
    )


def put_errors(form, refused: ServiceError) -> int:
    """The sentence at its field or above the form; 422 for what was typed, 409 for a state that changed."""
    field = refused.field if refused.field in form.fields else None
    form.add_error(field, refused.message)
    return 422 if field else 409


def act(request, *, form, save, done, back, context, template="feedback/action.html"):
    """Shows the form, or saves it and goes on; whatever is refused stays on the page with what was typed."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                save(**form.cleaned_data)
            except ServiceError as refused:
                status = put_errors(form, refused)
            except ValidationError as refused:
                form.add_error(None, refused)
            else:
                messages.success(request, done)
                return redirect(back)
    return render(request, template, {"form": form, "cancel_url": back} | context, status=status)


def do(request, *, save, done, back) -> HttpResponse:
    """A POST without a form: does it and goes on, or says why not."""
    try:
        save()
    except ServiceError as refused:
        context = {"title": _("That could not be done"), "reason": refused.message, "back": back}
        return render(request, "feedback/refused.html", context, status=409)
    messages.success(request, done)
    return redirect(back)


def opinion_facts(opinion: Opinion) -> list[tuple[str, str]]:
    return [
        (_("Opinion"), f"{opinion.number}. {opinion.text[:300]}{'…' if len(opinion.text) > 300 else ''}"),
        (_("Meeting"), opinion.meeting.topic),
        (_("Field"), opinion.field.name),
        (_("State"), opinion.get_state_display()),
    ]


def assignment_facts(assignment: Assignment) -> list[tuple[str, str]]:
    return [
        *opinion_facts(assignment.opinion)[:2],
        (_("Task"), assignment.task),
        (_("Lead department"), assignment.lead_department.name),
        (_("Due on"), f"{assignment.due_on:%d/%m/%Y}"),
    ]
