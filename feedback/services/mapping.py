"""Which department a unit gives a field's matters to."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import ServiceError
from accounts.models import Unit, User
from audit.services import record
from deadlines import clock
from feedback.models import FieldDepartment
from meetings.models import Field


@transaction.atomic
def map_field(unit: Unit, *, actor: User, field: Field, department: Unit | None) -> FieldDepartment | None:
    """Sets or clears the department in charge; does nothing when it already is as asked."""
    Unit.objects.select_for_update().get(pk=unit.pk)
    row = FieldDepartment.objects.filter(unit=unit, field=field).first()
    if (row.department_id if row else None) == (department.pk if department else None):
        return row
    if department is None:
        row.delete()
        row = None
    else:
        if department.dissolved_on is not None and department.dissolved_on <= clock.today():
            raise ServiceError(_("%(unit)s has been dissolved.") % {"unit": department.name})
        row, _created = FieldDepartment.objects.update_or_create(
            unit=unit, field=field, defaults={"department": department}
        )
    record(
        actor=actor,
        verb="map_field",
        target=unit,
        sentence=f"đã giao lĩnh vực “{field}” cho {department}"
        if department
        else f"đã bỏ phân công lĩnh vực “{field}”",
    )
    return row
