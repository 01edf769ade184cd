"""Units: list, one unit, opening, changing and dissolving it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import journal, services
from accounts.filters import UnitFilter
from accounts.forms import DissolveUnitForm, NewUnitForm, UnitForm
from accounts.models import Locality, Membership, Unit
from accounts.policies import may_dissolve_unit, may_edit_unit, require
from accounts.views.common import PER_PAGE, attempt, posted, settings_page

_EDITED = ("name", "kind", "abbreviation", "superior", "head_title", "seat", "term", "version")


@require_GET
@settings_page
def units(request):
    today = timezone.localdate()
    listed = Unit.objects.visible_to(request.user).select_related("locality", "superior")
    found = UnitFilter(request.GET, today=today, queryset=listed.order_by("locality__path", "name", "pk"))
    page = Paginator(found.qs, PER_PAGE).get_page(request.GET.get("page"))
    holding = Q(valid_from__lte=today) & (Q(valid_to=None) | Q(valid_to__gte=today))
    counted = Membership.objects.filter(holding, unit__in=[unit.pk for unit in page]).order_by().values("unit")
    people = {row["unit"]: row["people"] for row in counted.annotate(people=Count("user", distinct=True))}
    for unit in page:
        unit.people_today = people.get(unit.pk, 0)
        unit.is_dissolved = not unit.exists_on(today)
    return render(request, "accounts/units.html", {"filterset": found, "page_obj": page})


@require_GET
@settings_page
def unit(request, pk):
    one = get_object_or_404(Unit.objects.visible_to(request.user).select_related("locality", "superior"), pk=pk)
    today = timezone.localdate()
    may_edit = may_edit_unit(request.user, one)
    context = {
        "unit": one,
        "is_dissolved": not one.exists_on(today),
        "roles": one.memberships.current(on=today).select_related("user").order_by("user__full_name", "pk")[:200],
        "below": one.subordinates.select_related("locality").order_by("name", "pk")[:200],
        "may_edit": may_edit,
        "may_dissolve": may_edit and may_dissolve_unit(request.user, one),
        "events": journal.history_of(one)[:50],
    }
    return render(request, "accounts/unit.html", context)


@require_http_methods(["GET", "POST"])
@settings_page
def unit_new(request):
    form = NewUnitForm(posted(request), actor=request.user, today=timezone.localdate(), initial=_asked_for(request))
    status = 200
    if request.method == "POST":
        created, status, _stale = attempt(form, lambda data: services.create_unit(actor=request.user, **data))
        if created:
            messages.success(request, _("The unit is open. Give people their roles in it next."))
            return redirect("accounts:unit", pk=created.pk)
    return render(request, "accounts/unit_new.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@settings_page
def unit_edit(request, pk):
    seen = Unit.objects.visible_to(request.user).select_related("locality", "superior__locality")
    one = get_object_or_404(seen, pk=pk)
    require(may_edit_unit(request.user, one))
    saved_now = {name: getattr(one, name) for name in _EDITED}
    form = UnitForm(posted(request), actor=request.user, today=timezone.localdate(), unit=one, initial=saved_now)
    status, stale = 200, None
    if request.method == "POST":
        saved, status, stale = attempt(form, lambda data: services.edit_unit(one, actor=request.user, **data))
        if saved:
            messages.success(request, _("The unit is saved."))
            return redirect("accounts:unit", pk=pk)
    context = {"form": form, "unit": one, "stale_record": stale}
    return render(request, "accounts/unit_edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
@settings_page
def unit_dissolve(request, pk):
    one = get_object_or_404(Unit.objects.visible_to(request.user).select_related("locality"), pk=pk)
    require(may_dissolve_unit(request.user, one))
    form, status = DissolveUnitForm(posted(request), initial={"dissolved_on": timezone.localdate()}), 200
    if request.method == "POST":
        done, status, _stale = attempt(form, lambda data: services.dissolve_unit(one, actor=request.user, **data))
        if done:
            messages.success(request, _("The unit is dissolved. What it did stays visible."))
            return redirect("accounts:unit", pk=pk)
    context = {
        "title": _("Dissolve %(unit)s") % {"unit": one},
        "facts": [(_("Unit"), one.name), (_("Locality"), one.locality.name)],
        "consequence": _(
            "From that day on nobody holds a role in it and it takes on nothing new. This can't be undone."
        ),
        "form": form,
        "button": _("Dissolve the unit"),
        "tone": "danger",
        "cancel_url": reverse("accounts:unit", kwargs={"pk": pk}),
    }
    return render(request, "components/confirm.html", context, status=status)


def _asked_for(request):
    """The locality or the superior body that the page was opened from."""
    initial = {}
    for name, queryset in (
        ("locality", Locality.objects.with_province()),
        ("superior", Unit.objects.select_related("locality")),
    ):
        asked = request.GET.get(name, "")
        if asked.isdecimal() and len(asked) < 19:
            initial[name] = queryset.filter(pk=asked).first()
    if initial.get("superior") and not initial.get("locality"):
        initial["locality"] = Locality.objects.with_province().get(pk=initial["superior"].locality_id)
    return initial
