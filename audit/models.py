"""Append-only events: who did what, when, to which record."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Unit


class EventQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What people with a role in the units that the user administers did; everything for a system admin."""
        if user.scope.is_system_admin:
            return self
        units = Unit.objects.managed_by(user).values("pk")
        return self.filter(actor__in=Membership.objects.filter(unit__in=units).values("user"))

    def of(self, record):
        """The history of one record."""
        return self.filter(target_type=record._meta.label_lower, target_id=record.pk)

    def about(self, record):
        """The history of a record and of everything that belongs to it."""
        label = record._meta.label_lower
        return self.filter(
            models.Q(target_type=label, target_id=record.pk) | models.Q(parent_type=label, parent_id=record.pk)
        )


class Event(models.Model):
    """One thing that was done. ``sentence`` is stored as it reads, in Vietnamese, so that it never changes later."""

    at = models.DateTimeField(_("at"), auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="events", verbose_name=_("by")
    )
    acting_as = models.CharField(_("acting as"), max_length=300, blank=True)
    verb = models.CharField(_("action"), max_length=60)
    sentence = models.TextField(_("what happened"))
    target_type = models.CharField(max_length=60)
    target_id = models.BigIntegerField()
    parent_type = models.CharField(max_length=60, blank=True)
    parent_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["target_type", "target_id", "-at"], name="event_of_target"),
            models.Index(fields=["parent_type", "parent_id", "-at"], name="event_of_parent"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.at:%d/%m/%Y %H:%M} {self.sentence}"
