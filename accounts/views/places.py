"""Localities: the tree, one place, and the suggestions of the fields that name a place or a unit."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Prefetch, prefetch_related_objects
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import journal, services
from accounts.fields import locality_label, unit_label
from accounts.filters import LocalityFilter
from accounts.forms import ResidentialAreaForm
from accounts.models import Locality, LocalityKind, Unit
from accounts.policies import may_add_residential_area, require
from accounts.text import fold
from accounts.views.common import PER_PAGE, attempt, posted, settings_page

SUGGESTIONS = 20


@require_GET
@login_required
def localities(request):
    """Without a search the provinces of today and before; with one everything that fits it."""
    today = timezone.localdate()
    places = Locality.objects.with_province().prefetch_related(Prefetch("successors", to_attr="now"))
    found = LocalityFilter(request.GET, today=today, queryset=places)
    is_search = any(found.form.cleaned_data.values()) if found.is_bound and found.form.is_valid() else False
    listed = found.qs if is_search else places.filter(kind=LocalityKind.PROVINCE)
    page = Paginator(listed.order_by("path"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/localities.html", {"filterset": found, "page_obj": page, "today": today})


@require_GET
@login_required
def locality(request, pk):
    place = get_object_or_404(Locality.objects.all(), pk=pk)
    children = list(Locality.objects.within(place).filter(depth=place.depth + 1).order_by("path"))
    today = timezone.localdate()
    is_commune = place.kind == LocalityKind.COMMUNE
    if not is_commune:
        abolished = [child for child in children if child.abolished_on]
        prefetch_related_objects(abolished, Prefetch("successors", to_attr="now"))
    context = {
        "place": place,
        "above": Locality.objects.get_ancestors(place),
        "successors": place.successors.order_by("path"),
        "predecessors": place.predecessors.order_by("path"),
        "units": Unit.objects.visible_to(request.user).filter(locality=place).order_by("name", "pk"),
        "children": children,
        "may_add_area": is_commune and place.exists_on(today) and may_add_residential_area(request.user, place),
        "may_open_unit": place.exists_on(today) and request.user.scope.is_system_admin,
        # Only a commune changes here, by the residential areas it names.
        "events": journal.history_of(place)[:20] if is_commune else [],
    }
    return render(request, "accounts/locality.html", context)


@require_http_methods(["GET", "POST"])
@settings_page
def residential_area_new(request, pk):
    commune = get_object_or_404(Locality.objects.filter(request.user.scope.locality_condition("path")), pk=pk)
    require(may_add_residential_area(request.user, commune))
    form, status = ResidentialAreaForm(posted(request)), 200
    if request.method == "POST":
        added, status, _stale = attempt(
            form, lambda data: services.add_residential_area(commune, actor=request.user, **data)
        )
        if added:
            messages.success(request, _("%(name)s is added.") % {"name": added})
            return redirect("accounts:locality", pk=pk)
    return render(request, "accounts/residential_area_new.html", {"form": form, "commune": commune}, status=status)


@require_GET
@login_required
def locality_options(request):
    """The suggestions of a field that names a place: <option> elements."""
    text = _typed(request)
    places = Locality.objects.with_province().matching(text.split(",")[0]).exclude(kind=LocalityKind.COUNTRY)
    if request.GET.get("in_force") == "1":
        places = places.in_force(on=timezone.localdate())
    options = [locality_label(place) for place in places.order_by("depth", "path")[:SUGGESTIONS]] if fold(text) else []
    return render(request, "accounts/_options.html", {"options": options})


@require_GET
@login_required
def unit_options(request):
    """The suggestions of a field that names a unit the person sees, or with ``managed=1`` administers."""
    text = _typed(request)
    is_managed = request.GET.get("managed") == "1"
    seen = Unit.objects.managed_by(request.user) if is_managed else Unit.objects.visible_to(request.user)
    seen = seen.active(on=timezone.localdate()).select_related("locality")
    options = [unit_label(unit) for unit in seen.matching(text.split(",")[0]).order_by("name", "pk")[:SUGGESTIONS]]
    return render(request, "accounts/_options.html", {"options": options})


def _typed(request) -> str:
    """The text of the field, whatever the field is called in its form."""
    given = (value for key, value in request.GET.items() if key not in {"in_force", "managed"} and value)
    return next(given, "")[:200].replace("\x00", "")
