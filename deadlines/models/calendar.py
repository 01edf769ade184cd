"""The days that differ from the public-holiday library, and the years that somebody has checked."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Locality
from deadlines.models.concerning import concerning


class DayKind(models.TextChoices):
    DAY_OFF = "day_off", _("Day off")
    WORKING_DAY = "working_day", _("Working day (make-up day)")


class CalendarDayQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The country's days, and those of the places a person may see or that stand above them."""
        if user.scope.is_system_admin:
            return self
        return self.filter(Q(locality=None) | concerning(user, "locality__path"))


class CalendarDay(models.Model):
    """A day that differs from the public-holiday library: a swapped day, a make-up Saturday, a local closing.

    Without a locality it holds for the whole country; with one, for its subtree.
    """

    day = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=20, choices=DayKind)
    name = models.CharField(_("name"), max_length=200)
    decision_number = models.CharField(_("number of the decision"), max_length=60, blank=True)
    decision_date = models.DateField(_("date of the decision"), null=True, blank=True)
    locality = models.ForeignKey(
        Locality,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="calendar_days",
        verbose_name=_("only in"),
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = CalendarDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["day", "pk"]
        constraints = [models.UniqueConstraint("day", "locality", name="calendar_day_once", nulls_distinct=False)]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.name}"


class CalendarYear(models.Model):
    """A year whose days off and swapped days somebody has checked: a deadline that crosses another is provisional."""

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    source = models.CharField(_("source"), max_length=400, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("confirmed by")
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), auto_now_add=True)

    class Meta:
        verbose_name = _("confirmed calendar year")
        verbose_name_plural = _("confirmed calendar years")
        ordering = ["year"]

    def __str__(self) -> str:
        return str(self.year)
