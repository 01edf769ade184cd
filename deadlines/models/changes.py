"""Proposed changes of the calendar and the rules, and every move of a deadline."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Locality
from deadlines.models.concerning import concerning
from deadlines.models.rules import Obligation


class ChangeKind(models.TextChoices):
    CALENDAR = "calendar", _("Working calendar")
    RULES = "rules", _("Regulations")


class ChangeState(models.TextChoices):
    PROPOSED = "proposed", _("Waiting for review")
    APPLIED = "applied", _("Applied")
    DISCARDED = "discarded", _("Discarded")


CHANGE_TRANSITIONS: dict[str, frozenset[str]] = {
    ChangeState.PROPOSED: frozenset({ChangeState.APPLIED, ChangeState.DISCARDED}),
    ChangeState.APPLIED: frozenset(),
    ChangeState.DISCARDED: frozenset(),
}


CHANGE_TONES = {
    ChangeState.PROPOSED: "warning",
    ChangeState.APPLIED: "success",
    ChangeState.DISCARDED: "neutral",
}


class ChangeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What changes for the places a person may see, and what they proposed themselves."""
        if user.scope.is_system_admin:
            return self
        return self.filter(Q(proposed_by=user) | Q(locality=None) | concerning(user, "locality__path"))

    def unfinished(self):
        """Applied, with deadlines that still have to be worked out again."""
        return self.filter(state=ChangeState.APPLIED, recomputed_at=None)


class Change(models.Model):
    """A proposed change of the calendar or the rules, reviewed before anything applies.

    ``operations`` are the calls that applying makes, as plain JSON (see ``deadlines.services.changes``). ``locality`` is
    the root of what it can touch; none stands for the whole country. ``moves_open`` says of a change of rules that the
    open meetings were to follow it: without it they keep what bound them. ``moved`` counts the deadlines it moved.
    """

    kind = models.CharField(_("kind"), max_length=20, choices=ChangeKind)
    state = models.CharField(_("state"), max_length=20, choices=ChangeState, default=ChangeState.PROPOSED)
    title = models.CharField(_("what changes"), max_length=300)
    operations = models.JSONField(default=list)
    file_name = models.CharField(_("file"), max_length=255, blank=True)
    locality = models.ForeignKey(
        Locality, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("only in")
    )
    moves_open = models.BooleanField(default=False)
    reason = models.TextField(_("reason"), blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    recomputed_at = models.DateTimeField(null=True)
    moved = models.PositiveIntegerField(default=0)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of calendar or rules")
        verbose_name_plural = _("changes of calendar and rules")
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="change_decided_has_person",
                condition=(Q(state="proposed") & Q(decided_at=None))
                | (~Q(state="proposed") & ~Q(decided_at=None) & ~Q(decided_by=None)),
            ),
            models.CheckConstraint(
                name="change_recomputed_only_when_applied", condition=Q(recomputed_at=None) | Q(state="applied")
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="change_unfinished", condition=Q(state="applied", recomputed_at=None))
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def state_tone(self) -> str:
        return CHANGE_TONES[self.state]

    def may_become(self, state: str) -> bool:
        return state in CHANGE_TRANSITIONS[self.state]


class MoveCause(models.TextChoices):
    CALENDAR = "calendar", _("Change of the calendar")
    RULES = "rules", _("Change of the rules")
    EXTENSION = "extension", _("Extension")
    PAUSE = "pause", _("Clock stopped and started again")
    PLAN = "plan", _("Another day of the meeting")


class Move(models.Model):
    """The ledger of moved deadlines: from which day to which, why and by whom. Rows are only ever added."""

    target_type = models.CharField(max_length=60)
    target_id = models.BigIntegerField()
    obligation = models.CharField(max_length=30, choices=Obligation)
    due_on_before = models.DateField(_("from"))
    due_on_after = models.DateField(_("to"))
    cause = models.CharField(_("cause"), max_length=20, choices=MoveCause)
    change = models.ForeignKey(Change, on_delete=models.PROTECT, null=True, related_name="moves")
    reason = models.CharField(_("reason"), max_length=400, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("moved deadline")
        verbose_name_plural = _("moved deadlines")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["target_type", "target_id"], name="move_of_target")]
        constraints = [
            # A recomputation that is run again writes each move once.
            models.UniqueConstraint("change", "target_type", "target_id", "obligation", name="move_once_a_change")
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
