"""Reading for the pages: few queries, however many rows."""

from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Prefetch, Q
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from accounts.models import Unit
from audit.models import Event
from deadlines import clock
from feedback.models import (
    Assignment,
    AssignmentState,
    Extension,
    Opinion,
    OpinionState,
    ProgressNote,
    Reply,
    ReplyDocument,
    Resolution,
    Speech,
    SupervisionComment,
    past_due,
)
from meetings.models import Field, Meeting

NOT_IN_FORCE = [AssignmentState.WITHDRAWN, AssignmentState.RETURNED]


def _notes(model, **conditions):
    """Short texts of one record as JSON in the record's own query."""
    return ArraySubquery(
        model.objects.filter(**conditions)
        .order_by("at", "pk")
        .values(json=JSONObject(text=F("text"), author=F("author__full_name"), at=F("at")))
    )


def dated(notes: list[dict] | None) -> list[dict]:
    """The notes with their times as times of Vietnam again."""
    return [
        note | {"at": datetime.fromisoformat(note["at"]).astimezone(clock.VIETNAM) if note["at"] else None}
        for note in notes or []
    ]


def with_current_assignment(opinions):
    """Rows of a list with the assignment in force, one query for all."""
    in_force = Assignment.objects.exclude(state__in=NOT_IN_FORCE).select_related("lead_department").order_by("pk")
    return opinions.prefetch_related(Prefetch("assignments", queryset=in_force, to_attr="in_force"))


def one_opinion(opinions):
    """An opinion with what its page shows."""
    return opinions.select_related(
        "field__parent", "speech", "recorded_by", "meeting__host_unit", "meeting__locality", "transfer_slip"
    ).annotate(comments=_notes(SupervisionComment, opinion=OuterRef("pk")))


def one_assignment(assignments):
    """An assignment with its departments, notes, replies and requests: three queries."""
    asked = Extension.objects.select_related("asked_by", "verdict_by")
    documents = ArraySubquery(
        ReplyDocument.objects.filter(reply=OuterRef("pk"))
        .order_by("pk")
        .values(json=JSONObject(pk=F("pk"), name=F("original_name"), size=F("size")))
    )
    replies = Reply.objects.select_related("author").annotate(files=documents).order_by("-at", "-pk")
    return (
        assignments.select_related("lead_department", "assigned_by")
        .annotate(
            progress=_notes(ProgressNote, assignment=OuterRef("pk")),
            coordinating=ArrayAgg(
                "coordinating_departments__name",
                filter=~Q(coordinating_departments=None),
                distinct=True,
                default=[],
            ),
        )
        .prefetch_related(
            Prefetch("replies", queryset=replies, to_attr="all_replies"), Prefetch("extensions", queryset=asked)
        )
    )


def assignments_of(opinion: Opinion) -> list[Assignment]:
    """All of an opinion's assignments, the newest first, ready for the page."""
    found = list(one_assignment(Assignment.objects.filter(opinion=opinion)).order_by("-assigned_at", "-pk"))
    for assignment in found:
        assignment.opinion = opinion
        prepare(assignment)
    return found


def prepare(assignment: Assignment) -> Assignment:
    assignment.progress = dated(assignment.progress)
    assignment.waiting_reply = next((one for one in assignment.all_replies if one.verdict == "waiting"), None)
    assignment.waiting_extension = next((one for one in assignment.extensions.all() if one.verdict == "waiting"), None)
    assignment.lines = assignment.worked_answer()
    return assignment


def history_of(opinion: Opinion):
    return Event.objects.of(opinion).select_related("actor")


def same_matter(opinion: Opinion, user):
    """The earlier opinion it repeats and the later ones that repeat it, as far as the person may see them."""
    return (
        Opinion.objects.visible_to(user)
        .filter(Q(pk=opinion.same_matter_as_id) | Q(same_matter_as=opinion.pk))
        .select_related("meeting")
    )


def departments_for(meeting: Meeting):
    """Bodies that the host may give work to: those of its locality and below it, without itself."""
    host = meeting.host_unit
    return (
        Unit.objects.active(on=clock.today())
        .filter(Q(locality=host.locality_id) | Q(superior=host.pk))
        .exclude(pk=host.pk)
        .order_by("name", "pk")
    )


def earlier_opinions(opinion: Opinion, user):
    """The newest fifty opinions of the same locality and field that may be the same matter."""
    newest = (
        Opinion.objects.visible_to(user)
        .of_dialogue()
        .filter(meeting__locality=opinion.meeting.locality_id, field=opinion.field_id)
        .filter(meeting__planned_start__lt=opinion.meeting.planned_start)
        .exclude(pk=opinion.pk)
        .order_by("-meeting__planned_start", "number")
        .values("pk")[:50]
    )
    # A form field asks for one row of its choices, which a sliced query can't answer.
    return Opinion.objects.filter(Q(pk__in=newest) | Q(pk=opinion.same_matter_as_id)).select_related("meeting")


def plain_state(opinion: Opinion, assignment: Assignment | None = None) -> str:
    """The state in one sentence that a citizen would understand."""
    if opinion.state == OpinionState.TRANSFERRED:
        slip = getattr(opinion, "transfer_slip", None)
        return _("It was passed on to %(body)s on %(date)s.") % {
            "body": slip.transferred_to if slip else "—",
            "date": f"{slip.transferred_on:%d/%m/%Y}" if slip else "—",
        }
    if opinion.is_statutory:
        return _("It is a %(category)s and waits for its transfer slip to the competent body.") % {
            "category": opinion.get_category_display().lower()
        }
    if opinion.state == OpinionState.ASSIGNED and assignment is not None:
        values = {"unit": assignment.lead_department.name, "date": f"{assignment.due_on:%d/%m/%Y}"}
        if assignment.state == AssignmentState.REPLIED:
            return _("%(unit)s has replied; the host is checking the reply.") % values
        if assignment.is_paused:
            values["date"] = f"{assignment.paused_on:%d/%m/%Y}"
            return _("%(unit)s is handling it; the deadline has been paused since %(date)s.") % values
        return _("%(unit)s is handling it and has to reply by %(date)s.") % values
    if opinion.state in {OpinionState.ANSWERED, OpinionState.REPLIED}:
        values = {
            "date": f"{opinion.answered_on:%d/%m/%Y}",
            "resolution": opinion.get_resolution_display().lower(),
            "promised": f"{opinion.promised_on:%d/%m/%Y}" if opinion.promised_on else "",
        }
        if opinion.resolution == Resolution.UNDER_WAY:
            return _("It was replied to on %(date)s: under way, to be done by %(promised)s.") % values
        if opinion.state == OpinionState.ANSWERED:
            return _("It was answered at the meeting on %(date)s: %(resolution)s.") % values
        return _("It was replied to in writing on %(date)s: %(resolution)s.") % values
    return _("It has been recorded and waits for an answer or a department.")


@dataclass
class FieldGroup:
    """The opinions of a meeting in one top field."""

    name: str
    opinions: list = field(default_factory=list)


@dataclass
class MeetingOpinions:
    """A meeting's opinions grouped by top field, with what was counted."""

    groups: list[FieldGroup]
    opinions: int
    speeches: int
    by_state: list[tuple[str, str, int]]


def opinions_of(meeting: Meeting, user, **conditions) -> MeetingOpinions:
    rows = list(
        with_current_assignment(
            Opinion.objects.visible_to(user)
            .filter(meeting=meeting, **conditions)
            .select_related("field__parent", "speech")
            .order_by("number")
        )
    )
    groups: dict[int, FieldGroup] = {}
    for row in sorted(rows, key=lambda row: (_top(row.field).position, _top(row.field).name, row.number)):
        row.meeting = meeting
        groups.setdefault(_top(row.field).pk, FieldGroup(_top(row.field).name)).opinions.append(row)
    states = [(value, label, sum(row.state == value for row in rows)) for value, label in OpinionState.choices]
    return MeetingOpinions(
        groups=list(groups.values()),
        opinions=len(rows),
        speeches=len({row.speech_id for row in rows if not row.speech.is_advance}),
        by_state=[state for state in states if state[2]],
    )


def _top(one: Field) -> Field:
    return one.parent or one


def heard(meeting: Meeting, user):
    """People already heard at the meeting; who made a denunciation is named to nobody but its receiver."""
    return (
        Speech.objects.filter(meeting=meeting, opinions__in=Opinion.objects.visible_to(user).order_by())
        .exclude(speaker="")
        .order_by()
        .values_list("speaker", flat=True)
        .distinct()
    )


def previous_meeting(meeting: Meeting, user) -> Meeting | None:
    """The last meeting held in the same locality before this one."""
    return (
        Meeting.objects.visible_to(user)
        .filter(locality=meeting.locality_id, planned_start__lt=meeting.planned_start)
        .exclude(held_on=None)
        .exclude(pk=meeting.pk)
        .order_by("-held_on", "-pk")
        .first()
    )


def outcomes_of(meeting: Meeting, user) -> list[tuple[str, str, list[Opinion]]]:
    """(tone, heading, opinions) of what became of a meeting's opinions; complaints are counted apart and not listed."""
    rows = list(
        with_current_assignment(
            Opinion.objects.visible_to(user)
            .of_dialogue()
            .filter(meeting=meeting)
            .select_related("field")
            .order_by("number")
        )
    )
    for row in rows:
        row.meeting = meeting
        row.sentence = plain_state(row, row.in_force[-1] if row.in_force else None)
    answered = [row for row in rows if row.state in {OpinionState.ANSWERED, OpinionState.REPLIED}]
    tones = {Resolution.DONE: "success", Resolution.UNDER_WAY: "info", Resolution.NO_RESOURCES: "warning"}
    groups = [
        (tones.get(value, "neutral"), str(label), [row for row in answered if row.resolution == value])
        for value, label in Resolution.choices
    ]
    groups.append(("warning", _("Still pending"), [row for row in rows if row.state in {"recorded", "assigned"}]))
    groups.append(("neutral", _("Passed on"), [row for row in rows if row.state == OpinionState.TRANSFERRED]))
    return [group for group in groups if group[2]]


def inbox_counts(assignments) -> dict[str, int]:
    """How many wait, are being checked, are settled, and are late: one query."""
    return assignments.order_by().aggregate(
        open=Count("pk", filter=Q(state__in=["sent", "accepted"])),
        new=Count("pk", filter=Q(state="sent")),
        waiting=Count("pk", filter=Q(state="replied")),
        settled=Count("pk", filter=Q(state="settled")),
        overdue=Count("pk", filter=Q(past_due(clock.today()), state__in=["sent", "accepted"])),
    )
