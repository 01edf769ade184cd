"""Regulations and their dated rules, the working calendar, and the ledger of reminders."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Level, Locality, Role


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


def _concerning(user, lookup: str) -> Q:
    """What holds in the places a person may see: set there, below, or above for all of the subtree."""
    paths = {membership.unit.locality.path for membership in user.scope.memberships}
    above = {path[:end] for path in paths for end in range(Locality.steplen, len(path) + 1, Locality.steplen)}
    return user.scope.locality_condition(lookup) | Q(**{f"{lookup}__in": above})


class RegulationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those that bind a place the person may see."""
        if user.scope.is_system_admin:
            return self
        return self.filter(_concerning(user, "jurisdiction__path"))

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
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["regulation", "obligation", "pk"]
        constraints = [models.CheckConstraint(name="rule_number_is_positive", condition=Q(number__gte=1))]

    def __str__(self) -> str:
        return f"{self.get_obligation_display()}: {self.number} {self.get_unit_display()}"


class DayKind(models.TextChoices):
    DAY_OFF = "day_off", _("Day off")
    WORKING_DAY = "working_day", _("Working day (make-up day)")


class CalendarDayQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The country's days, and those of the places a person may see or that stand above them."""
        if user.scope.is_system_admin:
            return self
        return self.filter(Q(locality=None) | _concerning(user, "locality__path"))


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


class ReminderKind(models.TextChoices):
    NOTICE_DUE = "notice_due", _("Conclusion notice due")
    NOTICE_LATE = "notice_late", _("Conclusion notice late")
    NOTICE_ESCALATED = "notice_escalated", _("Conclusion notice late, to the superior unit")
    ASSIGNMENT_DUE = "assignment_due", _("Assignment due")
    ASSIGNMENT_LATE = "assignment_late", _("Assignment late")
    ASSIGNMENT_ESCALATED = "assignment_escalated", _("Assignment late, to the superior unit")
    INFORMATION = "information", _("Information")


class ReminderQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A reminder is its recipient's own."""
        return self.filter(recipient=user)

    def unread(self):
        return self.filter(read_at=None)

    def not_yet_mailed(self):
        return self.filter(mailed_at=None, is_mail_wanted=True)


class Reminder(models.Model):
    """The ledger: one row for (what, whom, which day), so that a task may run as often as it likes.

    ``for_day`` is the local working day that the reminder belongs to. The row is the in-app message. For its e-mail it
    is claimed first: ``digest`` names the e-mail it belongs to for ever, ``mail_claimed_at`` is the last attempt, and
    ``mailed_at`` is written when the mail server has taken it.
    """

    kind = models.CharField(max_length=30, choices=ReminderKind)
    target_type = models.CharField(max_length=60)
    target_id = models.BigIntegerField()
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reminders")
    recipient_role = models.CharField(max_length=20, choices=Role, blank=True)
    for_day = models.DateField()
    due_on = models.DateField(null=True)
    subject = models.CharField(max_length=300)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=300, blank=True)
    is_mail_wanted = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    digest = models.UUIDField(null=True, editable=False)
    mail_claimed_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    mail_error = models.TextField(blank=True)
    read_at = models.DateTimeField(null=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["-for_day", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "kind", "target_type", "target_id", "recipient", "for_day", name="reminder_once_a_day"
            )
        ]
        indexes = [
            models.Index(fields=["recipient", "-for_day"], condition=Q(read_at=None), name="reminder_unread"),
            models.Index(
                fields=["recipient", "digest"],
                condition=Q(mailed_at=None, is_mail_wanted=True),
                name="reminder_unmailed",
            ),
        ]

    def __str__(self) -> str:
        return self.subject
