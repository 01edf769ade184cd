"""Regulations and their dated rules."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Level, Locality
from deadlines.models.concerning import concerning


class MeetingType(models.TextChoices):
    """The kinds of meeting that a rule can bind; ``meetings`` uses the same words."""

    PERIODIC = "periodic", _("Periodic dialogue")
    AD_HOC = "ad_hoc", _("Ad hoc dialogue")
    THEMATIC = "thematic", _("Thematic dialogue")
    LISTENING_SATURDAY = "listening_saturday", _("Listening Saturday")
    VOTER_CONTACT = "voter_contact", _("Voter contact")
    WORKING_SESSION = "working_session", _("Working session with the Front and organisations")
    SECTOR = "sector", _("Sector dialogue")
    CITIZEN_RECEPTION = "citizen_reception", _("Citizen reception")


class RegulationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those that bind a place the person may see."""
        if user.scope.is_system_admin:
            return self
        return self.filter(concerning(user, "jurisdiction__path"))

    def binding(self, locality: Locality, *, on: date):
        """Regulations whose jurisdiction holds the locality, in force on the day."""
        steps = range(Locality.steplen, len(locality.path) + 1, Locality.steplen)
        ancestors = [locality.path[:end] for end in steps]
        return self.filter(jurisdiction__path__in=ancestors, in_force_from__lte=on).filter(
            Q(in_force_to=None) | Q(in_force_to__gte=on)
        )


class Regulation(models.Model):
    """A written rule of an authority, binding its jurisdiction's whole subtree for a period."""

    number = models.CharField(_("number"), max_length=60)
    title = models.CharField(_("title"), max_length=400)
    issuer = models.CharField(_("issuer"), max_length=200)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    in_force_from = models.DateField(_("in force from"))
    in_force_to = models.DateField(_("in force to (last day)"), null=True, blank=True)
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    jurisdiction = models.ForeignKey(
        Locality, on_delete=models.PROTECT, related_name="regulations", verbose_name=_("jurisdiction")
    )
    note = models.TextField(_("note"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RegulationQuerySet.as_manager()

    class Meta:
        verbose_name = _("regulation")
        verbose_name_plural = _("regulations")
        ordering = ["-in_force_from", "number", "pk"]
        constraints = [
            models.UniqueConstraint("number", "jurisdiction", name="regulation_once_a_jurisdiction"),
            models.CheckConstraint(
                name="regulation_ends_after_start",
                condition=Q(in_force_to=None) | Q(in_force_to__gte=F("in_force_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Obligation(models.TextChoices):
    CONCLUSION_NOTICE = "conclusion_notice", _("Issue the conclusion notice")
    ANNOUNCEMENT = "announcement", _("Announce the meeting beforehand")
    REPLY = "reply", _("Reply to an assigned opinion")
    PUBLICATION = "publication", _("Publish the results")
    MEETING_QUOTA = "meeting_quota", _("Hold a number of meetings")
    RECEPTION_DAYS = "reception_days", _("Receive citizens on a number of days")


class Quantity(models.TextChoices):
    """What a rule's number counts."""

    WORKING_DAYS = "working_days", _("working days")
    CALENDAR_DAYS = "calendar_days", _("calendar days")
    PER_YEAR = "per_year", _("a year")
    DAYS_A_MONTH = "days_a_month", _("days a month")


class RuleQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(regulation__in=Regulation.objects.visible_to(user))


class Rule(models.Model):
    """One obligation of a regulation: what, how much, from which event, for which level and kind of meeting."""

    regulation = models.ForeignKey(Regulation, on_delete=models.PROTECT, related_name="rules")
    obligation = models.CharField(_("obligation"), max_length=30, choices=Obligation)
    level = models.CharField(_("level"), max_length=20, choices=Level, blank=True)
    meeting_type = models.CharField(_("type of meeting"), max_length=30, choices=MeetingType, blank=True)
    number = models.PositiveSmallIntegerField(_("number"))
    unit = models.CharField(_("counted in"), max_length=20, choices=Quantity)
    article = models.CharField(_("article"), max_length=100, blank=True)
    source = models.CharField(_("source"), max_length=400, blank=True)
    is_verified = models.BooleanField(_("verified against the text"), default=False)
    extension_days = models.PositiveSmallIntegerField(
        _("may be extended by at most"),
        null=True,
        blank=True,
        help_text=_("Days in all, counted as the limit is; 0: not at all; empty: the regulation says nothing."),
    )
    allows_pause = models.BooleanField(_("the clock may be stopped"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["regulation", "obligation", "pk"]
        constraints = [
            models.CheckConstraint(name="rule_number_is_positive", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="rule_pause_only_of_replies", condition=Q(allows_pause=False) | Q(obligation="reply")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_obligation_display()}: {self.number} {self.get_unit_display()}"
