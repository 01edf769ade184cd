"""Which department a host gives a field's matters to."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from meetings.models import Field


class FieldDepartment(models.Model):
    """Which department a host unit gives a field's matters to; assignment proposes it."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="field_departments")
    field = models.ForeignKey(Field, on_delete=models.PROTECT, related_name="departments", verbose_name=_("field"))
    department = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="mapped_fields", verbose_name=_("department")
    )

    class Meta:
        verbose_name = _("department in charge of a field")
        ordering = ["field__position", "field__name"]
        constraints = [models.UniqueConstraint("unit", "field", name="field_department_once")]
