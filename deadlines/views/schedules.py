"""When whom to remind: what holds in a place, its preview, and its change."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import ServiceError, StaleVersion
from accounts.fields import locality_label
from accounts.models import Locality
from accounts.policies import Decision, require
from deadlines import policies
from deadlines.clock import today
from deadlines.counting import Calendar
from deadlines.models import Matter, ReminderSchedule
from deadlines.reminder_forms import ScheduleForm, StepFormSet, WhereAndWhenForm, step_rows
from deadlines.reminder_words import preview, schedule_words
from deadlines.reminding import Schedule
from deadlines.services import reset_schedule, set_schedule, working_calendar
from deadlines.services.schedules import Schedules, schedules_of
from deadlines.views.saving import confirm_page, posted


@dataclass
class _Card:
    """One matter on the page."""

    matter: Matter
    schedule: Schedule
    kept: ReminderSchedule | None
    is_own: bool
    words: list[str] = field(default_factory=list)
    preview: list = field(default_factory=list)


def _place(request) -> Locality | None:
    """The place of the person's first role; without one, the whole country."""
    membership = next(iter(request.user.scope.memberships), None)
    if membership is None or request.user.scope.is_system_admin:
        return None
    return Locality.objects.with_province().get(pk=membership.unit.locality_id)


def _card(matter: str, schedules: Schedules, locality: Locality | None, due_on, calendar: Calendar) -> _Card:
    path = locality.path if locality else ""
    schedule, kept = schedules.of(path), schedules.kept_of(path)
    is_own = kept is not None and kept.locality_id == (locality.pk if locality else None)
    shown = preview(due_on, calendar, schedule, matter)
    return _Card(Matter(matter), schedule, kept, is_own, schedule_words(schedule, matter), shown)


def _asked(request) -> tuple[WhereAndWhenForm, Locality | None, int]:
    """The place and the day asked about; what can't be read is answered for one's own place."""
    if request.GET:
        form = WhereAndWhenForm(request.GET, actor=request.user)
        if form.is_valid():
            return form, form.cleaned_data["locality"], 200
        return form, _place(request), 422
    place = _place(request)
    initial = {"locality": locality_label(place) if place else "", "due_on": f"{today() + timedelta(days=7):%d/%m/%Y}"}
    form = WhereAndWhenForm(initial, actor=request.user)
    form.is_valid()
    return form, place, 200


@login_required
@require_safe
def schedules(request):
    form, locality, status = _asked(request)
    due_on = form.cleaned_data.get("due_on") or today() + timedelta(days=7)
    calendar, found = working_calendar(locality), schedules_of(*Matter.values)
    context = {
        "form": form,
        "locality": locality,
        "due_on": calendar.next_working_day(due_on),
        "cards": [
            _card(matter, found[matter], locality, calendar.next_working_day(due_on), calendar) for matter in Matter
        ],
        "may_set": policies.may_set_schedule(request.user, locality),
    }
    return render(request, "deadlines/schedules.html", context, status=status)


def _address(locality: Locality | None) -> str:
    label = locality_label(Locality.objects.with_province().get(pk=locality.pk)) if locality else ""
    query = {"locality": label, "due_on": f"{today() + timedelta(days=7):%d/%m/%Y}"}
    return f"{reverse('deadlines:schedules')}?{urlencode(query)}"


def _matter(name: str) -> Matter:
    if name not in Matter.values:
        raise Http404
    return Matter(name)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def schedule_country(request, matter):
    require(policies.may_set_schedule(request.user, None))
    return _edit(request, _matter(matter), None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def schedule_place(request, matter, pk):
    require(_may_open(request.user))
    places = Locality.objects.filter(request.user.scope.locality_condition("path"))
    locality = get_object_or_404(places, pk=pk)
    require(policies.may_set_schedule(request.user, locality))
    return _edit(request, _matter(matter), locality)


def _may_open(user) -> Decision:
    if policies.may_open_rules(user):
        return policies.may_open_rules(user)
    return policies.may_set_schedule(user, None)


def _edit(request, matter: Matter, locality: Locality | None):
    """The form starts from what holds in the place, its own or what it has from above."""
    found = schedules_of(matter)[matter]
    path = locality.path if locality else ""
    schedule, kept = found.of(path), found.kept_of(path)
    is_own = kept is not None and kept.locality_id == (locality.pk if locality else None)
    version = kept.version if is_own else 0
    form = ScheduleForm(posted(request), initial={"at": schedule.at, "version": version})
    steps = StepFormSet(posted(request), initial=step_rows(schedule), prefix="steps")
    context = {"form": form, "steps": steps, "matter": matter, "locality": locality, "saved": []}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and steps.is_valid():
            status = _saved_status(request, matter, locality, form, steps, context)
            if status == 302:
                messages.success(request, _("The schedule holds from the next reminder on."))
                return redirect(_address(locality))
    context["is_own"] = is_own
    context["back"] = _address(locality)
    return render(request, "deadlines/schedule_form.html", context, status=status)


def _saved_status(request, matter, locality, form, steps, context) -> int:
    """Saves; 302 when it is done, 409 when the service refuses, with the sentence in the form."""
    wanted = [step for row in steps.forms if (step := row.step()) is not None]
    version = form.cleaned_data["version"] or 0
    try:
        set_schedule(
            actor=request.user,
            matter=matter,
            locality=locality,
            at=form.cleaned_data["at"],
            steps=wanted,
            version=version,
        )
    except StaleVersion as error:
        form.data = form.data.copy()
        form.data["version"] = error.current.version
        path = locality.path if locality else ""
        context["saved"] = schedule_words(schedules_of(matter)[matter].of(path), matter)
        return 409
    except ServiceError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return 409
    return 302


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def schedule_reset(request, pk):
    schedule = get_object_or_404(ReminderSchedule.objects.visible_to(request.user).select_related("locality"), pk=pk)
    require(policies.may_set_schedule(request.user, schedule.locality))
    back = _address(schedule.locality)
    found = schedules_of(schedule.matter)[schedule.matter]
    path = schedule.locality.path if schedule.locality_id else ""
    facts = [
        (_("What of"), schedule.get_matter_display()),
        (_("Only in"), schedule.locality or _("The whole country")),
        (_("Schedule"), " ".join(schedule_words(found.of(path), schedule.matter))),
    ]
    return confirm_page(
        request,
        act=lambda: reset_schedule(schedule, actor=request.user),
        done=back,
        success=_("The schedule of its own has been removed."),
        context={
            "title": _("Remove this schedule of reminders"),
            "facts": facts,
            "consequence": _("What is set for the places above holds again, or what the system does by itself."),
            "button": _("Remove the schedule"),
            "tone": "danger",
            "cancel_url": back,
        },
    )
