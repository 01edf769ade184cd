"""A matter handed to a department: its states, its deadline, more time asked for."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from deadlines.counting import Count, long_date
from deadlines.resuming import Resumption
from deadlines.services import as_of_now
from feedback.models.opinions import STATUTORY_CATEGORIES, Opinion


class AssignmentState(models.TextChoices):
    SENT = "sent", _("Sent to the department")
    ACCEPTED = "accepted", _("Being handled")
    RETURNED = "returned", _("Returned by the department")
    REPLIED = "replied", _("Reply waiting for acceptance")
    SETTLED = "settled", _("Reply accepted")
    WITHDRAWN = "withdrawn", _("Withdrawn")


ASSIGNMENT_TRANSITIONS: dict[str, frozenset[str]] = {
    AssignmentState.SENT: frozenset(
        {AssignmentState.ACCEPTED, AssignmentState.RETURNED, AssignmentState.REPLIED, AssignmentState.WITHDRAWN}
    ),
    AssignmentState.ACCEPTED: frozenset({AssignmentState.RETURNED, AssignmentState.REPLIED, AssignmentState.WITHDRAWN}),
    AssignmentState.REPLIED: frozenset({AssignmentState.SETTLED, AssignmentState.ACCEPTED}),
    AssignmentState.RETURNED: frozenset(),
    AssignmentState.SETTLED: frozenset(),
    AssignmentState.WITHDRAWN: frozenset(),
}

ASSIGNMENT_TONES = {
    AssignmentState.SENT: "info",
    AssignmentState.ACCEPTED: "info",
    AssignmentState.RETURNED: "warning",
    AssignmentState.REPLIED: "warning",
    AssignmentState.SETTLED: "success",
    AssignmentState.WITHDRAWN: "neutral",
}

OPEN_ASSIGNMENT_STATES = (AssignmentState.SENT, AssignmentState.ACCEPTED)


def past_due(on: date, prefix: str = "") -> Q:
    """Past the due day while the clock ran. A stopped clock never gets there: it could only be stopped in time."""
    return Q(**{f"{prefix}due_on__lt": on, f"{prefix}paused_on": None})


class AssignmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of visible opinions, and whatever was given to the person's departments, withdrawn or not.

        An officer who was writing a reply when the matter was withdrawn is told so and keeps the text.
        """
        given = Q(lead_department__in=user.scope.unit_ids) & ~Q(opinion__category__in=STATUTORY_CATEGORIES)
        return self.filter(Q(opinion__in=Opinion.objects.visible_to(user)) | given)

    def in_inbox_of(self, user):
        """What the person's departments lead or coordinate and have not been relieved of."""
        units = user.scope.unit_ids
        own = Q(lead_department__in=units) | Q(
            pk__in=Assignment.coordinating_departments.through.objects.filter(unit__in=units).values("assignment")
        )
        return self.filter(own).exclude(state__in=[AssignmentState.WITHDRAWN, AssignmentState.RETURNED])

    def given_to(self, unit_ids):
        """What the units lead or coordinate, unless it was withdrawn."""
        return self.filter(Q(lead_department__in=unit_ids) | Q(coordinating_departments__in=unit_ids)).exclude(
            state=AssignmentState.WITHDRAWN
        )

    def open(self):
        """Waiting for the department."""
        return self.filter(state__in=OPEN_ASSIGNMENT_STATES)

    def running(self):
        """Those whose clock isn't stopped: what reminders and lateness are about."""
        return self.open().filter(paused_on=None)

    def overdue(self, *, on: date):
        return self.open().filter(past_due(on))


class Assignment(models.Model):
    """A matter handed to a department (giao nhiệm vụ) with a due date."""

    opinion = models.ForeignKey(Opinion, on_delete=models.PROTECT, related_name="assignments")
    lead_department = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="led_assignments", verbose_name=_("lead department")
    )
    coordinating_departments = models.ManyToManyField(
        Unit, blank=True, related_name="coordinated_assignments", verbose_name=_("coordinating departments")
    )
    task = models.TextField(_("task"))
    state = models.CharField(_("state"), max_length=20, choices=AssignmentState, default=AssignmentState.SENT)
    due_on = models.DateField(_("due on"))
    rule_due_on = models.DateField(_("due on by the rule"))
    due_reason = models.CharField(_("reason for another date"), max_length=300, blank=True)
    law = models.CharField(max_length=400, blank=True)
    working_out = models.JSONField(default=dict)
    # What the rule allowed when the matter was assigned: days of extension in all, counted as the limit is; None: it
    # says nothing, and the leader who sets the date may move it.
    extension_days = models.PositiveSmallIntegerField(null=True)
    allows_pause = models.BooleanField(default=False)
    # The clock stands still since this day, which is not counted any more.
    paused_on = models.DateField(null=True)
    pause_reason = models.TextField(_("reason for stopping the clock"), blank=True, default="")
    # The day up to which everybody was reminded; forgotten when the due day moves.
    reminded_until = models.DateField(null=True, editable=False)
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField(default=timezone.now)
    accepted_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    return_reason = models.TextField(_("reason for returning"), blank=True)
    replied_on = models.DateField(null=True)
    settled_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_reason = models.TextField(_("reason for withdrawing"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(fields=["lead_department", "due_on"], name="assignment_inbox"),
            models.Index(fields=["due_on"], name="assignment_open", condition=Q(state__in=["sent", "accepted"])),
        ]
        constraints = [
            models.UniqueConstraint(
                "opinion",
                name="assignment_open_once",
                condition=Q(state__in=["sent", "accepted", "replied", "settled"]),
            ),
            models.CheckConstraint(
                name="assignment_paused_only_where_allowed",
                condition=Q(paused_on=None) | (Q(allows_pause=True) & ~Q(pause_reason="")),
            ),
            models.CheckConstraint(
                name="assignment_returned_has_reason",
                condition=~Q(state="returned") | (~Q(returned_at=None) & ~Q(return_reason="")),
            ),
            models.CheckConstraint(
                name="assignment_replied_has_day",
                condition=~Q(state__in=["replied", "settled"]) | ~Q(replied_on=None),
            ),
            models.CheckConstraint(
                name="assignment_settled_has_time",
                condition=(Q(state="settled") & ~Q(settled_at=None)) | (~Q(state="settled") & Q(settled_at=None)),
            ),
            models.CheckConstraint(
                name="assignment_withdrawn_has_time",
                condition=(Q(state="withdrawn") & ~Q(withdrawn_at=None))
                | (~Q(state="withdrawn") & Q(withdrawn_at=None)),
            ),
        ]

    def __str__(self) -> str:
        return self.task[:80]

    @property
    def state_tone(self) -> str:
        return ASSIGNMENT_TONES[self.state]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_ASSIGNMENT_STATES

    @property
    def is_paused(self) -> bool:
        return self.is_open and self.paused_on is not None

    def rule_count(self) -> Count | None:
        """How the rule's own day was counted."""
        return Count.from_json(self.working_out) if self.working_out else None

    def worked_answer(self) -> list[str]:
        """How the present due day came about, as sentences: the limit, each pause, and a date set by hand."""
        if not self.working_out:
            return []
        answers = [self.rule_count()]
        answers += [Resumption.from_json(one) for one in self.working_out.get("resumptions", [])]
        lines = [line for answer in answers for line in as_of_now(answer).lines()]
        if self.due_on != answers[-1].due_on:
            because = f" ({self.due_reason.rstrip('.')})" if self.due_reason else ""
            lines.append(f"Thời hạn đang áp dụng: hết {long_date(self.due_on)}{because}.")
        return lines


class ProgressNote(models.Model):
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="progress_notes")
    text = models.TextField(_("progress"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "pk"]


class Verdict(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")


class RequestForMoreTime(models.Model):
    """A later date asked for with a reason, and what was decided; base of the extensions of every app."""

    asked_until = models.DateField(_("new date asked for"))
    reason = models.TextField(_("reason"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    due_on_before = models.DateField()
    verdict = models.CharField(max_length=20, choices=Verdict, default=Verdict.WAITING)
    verdict_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    verdict_at = models.DateTimeField(null=True)
    remark = models.TextField(_("remark"), blank=True)

    class Meta:
        abstract = True
        ordering = ["asked_at", "pk"]


class Extension(RequestForMoreTime):
    """A department's request for a later date; granted or refused by the leader."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="extensions")

    class Meta(RequestForMoreTime.Meta):
        constraints = [
            models.UniqueConstraint("assignment", name="extension_waiting_once", condition=Q(verdict="waiting"))
        ]
