"""Who is reminded of what and when, how a person wants to be mailed, and the ledger of reminders."""

from datetime import time

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Locality, Role
from deadlines.models.concerning import concerning


class ReminderKind(models.TextChoices):
    NOTICE_DUE = "notice_due", _("Conclusion notice due")
    NOTICE_LATE = "notice_late", _("Conclusion notice late")
    NOTICE_ESCALATED = "notice_escalated", _("Conclusion notice late, to the superior unit")
    ASSIGNMENT_DUE = "assignment_due", _("Assignment due")
    ASSIGNMENT_LATE = "assignment_late", _("Assignment late")
    ASSIGNMENT_ESCALATED = "assignment_escalated", _("Assignment late, to the superior unit")
    ANNOUNCEMENT_DUE = "announcement_due", _("Announcement due")
    ANNOUNCEMENT_LATE = "announcement_late", _("Announcement late")
    ANNOUNCEMENT_ESCALATED = "announcement_escalated", _("Announcement late, to the superior unit")
    PUBLICATION_DUE = "publication_due", _("Publication of the results due")
    PUBLICATION_LATE = "publication_late", _("Publication of the results late")
    PUBLICATION_ESCALATED = "publication_escalated", _("Publication of the results late, to the superior unit")
    PROGRESS_DUE = "progress_due", _("Progress of a late notice to be reported")
    INFORMATION = "information", _("Information")


class Matter(models.TextChoices):
    """What people are reminded of; each may have a schedule of its own."""

    NOTICE = "notice", _("Conclusion notice")
    ASSIGNMENT = "assignment", _("Reply to an assigned opinion")
    ANNOUNCEMENT = "announcement", _("Announcement of the meeting")
    PUBLICATION = "publication", _("Publication of the results")


class Stage(models.TextChoices):
    BEFORE = "before", _("Before the due day")
    DUE = "due", _("On the due day")
    LATE = "late", _("After the due day")


class Recipient(models.TextChoices):
    """Who hears of a step, seen from the unit that has to act."""

    UNIT = "unit", _("The unit itself")
    SUPERIOR_LEADER = "superior_leader", _("Leaders of the superior unit")
    SECOND_SUPERIOR_LEADER = "second_superior_leader", _("Leaders of the superior unit's superior")
    SUPERVISOR = "supervisor", _("Supervisors")


class ReminderScheduleQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The country's schedules, and those of the places a person may see or that stand above them."""
        if user.scope.is_system_admin:
            return self
        return self.filter(Q(locality=None) | concerning(user, "locality__path"))


class ReminderSchedule(models.Model):
    """When whom to remind of a matter, in a place and below it; without a place, in the whole country.

    The nearest schedule holds as a whole. Where there is none, ``deadlines.reminding.DEFAULT_SCHEDULE`` does.
    """

    matter = models.CharField(_("matter"), max_length=20, choices=Matter)
    locality = models.ForeignKey(
        Locality,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reminder_schedules",
        verbose_name=_("only in"),
    )
    at = models.TimeField(_("time of day"), default=time(8, 0))
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ReminderScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = _("schedule of reminders")
        verbose_name_plural = _("schedules of reminders")
        ordering = ["matter", "locality__path", "pk"]
        constraints = [
            models.UniqueConstraint("matter", "locality", name="reminder_schedule_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"{self.get_matter_display()} · {self.locality or '—'}"


class ReminderStep(models.Model):
    """One step of a schedule: so many working days before or after the due day, to whom, once or daily from then on."""

    schedule = models.ForeignKey(ReminderSchedule, on_delete=models.CASCADE, related_name="steps")
    stage = models.CharField(_("stage"), max_length=10, choices=Stage)
    working_days = models.PositiveSmallIntegerField(_("working days"), default=0)
    repeats_daily = models.BooleanField(_("daily from then on"), default=False)
    recipient = models.CharField(_("to whom"), max_length=30, choices=Recipient, default=Recipient.UNIT)

    class Meta:
        verbose_name = _("step of reminding")
        verbose_name_plural = _("steps of reminding")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint("schedule", "stage", "working_days", "recipient", name="reminder_step_once"),
            models.CheckConstraint(
                name="reminder_step_has_its_days",
                condition=Q(stage="due", working_days=0) | (~Q(stage="due") & Q(working_days__gte=1)),
            ),
            models.CheckConstraint(
                name="reminder_step_repeats_only_late", condition=Q(repeats_daily=False) | Q(stage="late")
            ),
        ]


class MailRhythm(models.TextChoices):
    AS_IT_COMES = "as_it_comes", _("As it comes, in office hours")
    TWICE_A_DAY = "twice_a_day", _("Twice a working day, morning and afternoon")
    DAILY = "daily", _("Once a working day, in the morning")


class MailSetting(models.Model):
    """How often a person wants the e-mail of reminders. What is overdue is always mailed."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, primary_key=True, related_name="mail_setting"
    )
    rhythm = models.CharField(_("e-mail"), max_length=20, choices=MailRhythm, default=MailRhythm.TWICE_A_DAY)
    only_overdue = models.BooleanField(_("only what is overdue"), default=False)
    # When the person's reminders were last put into a digest.
    gathered_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("e-mail setting")
        verbose_name_plural = _("e-mail settings")


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
    # Tells two messages of one kind, target and day apart, such as two drafts submitted on one day.
    occasion = models.CharField(max_length=60, blank=True, default="")
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
                "kind", "target_type", "target_id", "recipient", "for_day", "occasion", name="reminder_once_an_occasion"
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
