"""Dialogue meetings: who meets whom, when, about what, and what is left of it on paper."""

import uuid
from datetime import date, datetime
from pathlib import PurePosixPath

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Level, Locality, Unit
from accounts.scope import Scope
from accounts.text import fold
from deadlines.clock import VIETNAM
from deadlines.models import MeetingType, Obligation, Quantity, Rule


class Field(models.Model):
    """A field (lĩnh vực) of public life, in two levels: the five of the reports on top, sub-fields beneath."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="sub_fields", verbose_name=_("within")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("field")
        verbose_name_plural = _("fields")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Mode(models.TextChoices):
    IN_PERSON = "in_person", _("In person")
    ONLINE = "online", _("Online")
    HYBRID = "hybrid", _("Hybrid")


class MeetingState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    ANNOUNCED = "announced", _("Announced")
    POSTPONED = "postponed", _("Postponed")
    CANCELLED = "cancelled", _("Cancelled")
    HELD = "held", _("Held")
    CLOSED = "closed", _("Closed")


# From a state, the states that a service may lead to. Conclusion and publication are dates beside it.
TRANSITIONS: dict[str, frozenset[str]] = {
    MeetingState.PLANNED: frozenset(
        {MeetingState.ANNOUNCED, MeetingState.POSTPONED, MeetingState.CANCELLED, MeetingState.HELD}
    ),
    MeetingState.ANNOUNCED: frozenset({MeetingState.POSTPONED, MeetingState.CANCELLED, MeetingState.HELD}),
    MeetingState.POSTPONED: frozenset({MeetingState.ANNOUNCED, MeetingState.PLANNED, MeetingState.CANCELLED}),
    MeetingState.HELD: frozenset({MeetingState.CLOSED}),
    MeetingState.CLOSED: frozenset(),
    MeetingState.CANCELLED: frozenset(),
}

STATE_TONES = {
    MeetingState.PLANNED: "neutral",
    MeetingState.ANNOUNCED: "info",
    MeetingState.POSTPONED: "warning",
    MeetingState.CANCELLED: "neutral",
    MeetingState.HELD: "info",
    MeetingState.CLOSED: "success",
}


class AudienceGroup(models.TextChoices):
    RESIDENTS = "residents", _("Residents")
    PARTY_MEMBERS = "party_members", _("Party members")
    FRONT_AND_ORGANISATIONS = "front_and_organisations", _("Front and organisations")
    OFFICIALS = "officials", _("Officials and civil servants")
    RESIDENTIAL_LEADERS = "residential_leaders", _("Residential area leaders")
    BUSINESSES = "businesses", _("Businesses and cooperatives")
    WORKERS = "workers", _("Workers")
    WOMEN = "women", _("Women")
    YOUTH = "youth", _("Youth")
    VETERANS = "veterans", _("Veterans and the elderly")
    TEACHERS_PARENTS = "teachers_parents", _("Teachers, parents and pupils")
    OTHERS = "others", _("Others")


def visible_meetings(scope: Scope, lookup: str = "") -> Q:
    """Hosted or co-hosted by one of the scope's units, or in its part of the tree.

    ``lookup`` leads to the meeting (``"meeting__"``): a condition on the joined meeting lets PostgreSQL walk an index
    where a subquery of all visible meetings would be worked out first.
    """
    cohosted = Meeting.cohost_units.through.objects.filter(unit__in=scope.unit_ids).values("meeting")
    return (
        Q(**{f"{lookup}host_unit__in": scope.unit_ids})
        | Q(**{f"{lookup}pk__in": cohosted})
        | scope.locality_condition(f"{lookup}locality__path")
    )


class MeetingQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.scope.is_system_admin else self.filter(visible_meetings(user.scope))

    def published(self):
        """What a citizen may see: announced to the public and not withdrawn."""
        return self.exclude(announced_on=None)

    def awaiting_announcement(self, *, now: datetime):
        """Still to come and to be announced: a plan, or a postponed meeting that has its new time."""
        has_a_time = Q(state=MeetingState.PLANNED) | Q(state=MeetingState.POSTPONED) & ~Q(
            previous_start=F("planned_start")
        )
        return self.filter(has_a_time, planned_start__gt=now)

    def awaiting_conclusion(self):
        """Held meetings whose conclusion notice has not been issued."""
        return self.filter(state=MeetingState.HELD, concluded_on=None)

    def overdue(self, *, on: date):
        """Held, not concluded, and past the day on which the conclusion notice was due."""
        return self.awaiting_conclusion().filter(conclusion_due_on__lt=on)

    def matching(self, text: str):
        """Every word found in topic, place, locality or host, with or without diacritics."""
        found = self
        for word in fold(text).split():
            found = found.filter(search__folded__contains=word)
        return found


class Meeting(models.Model):
    """A dialogue meeting, from the plan to the closing.

    ``conclusion_due_on`` and ``publication_due_on`` are the earliest of the deadlines snapshotted in ``deadlines`` when
    the meeting was held, or what an extension or a change of the calendar has since made of them;
    ``concluded_on`` with ``conclusion_days_late``, and ``published_on``, are written by the services that issue and publish
    the conclusion notice.
    """

    topic = models.CharField(_("topic"), max_length=300)
    meeting_type = models.CharField(_("type"), max_length=30, choices=MeetingType, default=MeetingType.PERIODIC)
    mode = models.CharField(_("mode"), max_length=20, choices=Mode, default=Mode.IN_PERSON)
    level = models.CharField(_("level"), max_length=20, choices=Level, default=Level.COMMUNE)
    state = models.CharField(_("state"), max_length=20, choices=MeetingState, default=MeetingState.PLANNED)

    host_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="hosted_meetings", verbose_name=_("host unit")
    )
    cohost_units = models.ManyToManyField(
        Unit, blank=True, related_name="cohosted_meetings", verbose_name=_("co-host units")
    )
    locality = models.ForeignKey(
        Locality, on_delete=models.PROTECT, related_name="meetings", verbose_name=_("locality")
    )
    covered_localities = models.ManyToManyField(
        Locality, blank=True, related_name="covered_by_meetings", verbose_name=_("localities covered")
    )
    fields = models.ManyToManyField(Field, blank=True, related_name="meetings", verbose_name=_("fields to discuss"))
    audience_groups = models.JSONField(_("audience groups"), default=list, blank=True)

    chair = models.CharField(_("chair"), max_length=200)
    co_chairs = models.CharField(_("co-chairs"), max_length=400, blank=True)
    secretary = models.CharField(_("secretary"), max_length=200, blank=True)
    standing_member = models.CharField(_("standing committee member attending"), max_length=200, blank=True)
    is_standing_member_confirmed = models.BooleanField(_("attendance confirmed"), default=False)

    place = models.CharField(_("place"), max_length=300, blank=True)
    online_address = models.URLField(_("online address"), blank=True)
    planned_start = models.DateTimeField(_("planned start"))
    planned_end = models.DateTimeField(_("planned end"))
    actual_start = models.DateTimeField(_("actual start"), null=True, blank=True)
    actual_end = models.DateTimeField(_("actual end"), null=True, blank=True)
    expected_attendance = models.PositiveIntegerField(_("expected attendance"), null=True, blank=True)

    announced_on = models.DateField(_("announced on"), null=True, blank=True)
    held_on = models.DateField(_("held on"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    change_reason = models.TextField(_("reason for postponing or cancelling"), blank=True)
    previous_start = models.DateTimeField(_("start before the postponement"), null=True, blank=True)

    conclusion_due_on = models.DateField(_("conclusion notice due on"), null=True, blank=True)
    concluded_on = models.DateField(_("conclusion notice issued on"), null=True, blank=True)
    # The notice's own, fixed at issue: a calendar that changes later makes nobody late, or in time, afterwards.
    conclusion_days_late = models.PositiveIntegerField(_("working days late"), null=True, blank=True, editable=False)
    published_on = models.DateField(_("conclusion notice published on"), null=True, blank=True)
    publication_due_on = models.DateField(_("publication of the results due on"), null=True, blank=True)
    # The days up to which everybody was reminded; each is forgotten when its due day moves.
    reminded_until = models.DateField(null=True, editable=False)
    publication_reminded_until = models.DateField(null=True, editable=False)
    announcement_reminded_until = models.DateField(null=True, editable=False)

    is_demonstration = models.BooleanField(default=False, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ["-planned_start", "-pk"]
        indexes = [
            models.Index(fields=["locality", "held_on"], name="meeting_by_place_and_day"),
            models.Index(fields=["host_unit", "-planned_start"], name="meeting_by_host"),
            models.Index(fields=["-planned_start", "-id"], name="meeting_newest"),
            models.Index(
                fields=["conclusion_due_on"], name="meeting_unconcluded", condition=Q(state="held", concluded_on=None)
            ),
            models.Index(
                fields=["publication_due_on"], name="meeting_unpublished", condition=Q(state="held", published_on=None)
            ),
        ]
        constraints = [
            models.CheckConstraint(name="meeting_ends_after_start", condition=Q(planned_end__gt=F("planned_start"))),
            models.CheckConstraint(
                name="meeting_actual_end_after_start",
                condition=Q(actual_end=None) | Q(actual_start=None) | Q(actual_end__gt=F("actual_start")),
            ),
            models.CheckConstraint(
                name="meeting_held_has_day",
                condition=(Q(state__in=["held", "closed"]) & ~Q(held_on=None))
                | (~Q(state__in=["held", "closed"]) & Q(held_on=None)),
            ),
            models.CheckConstraint(
                name="meeting_closed_has_time",
                condition=(Q(state="closed") & ~Q(closed_at=None)) | (~Q(state="closed") & Q(closed_at=None)),
            ),
            models.CheckConstraint(
                name="meeting_cancelled_has_time",
                condition=(Q(state="cancelled") & ~Q(cancelled_at=None))
                | (~Q(state="cancelled") & Q(cancelled_at=None)),
            ),
            models.CheckConstraint(
                name="meeting_concluded_only_when_held", condition=Q(concluded_on=None) | ~Q(held_on=None)
            ),
            models.CheckConstraint(
                name="meeting_late_only_when_concluded",
                condition=Q(conclusion_days_late=None) | ~Q(concluded_on=None),
            ),
            models.CheckConstraint(
                name="meeting_published_only_when_concluded", condition=Q(published_on=None) | ~Q(concluded_on=None)
            ),
        ]

    def __str__(self) -> str:
        return self.topic

    @property
    def state_tone(self) -> str:
        return STATE_TONES[self.state]

    @property
    def is_open(self) -> bool:
        """Whether its record may still be changed."""
        return self.state not in {MeetingState.CLOSED, MeetingState.CANCELLED}

    @property
    def is_held(self) -> bool:
        return self.held_on is not None

    @property
    def planned_day(self) -> date:
        """The local day of the plan."""
        return self.planned_start.astimezone(VIETNAM).date()

    @property
    def has_new_time(self) -> bool:
        """Whether a postponed meeting knows its new time already."""
        return self.previous_start is not None and self.previous_start != self.planned_start

    def may_become(self, state: str) -> bool:
        return state in TRANSITIONS[self.state]


class MeetingSearch(models.Model):
    """Folded text in a side table: in the row itself it would triple the table and slow every scan."""

    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, primary_key=True, related_name="search")
    folded = models.TextField()

    class Meta:
        indexes = [GinIndex(name="meeting_search_trigram", fields=["folded"], opclasses=["gin_trgm_ops"])]


class AgendaItem(models.Model):
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="agenda_items")
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    title = models.CharField(_("content"), max_length=300)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    speaker = models.CharField(_("speaker"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("agenda item")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title


class InvitationAnswer(models.TextChoices):
    WAITING = "waiting", _("No answer yet")
    ACCEPTED = "accepted", _("Will attend")
    DECLINED = "declined", _("Can't attend")


class Invitation(models.Model):
    """An invited unit, its answer, and the person it sends. A body outside the system has a name only."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="invitations")
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="invitations", verbose_name=_("unit")
    )
    name = models.CharField(_("name of the invited body or person"), max_length=200, blank=True)
    answer = models.CharField(_("answer"), max_length=20, choices=InvitationAnswer, default=InvitationAnswer.WAITING)
    person = models.CharField(_("person sent"), max_length=200, blank=True)
    position = models.CharField(_("position"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("invitation")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="invitation_names_somebody", condition=~Q(unit=None) | ~Q(name="")),
            models.UniqueConstraint("meeting", "unit", name="invitation_once_a_unit"),
        ]

    def __str__(self) -> str:
        return self.name or str(self.unit)


class Attendance(models.Model):
    """How many attended, by group; the meeting's attendance is the sum."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendance")
    group = models.CharField(_("group"), max_length=30, choices=AudienceGroup)
    number = models.PositiveIntegerField(_("number"))

    class Meta:
        verbose_name = _("attendance")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint("meeting", "group", name="attendance_once_a_group"),
            models.CheckConstraint(name="attendance_is_plausible", condition=Q(number__lte=100_000)),
        ]


class Minutes(models.Model):
    """The structured minutes (biên bản): opening, proceedings, closing."""

    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="minutes")
    opening = models.TextField(_("opening"), blank=True)
    proceedings = models.TextField(_("proceedings"), blank=True)
    closing = models.TextField(_("closing"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("minutes")
        verbose_name_plural = _("minutes")


class DeadlineSnapshot(models.Model):
    """What bound the meeting, kept as it was: later changes of rules or holidays never move it silently.

    ``working_out`` is the list of counted and skipped days (see ``deadlines.counting``).
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="deadlines")
    obligation = models.CharField(max_length=30, choices=Obligation)
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, null=True, related_name="snapshots")
    law = models.CharField(max_length=400)
    number = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=20, choices=Quantity)
    counted_from = models.DateField()
    due_on = models.DateField()
    working_out = models.JSONField(default=dict)
    # What the rule allowed: days of extension in all, counted as the limit is; None: it says nothing.
    extension_days = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint("meeting", "obligation", "rule", name="deadline_once_a_rule", nulls_distinct=False)
        ]

    @property
    def extended_due_on(self) -> date:
        """The day by which it has to be met: an extension of the conclusion notice moves each deadline before it."""
        if self.obligation != Obligation.CONCLUSION_NOTICE or self.meeting.conclusion_due_on is None:
            return self.due_on
        return max(self.due_on, self.meeting.conclusion_due_on)

    @property
    def days_late(self) -> int | None:
        """As fixed at issue, of the deadline that counted."""
        is_that = (
            self.obligation == Obligation.CONCLUSION_NOTICE and self.extended_due_on == self.meeting.conclusion_due_on
        )
        return self.meeting.conclusion_days_late if is_that else None


def attachment_path(attachment, filename: str) -> str:
    """A name that says nothing and can't be guessed; the original name stays in the row."""
    return f"attachments/{uuid.uuid4().hex}{PurePosixPath(filename).suffix.lower()[:10]}"


class StoredFile(models.Model):
    """An uploaded file, checked by content; base of the attachments of every app."""

    file = models.FileField(_("file"), upload_to=attachment_path)
    original_name = models.CharField(_("name"), max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.original_name


class Attachment(StoredFile):
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attachments")
    title = models.CharField(_("what it is"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("attachment")
        ordering = ["-uploaded_at", "-pk"]
