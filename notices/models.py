"""The conclusion notice: drafted from the meeting, approved, numbered, issued, published."""

import secrets
from functools import reduce
from operator import or_

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Regime, Role, Unit
from feedback.models import CODE_ALPHABET, Assignment, RequestForMoreTime, Verdict
from meetings.models import Field, Meeting


def new_verification_code() -> str:
    """Twelve letters and digits, 31^12 ≈ 8·10^17: guessing is hopeless."""
    return "".join(secrets.choice(CODE_ALPHABET) for _position in range(12))


class DocumentType(models.TextChoices):
    CONCLUSION_NOTICE = "TB", _("Conclusion notice")


class Register(models.Model):
    """The outgoing register's last number for a unit, document type and period.

    The period is the calendar year for State documents (Nghị định 30/2020/NĐ-CP) and the committee's term for Party
    documents. Its row is locked while a number is taken, so numbers have no gap and no repeat.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="registers")
    document_type = models.CharField(max_length=10, choices=DocumentType)
    period = models.CharField(max_length=20)
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint("unit", "document_type", "period", name="register_once_a_period")]


class NoticeState(models.TextChoices):
    DRAFT = "draft", _("Being drafted")
    SUBMITTED = "submitted", _("Waiting for approval")
    RETURNED = "returned", _("Returned with remarks")
    APPROVED = "approved", _("Approved, not yet issued")
    ISSUED = "issued", _("Issued")
    PUBLISHED = "published", _("Published")


NOTICE_TRANSITIONS: dict[str, frozenset[str]] = {
    NoticeState.DRAFT: frozenset({NoticeState.SUBMITTED}),
    NoticeState.SUBMITTED: frozenset({NoticeState.APPROVED, NoticeState.RETURNED}),
    NoticeState.RETURNED: frozenset({NoticeState.SUBMITTED}),
    NoticeState.APPROVED: frozenset({NoticeState.ISSUED, NoticeState.RETURNED}),
    NoticeState.ISSUED: frozenset({NoticeState.PUBLISHED}),
    NoticeState.PUBLISHED: frozenset(),
}

NOTICE_TONES = {
    NoticeState.DRAFT: "neutral",
    NoticeState.SUBMITTED: "warning",
    NoticeState.RETURNED: "warning",
    NoticeState.APPROVED: "info",
    NoticeState.ISSUED: "info",
    NoticeState.PUBLISHED: "success",
}

EDITABLE_STATES = (NoticeState.DRAFT, NoticeState.RETURNED)


# What an issued notice says; the trigger below refuses any change of it.
FROZEN_FIELDS = (
    "meeting",
    "unit",
    "regime",
    "subject",
    "opening",
    "assessment",
    "closing",
    "recipients",
    "place",
    "signing_authority",
    "signer_title",
    "signer_name",
    "due_on",
    "number",
    "period",
    "document_code",
    "issued_on",
    "issued_by",
    "days_late",
    "verification_code",
)


def _any_differs(fields: tuple[str, ...]) -> pgtrigger.Q:
    return reduce(or_, (pgtrigger.Q(**{f"old__{name}__df": pgtrigger.F(f"new__{name}")}) for name in fields))


class PartsAreFrozen(pgtrigger.Trigger):
    """Conclusions and tasks of an issued notice are neither added nor changed nor removed."""

    name = "parts_are_frozen"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    func = """
        IF EXISTS (
            SELECT 1 FROM notices_notice
            WHERE id IN (OLD.notice_id, NEW.notice_id) AND state IN ('issued', 'published')
        ) THEN
            RAISE EXCEPTION 'The notice is issued: its text is frozen.';
        END IF;
        RETURN COALESCE(NEW, OLD);
    """


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(meeting__in=Meeting.objects.visible_to(user))

    def published(self):
        return self.filter(state=NoticeState.PUBLISHED)

    def issued(self):
        return self.filter(state__in=[NoticeState.ISSUED, NoticeState.PUBLISHED])


class Notice(models.Model):
    """A conclusion notice (thông báo kết luận).

    ``days_late`` is the number of working days (0 = on time) between the day it was due and the day it was issued,
    fixed at issue. After issue neither text nor PDF change: a database trigger refuses it.
    """

    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="notice")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="notices", verbose_name=_("issuing unit"))
    regime = models.CharField(_("layout"), max_length=10, choices=Regime)
    state = models.CharField(_("state"), max_length=20, choices=NoticeState, default=NoticeState.DRAFT)
    subject = models.CharField(_("subject (trích yếu)"), max_length=500)
    opening = models.TextField(_("opening"), blank=True)
    assessment = models.TextField(_("general assessment"), blank=True)
    closing = models.TextField(_("carrying out and reporting"), blank=True)
    recipients = models.TextField(_("recipients (nơi nhận), one a line"), blank=True)
    place = models.CharField(_("place named in the document"), max_length=100, blank=True)
    signing_authority = models.CharField(_("signing authority"), max_length=100, blank=True)
    signer_title = models.CharField(_("title of the signer"), max_length=150, blank=True)
    signer_name = models.CharField(_("name of the signer"), max_length=150, blank=True)

    due_on = models.DateField(_("due on"), null=True, blank=True)
    number = models.PositiveIntegerField(_("number"), null=True, blank=True)
    period = models.CharField(max_length=20, blank=True)
    document_code = models.CharField(_("number and code"), max_length=60, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    days_late = models.PositiveIntegerField(_("working days late"), null=True, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    verification_code = models.CharField(max_length=12, unique=True, default=new_verification_code, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("conclusion notice")
        verbose_name_plural = _("conclusion notices")
        ordering = ["-issued_on", "-pk"]
        indexes = [models.Index(fields=["-published_at"], name="notice_newest", condition=Q(state="published"))]
        constraints = [
            models.UniqueConstraint("unit", "period", "number", name="notice_number_once", condition=~Q(number=None)),
            models.CheckConstraint(
                name="notice_issued_is_complete",
                condition=(
                    Q(state__in=["issued", "published"])
                    & ~Q(number=None)
                    & ~Q(issued_on=None)
                    & ~Q(days_late=None)
                    & ~Q(document_code="")
                )
                | (~Q(state__in=["issued", "published"]) & Q(number=None) & Q(issued_on=None) & Q(days_late=None)),
            ),
            models.CheckConstraint(
                name="notice_published_has_time",
                condition=(Q(state="published") & ~Q(published_at=None))
                | (~Q(state="published") & Q(published_at=None)),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="issued_text_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["issued", "published"]) & _any_differs(FROZEN_FIELDS),
            ),
            pgtrigger.Protect(
                name="issued_is_never_deleted",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__state__in=["issued", "published"]),
            ),
        ]

    def __str__(self) -> str:
        return self.document_code or self.subject

    @property
    def state_tone(self) -> str:
        return NOTICE_TONES[self.state]

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE_STATES

    @property
    def deadline(self):
        """What it was due on, once issued; before that what it is due on now, extensions included."""
        return self.due_on if self.is_issued else self.meeting.conclusion_due_on

    @property
    def is_issued(self) -> bool:
        return self.state in {NoticeState.ISSUED, NoticeState.PUBLISHED}

    def may_become(self, state: str) -> bool:
        return state in NOTICE_TRANSITIONS[self.state]


class Conclusion(models.Model):
    """The conclusion about one field's opinions."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="conclusions")
    position = models.PositiveSmallIntegerField(default=1)
    field = models.ForeignKey(Field, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("field"))
    text = models.TextField(_("conclusion"))

    class Meta:
        ordering = ["position", "pk"]
        triggers = [PartsAreFrozen()]


class NoticeTask(models.Model):
    """One row of the task table: task, lead department, coordinating departments, deadline."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="tasks")
    position = models.PositiveSmallIntegerField(default=1)
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, null=True, related_name="+")
    task = models.TextField(_("task"))
    lead_department = models.CharField(_("lead department"), max_length=200)
    coordinating_departments = models.CharField(_("coordinating departments"), max_length=500, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        triggers = [PartsAreFrozen()]


class NoticeRemark(models.Model):
    """What the leader remarks when returning a draft."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="remarks")
    text = models.TextField(_("remark"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]


class IssuedDocument(models.Model):
    """The frozen PDF of an issued notice, with the SHA-256 that the public page verifies."""

    notice = models.OneToOneField(Notice, on_delete=models.PROTECT, related_name="document")
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        triggers = [pgtrigger.Protect(name="frozen", operation=pgtrigger.Update | pgtrigger.Delete)]


class Channel(models.TextChoices):
    PORTAL = "portal", _("Portal")
    HEADQUARTERS = "headquarters", _("Posted at headquarters")
    VILLAGE_HEADS = "village_heads", _("Sent to village heads")
    MEDIA = "media", _("Local media")
    EMAIL = "email", _("E-mail to participants")


class Publication(models.Model):
    """The publication ledger: where and when the notice was made public, and by whom."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="publications")
    channel = models.CharField(_("channel"), max_length=20, choices=Channel)
    on = models.DateField(_("on"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["on", "pk"]
        constraints = [models.UniqueConstraint("notice", "channel", "on", name="publication_once_a_day")]


# How far above the host a unit may stand that decides about its deadline: commune, district, province, country.
LEVELS_ABOVE = 3


def _has_a_leader(unit: str, on) -> models.Exists:
    leaders = Membership.objects.current(on=on).filter(role=Role.LEADER, user__is_active=True)
    return models.Exists(leaders.filter(unit=models.OuterRef(unit)))


class NoticeExtensionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(meeting__in=Meeting.objects.visible_to(user))

    def waiting(self):
        """Not decided, of a notice that has not been issued meanwhile."""
        return self.filter(verdict=Verdict.WAITING, meeting__concluded_on=None)

    def to_decide_by(self, user, *, on):
        """Those that the person's units decide: theirs is the nearest unit above the host that has a leader.

        The same as ``policies.deciding_unit``, as a condition: with it the list of work stays one statement.
        """
        led = user.scope.unit_ids_as(Role.LEADER)
        units = ["meeting__host_unit" + "__superior" * level for level in range(1, LEVELS_ABOVE + 1)]
        mine, passed = Q(pk__in=[]), Q()
        for unit in units:
            mine |= passed & Q(**{f"{unit}__in": led})
            passed &= ~Q(_has_a_leader(unit, on))
        mine |= passed & Q(meeting__host_unit__in=led)
        return self.waiting().filter(mine).exclude(asked_by=user)


class NoticeExtension(RequestForMoreTime):
    """The host's request for more time for its conclusion notice, where the rule provides for one."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="notice_extensions")

    objects = NoticeExtensionQuerySet.as_manager()

    class Meta(RequestForMoreTime.Meta):
        verbose_name = _("extension of a conclusion notice")
        verbose_name_plural = _("extensions of conclusion notices")
        constraints = [
            models.UniqueConstraint("meeting", name="notice_extension_waiting_once", condition=Q(verdict="waiting")),
            models.CheckConstraint(
                name="notice_extension_lies_later", condition=Q(asked_until__gt=models.F("due_on_before"))
            ),
        ]


class ProgressPost(models.Model):
    """What the host says of a late conclusion notice, with a new promised date; required every five working days."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="progress_posts")
    text = models.TextField(_("why it is late and what is being done"))
    promised_on = models.DateField(_("new promised date"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    posted_on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("progress of a late notice")
        verbose_name_plural = _("progress of late notices")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="progress_promise_lies_ahead", condition=Q(promised_on__gte=models.F("posted_on"))
            )
        ]
