"""A meeting's opinions: writing them down while people speak, and reading them."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.errors import ServiceError
from accounts.policies import require
from feedback import queries, services
from feedback.forms import AdvanceForm, EntryForm
from feedback.models import Category, Opinion
from feedback.services.common import clean
from feedback.views.common import own_meeting, put_errors
from meetings.models import Field
from meetings.policies import may_record


def signed_in_or_told(view):
    """As ``login_required``; a request in the background is told 401 instead of being given the sign-in page."""

    @wraps(view)
    def told(request, *args, **kwargs):
        if request.htmx and not request.user.is_authenticated:
            return HttpResponse(status=401)
        return login_required(view)(request, *args, **kwargs)

    return told


def _fresh(form_class, meeting, *, after: Opinion | None = None, same_speaker: bool = False):
    """The next empty form. The field stays as it was; the speaker only when asked for."""
    initial = {"client_key": form_class.fresh_key(), "category": Category.PETITION}
    if after is not None:
        initial["field"] = after.field_id
    if after is not None and same_speaker:
        speech = after.speech
        initial |= {"same_speech_as": speech.pk, "speaker": speech.speaker, "represents": speech.represents}
    return form_class(meeting=meeting, initial=initial)


def _entry_context(request, meeting, form):
    mine = queries.opinions_of(meeting, request.user)
    rows = sorted((row for group in mine.groups for row in group.opinions), key=lambda row: -row.number)
    fields = list(Field.objects.select_related("parent").order_by("position", "name"))
    tops = [one for one in fields if one.parent_id is None]
    return {
        "meeting": meeting,
        "form": form,
        "mine": mine,
        "rows": [row for row in rows if not row.speech.is_advance],
        "advance": [row for row in reversed(rows) if row.speech.is_advance],
        "quick_fields": tops[:9],
        "other_fields": [one for one in fields if one not in tops[:9]],
        "chosen_field": str(form["field"].value() or ""),
        "heard": queries.heard(meeting, request.user),
        "same_speaker": form["same_speech_as"].value() if "same_speech_as" in form.fields else "",
        "categories": Category.choices,
    }


@signed_in_or_told
def entry(request, pk):
    """The form stays in place: with htmx a saved row and a fresh form come back, without it the page reloads."""
    meeting = own_meeting(request, pk)
    require(may_record(request.user, meeting))
    if request.method != "POST":
        after = Opinion.objects.visible_to(request.user).filter(meeting=meeting, recorded_by=request.user)
        last = after.select_related("speech").order_by("-number").first() if "after" in request.GET else None
        form = _fresh(EntryForm, meeting, after=last, same_speaker=request.GET.get("after") == "same")
        return render(request, "feedback/entry.html", _entry_context(request, meeting, form))
    form, saved, status = EntryForm(request.POST, meeting=meeting), None, 422
    if form.is_valid():
        saved, status = _save(request, meeting, form)
    if saved is not None:
        then = "same" if request.POST.get("then") == "same" else "next"
        if not request.htmx:
            messages.success(request, _("Opinion %(number)s was saved.") % {"number": saved.number})
            return redirect(f"{reverse('feedback:entry', args=[pk])}?after={then}")
        form, status = _fresh(EntryForm, meeting, after=saved, same_speaker=then == "same"), 200
    template = "feedback/_entry_answer.html" if request.htmx else "feedback/entry.html"
    return render(request, template, _entry_context(request, meeting, form) | {"saved": saved}, status=status)


def _save(request, meeting, form) -> tuple[Opinion | None, int]:
    values = form.cleaned_data
    try:
        saved = services.record_opinion(meeting=meeting, actor=request.user, **values)
    except ServiceError as refused:
        return None, put_errors(form, refused)
    if saved.text == clean(values["text"]):
        return saved, 200
    # The first sending did arrive although its answer was lost, and the text was changed since.
    form.data = form.data.copy()
    form.data["client_key"] = str(form.fresh_key())
    form.add_error(
        None,
        _(
            "An earlier version of this text was already saved as opinion %(number)s. "
            "Save again to make it an opinion of its own, or open number %(number)s and correct it there."
        )
        % {"number": saved.number},
    )
    return None, 409


@login_required
def advance(request, pk):
    """Questions collected before the meeting, and the form to add one."""
    meeting = own_meeting(request, pk)
    allowed = may_record(request.user, meeting)
    form = AdvanceForm(request.POST or None, meeting=meeting, initial={"client_key": EntryForm.fresh_key()})
    status = 200
    if request.method == "POST":
        require(allowed)
        status = 422
        if form.is_valid():
            try:
                saved = services.record_opinion(
                    meeting=meeting, actor=request.user, is_advance=True, **form.cleaned_data
                )
            except ServiceError as refused:
                status = put_errors(form, refused)
            else:
                messages.success(request, _("Question %(number)s was saved.") % {"number": saved.number})
                return redirect("feedback:advance", pk=pk)
    context = {
        "meeting": meeting,
        "active_tab": "opinions",
        "form": form if allowed else None,
        "mine": queries.opinions_of(meeting, request.user, is_advance=True),
        "may_record": allowed,
    }
    return render(request, "feedback/advance.html", context, status=status)


@login_required
@require_safe
def meeting_opinions(request, pk):
    meeting = own_meeting(request, pk)
    context = {
        "meeting": meeting,
        "active_tab": "opinions",
        "mine": queries.opinions_of(meeting, request.user),
        "may_record": may_record(request.user, meeting),
    }
    return render(request, "feedback/meeting_opinions.html", context)


@login_required
@require_safe
def previous_outcomes(request, pk):
    """What became of the previous meeting's opinions; a meeting begins with this report."""
    meeting = own_meeting(request, pk)
    previous = queries.previous_meeting(meeting, request.user)
    groups = queries.outcomes_of(previous, request.user) if previous else []
    context = {"meeting": meeting, "previous": previous, "groups": groups, "active_tab": "opinions"}
    template = "feedback/_previous.html" if request.htmx else "feedback/previous.html"
    return render(request, template, context)
