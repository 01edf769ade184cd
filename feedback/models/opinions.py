"""What citizens said, and what became of it."""

import secrets
import uuid

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.scope import Scope
from accounts.text import fold
from meetings.models import Field, Meeting, visible_meetings

# Read out on the phone and typed on one: no 0/O, 1/I/L.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_tracking_code() -> str:
    """Ten letters and digits, 31^10 ≈ 8·10^14: not to be guessed."""
    return "".join(secrets.choice(CODE_ALPHABET) for _position in range(10))


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
        # By its name: assignments stand above opinions and import them.
        mine = apps.get_model("feedback", "Assignment").objects.given_to(scope.unit_ids)
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
