"""What citizens said, which department must act, what it answered."""

import secrets
import uuid
from datetime import date

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, Unit
from accounts.scope import Scope
from accounts.text import fold
from meetings.models import Field, Meeting, StoredFile, visible_meetings

# Read out on the phone and typed on one: no 0/O, 1/I/L.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_tracking_code() -> str:
    """Ten letters and digits, 31^10 ≈ 8·10^14: not to be guessed."""
    return "".join(secrets.choice(CODE_ALPHABET) for _position in range(10))


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


class Speech(models.Model):
    """One person speaking; it may hold several opinions. Without consent nothing of the person is ever public."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="speeches")
    position = models.PositiveSmallIntegerField()
    speaker = models.CharField(_("speaker"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    represents = models.CharField(_("speaks for"), max_length=200, blank=True)
    # Three answers: asked and agreed, asked and refused, not asked. Silence is not consent.
    consents_to_publication = models.BooleanField(_("agrees to have the name published"), null=True, blank=True)
    is_advance = models.BooleanField(_("sent in before the meeting"), default=False)

    class Meta:
        verbose_name = _("speech")
        verbose_name_plural = _("speeches")
        ordering = ["position", "pk"]
        indexes = [models.Index(fields=["meeting", "is_advance"], name="speech_of_meeting")]

    def __str__(self) -> str:
        return self.speaker or str(_("Unnamed speaker"))


class Category(models.TextChoices):
    SUGGESTION = "suggestion", _("Suggestion")
    PETITION = "petition", _("Petition")
    FEEDBACK = "feedback", _("Feedback")
    COMPLAINT = "complaint", _("Complaint")
    DENUNCIATION = "denunciation", _("Denunciation")


# Not settled as dialogue opinions: they leave by a transfer slip into the statutory procedure.
STATUTORY_CATEGORIES = frozenset({Category.COMPLAINT, Category.DENUNCIATION})


class Competence(models.TextChoices):
    OWN = "own", _("Own competence")
    SUPERIOR = "superior", _("Competence of a superior level")


class OpinionState(models.TextChoices):
    RECORDED = "recorded", _("Recorded")
    ANSWERED = "answered", _("Answered at the meeting")
    ASSIGNED = "assigned", _("Assigned to a department")
    REPLIED = "replied", _("Replied to in writing")
    TRANSFERRED = "transferred", _("Transferred to the competent body")


OPINION_TRANSITIONS: dict[str, frozenset[str]] = {
    OpinionState.RECORDED: frozenset({OpinionState.ANSWERED, OpinionState.ASSIGNED, OpinionState.TRANSFERRED}),
    OpinionState.ANSWERED: frozenset({OpinionState.RECORDED, OpinionState.ASSIGNED}),
    OpinionState.ASSIGNED: frozenset({OpinionState.REPLIED, OpinionState.RECORDED, OpinionState.TRANSFERRED}),
    OpinionState.REPLIED: frozenset(),
    OpinionState.TRANSFERRED: frozenset(),
}

OPINION_TONES = {
    OpinionState.RECORDED: "warning",
    OpinionState.ANSWERED: "success",
    OpinionState.ASSIGNED: "info",
    OpinionState.REPLIED: "success",
    OpinionState.TRANSFERRED: "neutral",
}


class Resolution(models.TextChoices):
    """How a matter ended; never one "resolved %" that mixes them."""

    DONE = "done", _("Done")
    UNDER_WAY = "under_way", _("Under way, with a date")
    EXPLAINED = "explained", _("Explained only")
    NO_RESOURCES = "no_resources", _("No resources now")
    BEYOND_AUTHORITY = "beyond_authority", _("Beyond authority, transferred")


class OpinionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Opinions of visible meetings, and those a person's department leads or coordinates.

        A denunciation is visible only to the person who received it, and, by transfer slip, to nobody else here. A
        complaint is visible to those who run or oversee the meeting, not to department officers.
        """
        scope = user.scope
        if scope.is_system_admin:
            return self.filter(~Q(category=Category.DENUNCIATION) | Q(recorded_by=user))
        mine = Assignment.objects.filter(
            Q(lead_department__in=scope.unit_ids) | Q(coordinating_departments__in=scope.unit_ids)
        ).exclude(state=AssignmentState.WITHDRAWN)
        place = visible_meetings(scope, "meeting__") | Q(pk__in=mine.values("opinion"))
        of_hosts = visible_meetings(Scope([m for m in scope.memberships if m.role != Role.OFFICER]), "meeting__")
        return self.filter(place).filter(
            ~Q(category__in=STATUTORY_CATEGORIES)
            | (Q(category=Category.COMPLAINT) & of_hosts)
            | Q(category__in=STATUTORY_CATEGORIES, recorded_by=user)
        )

    def published(self):
        """What a citizen may follow by its code: opinions of held meetings, except complaints and denunciations."""
        return self.exclude(category__in=STATUTORY_CATEGORIES).exclude(meeting__held_on=None)

    def of_dialogue(self):
        """Opinions that count as such; complaints and denunciations are counted apart."""
        return self.exclude(category__in=STATUTORY_CATEGORIES)

    def pending(self):
        return self.filter(state__in=[OpinionState.RECORDED, OpinionState.ASSIGNED])

    def matching(self, text: str):
        found = self
        for word in fold(text).split():
            found = found.filter(search__folded__contains=word)
        return found


class Opinion(models.Model):
    """One matter raised in a speech.

    ``client_key`` is made by the entry form, so that the same row sent twice (double click, lost connection) is saved
    once. ``public_summary`` is the redacted text for the portal; empty means that only code, field and area show.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="opinions")
    speech = models.ForeignKey(Speech, on_delete=models.PROTECT, related_name="opinions")
    number = models.PositiveSmallIntegerField(_("number"))
    category = models.CharField(_("category"), max_length=20, choices=Category, default=Category.PETITION)
    field = models.ForeignKey(Field, on_delete=models.PROTECT, related_name="opinions", verbose_name=_("field"))
    competence = models.CharField(_("competence"), max_length=20, choices=Competence, default=Competence.OWN)
    text = models.TextField(_("opinion"))
    public_summary = models.TextField(_("summary for the public, without personal data"), blank=True)
    is_advance = models.BooleanField(_("sent in before the meeting"), default=False)
    same_matter_as = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="raised_again",
        verbose_name=_("same matter as"),
    )
    state = models.CharField(_("state"), max_length=20, choices=OpinionState, default=OpinionState.RECORDED)
    answer = models.TextField(_("answer given"), blank=True)
    answered_by = models.CharField(_("answered by"), max_length=200, blank=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    resolution = models.CharField(_("resolution"), max_length=20, choices=Resolution, blank=True)
    promised_on = models.DateField(_("promised date"), null=True, blank=True)
    tracking_code = models.CharField(max_length=10, unique=True, default=new_tracking_code, editable=False)
    client_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = OpinionQuerySet.as_manager()

    class Meta:
        verbose_name = _("opinion")
        verbose_name_plural = _("opinions")
        ordering = ["-meeting__planned_start", "meeting", "number"]
        indexes = [
            models.Index(fields=["meeting", "state"], name="opinion_of_meeting"),
            models.Index(fields=["field", "state"], name="opinion_by_field"),
        ]
        constraints = [
            models.UniqueConstraint("meeting", "number", name="opinion_number_once_a_meeting"),
            models.CheckConstraint(
                name="opinion_answered_has_day",
                condition=(Q(state__in=["answered", "replied"]) & ~Q(answered_on=None))
                | (~Q(state__in=["answered", "replied"]) & Q(answered_on=None)),
            ),
            models.CheckConstraint(
                name="opinion_statutory_is_not_settled_here",
                condition=~Q(category__in=["complaint", "denunciation"]) | Q(state__in=["recorded", "transferred"]),
            ),
            models.CheckConstraint(
                name="opinion_under_way_has_date", condition=~Q(resolution="under_way") | ~Q(promised_on=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.text[:80]}"

    @property
    def state_tone(self) -> str:
        return OPINION_TONES[self.state]

    @property
    def is_statutory(self) -> bool:
        return self.category in STATUTORY_CATEGORIES


class OpinionSearch(models.Model):
    """Folded text of the opinion in a side table, for search without diacritics. Never of a denunciation."""

    opinion = models.OneToOneField(Opinion, on_delete=models.CASCADE, primary_key=True, related_name="search")
    folded = models.TextField()

    class Meta:
        indexes = [GinIndex(name="opinion_search_trigram", fields=["folded"], opclasses=["gin_trgm_ops"])]


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

    def open(self):
        """Waiting for the department."""
        return self.filter(state__in=OPEN_ASSIGNMENT_STATES)

    def overdue(self, *, on: date):
        return self.open().filter(due_on__lt=on)


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


class Extension(models.Model):
    """A department's request for a later date; granted or refused by the leader."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="extensions")
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
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint("assignment", name="extension_waiting_once", condition=Q(verdict="waiting"))
        ]


class Reply(models.Model):
    """A department's reply; the clerk or leader accepts it or sends it back."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="replies")
    text = models.TextField(_("reply"))
    resolution = models.CharField(_("resolution"), max_length=20, choices=Resolution)
    promised_on = models.DateField(_("promised date"), null=True, blank=True)
    transferred_to = models.CharField(_("transferred to"), max_length=200, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    verdict = models.CharField(max_length=20, choices=Verdict, default=Verdict.WAITING)
    verdict_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    verdict_at = models.DateTimeField(null=True)
    remark = models.TextField(_("remark"), blank=True)

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint("assignment", name="reply_waiting_once", condition=Q(verdict="waiting")),
            models.CheckConstraint(
                name="reply_under_way_has_date", condition=~Q(resolution="under_way") | ~Q(promised_on=None)
            ),
            models.CheckConstraint(
                name="reply_beyond_authority_names_body",
                condition=~Q(resolution="beyond_authority") | ~Q(transferred_to=""),
            ),
        ]


class ReplyDocument(StoredFile):
    reply = models.ForeignKey(Reply, on_delete=models.PROTECT, related_name="documents")

    class Meta:
        ordering = ["pk"]


class TransferSlip(models.Model):
    """The slip (phiếu chuyển) by which a complaint, denunciation or matter beyond authority leaves."""

    opinion = models.OneToOneField(Opinion, on_delete=models.PROTECT, related_name="transfer_slip")
    transferred_to = models.CharField(_("competent body"), max_length=200)
    reason = models.TextField(_("ground for the transfer"))
    transferred_on = models.DateField()
    transferred_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("transfer slip")


class SupervisionComment(models.Model):
    """What a supervisor (Fatherland Front, Ban Dân vận) remarks about an opinion's handling."""

    opinion = models.ForeignKey(Opinion, on_delete=models.PROTECT, related_name="supervision_comments")
    text = models.TextField(_("comment"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "pk"]
