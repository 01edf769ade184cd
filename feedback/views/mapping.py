"""Settings: which department has which field."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.errors import ServiceError
from accounts.models import Role, Unit, UnitKind
from accounts.policies import require
from deadlines import clock
from feedback import policies, services
from feedback.forms import FieldDepartmentsForm
from feedback.views.common import put_errors


def _units(user):
    """Units whose fields the person hands out: host bodies, never departments."""
    units = Unit.objects.active(on=clock.today()).exclude(kind=UnitKind.DEPARTMENT)
    if user.scope.is_system_admin:
        return units.exclude(hosted_meetings=None).distinct()
    return units.filter(pk__in=user.scope.unit_ids_as(Role.UNIT_ADMIN, Role.CLERK))


def _is_key(text: str) -> bool:
    return text.isdecimal() and len(text) < 19


@login_required
def field_departments(request):
    require(policies.may_map_any_field(request.user))
    units = list(_units(request.user).select_related("locality")[:200])
    if not units:
        return render(request, "feedback/field_departments.html", {"units": []})
    asked = request.GET.get("unit", "")
    unit = get_object_or_404(_units(request.user), pk=asked) if _is_key(asked) else units[0]
    departments = list(
        Unit.objects.active(on=clock.today())
        .filter(locality=unit.locality_id)
        .exclude(pk=unit.pk)
        .order_by("name", "pk")
    )
    form = FieldDepartmentsForm(request.POST or None, unit=unit, departments=departments)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                for field, department in form.chosen():
                    services.map_field(unit, actor=request.user, field=field, department=department)
            except ServiceError as refused:
                status = put_errors(form, refused)
            else:
                messages.success(request, _("The departments in charge were saved."))
                return redirect(f"{reverse('feedback:field_departments')}?unit={unit.pk}")
    context = {"units": units, "unit": unit, "form": form}
    return render(request, "feedback/field_departments.html", context, status=status)
