"""Signs of life of the timetable, the worker and the sweeps."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """The last sign of life of a process or a sweep; one row each.

    ``began_at`` is when a sweep's last run began and ``at`` when it ended, or when the process last spoke. ``by`` is the
    host and the process that spoke.
    """

    name = models.CharField(max_length=60, primary_key=True)
    began_at = models.DateTimeField(null=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=200)
    detail = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("sign of life")
        verbose_name_plural = _("signs of life")

    def __str__(self) -> str:
        return self.name
