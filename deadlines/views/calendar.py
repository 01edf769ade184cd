from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.policies import require
from deadlines import policies
from deadlines.clock import today
from deadlines.counting import EARLIEST, LATEST, long_date
from deadlines.forms import CalendarDayForm, ConfirmYearForm
from deadlines.models import CalendarDay, CalendarYear, ChangeKind
from deadlines.services import confirm_year
from deadlines.views.changes import address, plain, propose
from deadlines.views.saving import PROPOSED, confirm_page, form_page, posted
from deadlines.year import days_at, open_deadlines_reaching, year_rows, year_rows_at
from deadlines.year_forms import PlaceForm


def _asked_year(request) -> int:
    text = request.GET.get("year", "")
    if not text:
        return today().year
    if text.isascii() and text.isdecimal() and len(text) == 4 and EARLIEST.year <= int(text) <= LATEST.year:
        return int(text)
    raise Http404(_("The calendar goes from 2000 to 2099."))


def _address(year: int) -> str:
    return f"{reverse('deadlines:calendar')}?year={year}"


@login_required
@require_safe
def calendar(request):
    """A year's days off and make-up days: the holidays, and what decisions changed; of one place if asked."""
    year, form = _asked_year(request), PlaceForm.asked(request.GET.get("place", ""))
    if form.chosen:
        days = days_at(form.chosen).filter(day__year=year).select_related("locality")
        rows = year_rows_at(year, days)
    else:
        days = CalendarDay.objects.visible_to(request.user).filter(day__year=year).select_related("locality")
        rows = year_rows(year, days)
    for row in rows:
        row.may_edit = bool(row.entry and policies.may_set_day(request.user, row.entry.locality))
    context = {
        "year": year,
        "previous": year - 1 if year > EARLIEST.year else None,
        "following": year + 1 if year < LATEST.year else None,
        "form": form,
        "place": form.chosen,
        "rows": rows,
        "may_edit_some": any(row.may_edit for row in rows),
        "may_add": policies.may_open_rules(request.user),
        "may_confirm": policies.may_confirm_year(request.user),
        **_confirmation(year, request.user),
    }
    return render(request, "deadlines/calendar.html", context)


def _confirmation(year: int, user) -> dict:
    """Who confirmed the year; and the year that nobody has, this one or the next, with what reaches into it."""
    this_year = today().year
    shown = [year, year + 1] if year == this_year else [year]
    known = {one.year: one for one in CalendarYear.objects.filter(year__in=shown).select_related("confirmed_by")}
    open_year = next((one for one in shown if one not in known), None)
    reaching = open_deadlines_reaching(open_year, user=user) if open_year and open_year >= this_year else 0
    return {"confirmed": known.get(year), "open_year": open_year, "reaching": reaching}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def day_new(request):
    require(policies.may_open_rules(request.user))
    form = CalendarDayForm(posted(request), actor=request.user)

    def save(form):
        operation = {"op": "add_day"} | plain(form.fields_to_save())
        return propose(request, ChangeKind.CALENDAR, operation, [form.cleaned_data["locality"]])

    return form_page(
        request,
        template="deadlines/day_form.html",
        form=form,
        save=save,
        done=address,
        success=PROPOSED,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def day_edit(request, pk):
    day = get_object_or_404(CalendarDay.objects.visible_to(request.user).select_related("locality"), pk=pk)
    require(policies.may_set_day(request.user, day.locality))
    form = CalendarDayForm(posted(request), actor=request.user, initial=CalendarDayForm.initial_of(day))

    def save(form):
        operation = {"op": "edit_day", "pk": day.pk, "version": form.cleaned_data["version"] or 0}
        operation |= plain(form.fields_to_save())
        return propose(request, ChangeKind.CALENDAR, operation, [day.locality, form.cleaned_data["locality"]])

    return form_page(
        request,
        template="deadlines/day_form.html",
        form=form,
        save=save,
        done=address,
        success=PROPOSED,
        context={"day": day},
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def day_remove(request, pk):
    day = get_object_or_404(CalendarDay.objects.visible_to(request.user).select_related("locality"), pk=pk)
    require(policies.may_set_day(request.user, day.locality))
    facts = [
        (_("Day"), long_date(day.day)),
        (_("What it is"), day.get_kind_display()),
        (_("Reason"), day.name),
        (_("Number of the decision"), day.decision_number or "—"),
        (_("Only in"), day.locality or _("The whole country")),
    ]
    operation = {"op": "remove_day", "pk": day.pk, "version": day.version}
    return confirm_page(
        request,
        act=lambda: propose(request, ChangeKind.CALENDAR, operation, [day.locality]),
        done=address,
        success=PROPOSED,
        context={
            "title": _("Take this day out of the calendar"),
            "facts": facts,
            "consequence": _("Nothing changes yet: the next page shows every open deadline that would move."),
            "button": _("See what would move"),
            "tone": "danger",
            "cancel_url": _address(day.day.year),
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def year_confirm(request, year):
    if not EARLIEST.year <= year <= LATEST.year:
        raise Http404(_("The calendar goes from 2000 to 2099."))
    require(policies.may_confirm_year(request.user))
    if request.method != "POST" and CalendarYear.objects.filter(year=year).exists():
        return redirect(_address(year))
    form = ConfirmYearForm(posted(request))
    return confirm_page(
        request,
        form=form,
        act=lambda: confirm_year(actor=request.user, year=year, source=form.cleaned_data["source"]),
        done=_address(year),
        success=_("The calendar of %(year)s is confirmed.") % {"year": year},
        context={
            "title": _("Confirm the calendar of %(year)s") % {"year": year},
            "facts": [(_("Year"), year)],
            "consequence": _(
                "You state that the year's days off and swapped days are complete. Deadlines that cross the year are no"
                " longer shown as provisional."
            ),
            "button": _("Confirm the calendar"),
            "cancel_url": _address(year),
        },
    )
