"""Returns: figures of past periods that were never recorded meeting by meeting."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Level, Locality, Role
from deadlines.models import MeetingType
from meetings.models import Mode


class Bound(models.TextChoices):
    """How sure a published figure is."""

    EXACT = "exact", _("exactly")
    AT_LEAST = "at_least", _("at least")  # "hơn", "trên"
    NEARLY = "nearly", _("nearly")  # "gần"


class ReturnQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Of the part of the tree that the person sees, and, for a clerk who enters them, of the localities below."""
        condition = user.scope.locality_condition("locality__path")
        for membership in user.scope.memberships:
            if membership.role == Role.CLERK:
                condition |= Q(locality__path__startswith=membership.unit.locality.path)
        return self.filter(condition)


class Return(models.Model):
    """A locality's return for a period: rows by level and type, opinions by field, and totals where only they exist.

    A total that is empty is the sum of the rows; one that is given must not be smaller than what the rows add up to.
    Meetings recorded one by one inside a return's period, locality and level are part of it and not added again.
    """

    locality = models.ForeignKey(Locality, on_delete=models.PROTECT, related_name="returns", verbose_name=_("locality"))
    period_from = models.DateField(_("from"))
    period_to = models.DateField(_("to (last day)"))
    is_period_approximate = models.BooleanField(_("the source gives the years only"), default=False)
    source = models.CharField(_("source"), max_length=300)
    note = models.TextField(_("note"), blank=True)
    meetings = models.PositiveIntegerField(_("meetings"), null=True, blank=True)
    attendances = models.PositiveIntegerField(_("attendances"), null=True, blank=True)
    speeches = models.PositiveIntegerField(_("speeches"), null=True, blank=True)
    opinions = models.PositiveIntegerField(_("opinions"), null=True, blank=True)
    answered = models.PositiveIntegerField(_("answered"), null=True, blank=True)
    opinions_bound = models.CharField(max_length=10, choices=Bound, default=Bound.EXACT)
    attendances_bound = models.CharField(max_length=10, choices=Bound, default=Bound.EXACT)
    other_figures = models.JSONField(_("other figures of the source"), default=dict, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ReturnQuerySet.as_manager()

    class Meta:
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        ordering = ["-period_to", "locality", "pk"]
        constraints = [
            models.CheckConstraint(name="return_ends_after_start", condition=Q(period_to__gte=F("period_from"))),
            models.CheckConstraint(
                name="return_answered_within_opinions",
                condition=Q(answered=None) | Q(opinions=None) | Q(answered__lte=F("opinions")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.locality}, {self.period_from:%d/%m/%Y} – {self.period_to:%d/%m/%Y}"


class ReturnRow(models.Model):
    """One row of a return. Empty level or type: the source does not say. ``is_part_of_total`` is off for an
    "of which" row, whose figures another row already holds."""

    return_record = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="rows")
    level = models.CharField(_("level"), max_length=20, choices=Level, blank=True)
    meeting_type = models.CharField(_("type"), max_length=30, choices=MeetingType, blank=True)
    mode = models.CharField(_("mode"), max_length=20, choices=Mode, blank=True)
    sector = models.CharField(_("sector"), max_length=120, blank=True)
    label = models.CharField(_("label"), max_length=200, blank=True)
    locality = models.ForeignKey(
        Locality, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("only in")
    )
    meetings = models.PositiveIntegerField(_("meetings"), null=True, blank=True)
    attendances = models.PositiveIntegerField(_("attendances"), null=True, blank=True)
    speeches = models.PositiveIntegerField(_("speeches"), null=True, blank=True)
    opinions = models.PositiveIntegerField(_("opinions"), null=True, blank=True)
    answered = models.PositiveIntegerField(_("answered"), null=True, blank=True)
    attendances_bound = models.CharField(max_length=10, choices=Bound, default=Bound.EXACT)
    opinions_bound = models.CharField(max_length=10, choices=Bound, default=Bound.EXACT)
    is_part_of_total = models.BooleanField(_("counted in the total"), default=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="return_row_answered_within_opinions",
                condition=Q(answered=None) | Q(opinions=None) | Q(answered__lte=F("opinions")),
            )
        ]


class ReturnField(models.Model):
    """Opinions of a return in one field, under the name the source uses."""

    return_record = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="by_field")
    field_name = models.CharField(_("field"), max_length=120)
    opinions = models.PositiveIntegerField(_("opinions"))
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint("return_record", "field_name", name="return_field_once")]


class CalendarFeedQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, whatever one's role."""
        return self.filter(user=user)

    def alive(self):
        return self.filter(revoked_at=None)


class CalendarFeed(models.Model):
    """A private address under which a person's calendar reads their due dates and meetings.

    Only the SHA-256 of its token is kept: whoever reads the database can't read calendars.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="calendar_feeds")
    name = models.CharField(_("where it is used"), max_length=100, blank=True)
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    last_read_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        ordering = ["-created_at", "-pk"]
