"""The deadlines of meetings that a change of the calendar or the rules can move."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import ClassVar

from django.db import transaction
from django.db.models import Count as Total
from django.db.models import Q
from django.urls import reverse

from accounts.models import Locality, Membership, Role, Unit, User
from audit.services import record
from deadlines import clock
from deadlines.counting import Count, long_date
from deadlines.models import Change, ChangeKind, Matter, Move, MoveCause, Obligation
from deadlines.open_deadlines import Described, PlannedMove
from deadlines.services import (
    as_of_now,
    calendar_memo,
    record_move,
    rule_memo,
    working_calendar,
    working_calendars,
)
from meetings.models import DeadlineSnapshot, Meeting, MeetingState
from meetings.recounting import DUE, Counts, Recount, recount
from meetings.services.announcing import announcement_limits

CHUNK = 500
NEEDED = (
    "topic", "state", "level", "meeting_type", "locality_id", "host_unit_id", "held_on", "conclusion_due_on",
    "publication_due_on", "concluded_on", "published_on",
)  # fmt: skip
WHAT = {
    Obligation.CONCLUSION_NOTICE: "Ban hành thông báo kết luận",
    Obligation.PUBLICATION: "Công khai kết quả",
    Obligation.ANNOUNCEMENT: "Thông báo trước hội nghị",
}
# Up to where everybody was reminded of it.
REMINDED = {
    Obligation.CONCLUSION_NOTICE: "reminded_until",
    Obligation.PUBLICATION: "publication_reminded_until",
    Obligation.ANNOUNCEMENT: "announcement_reminded_until",
}
DONE = {Obligation.CONCLUSION_NOTICE: "concluded_on", Obligation.PUBLICATION: "published_on"}
OBLIGATION_OF = {
    Matter.NOTICE: Obligation.CONCLUSION_NOTICE,
    Matter.PUBLICATION: Obligation.PUBLICATION,
    Matter.ANNOUNCEMENT: Obligation.ANNOUNCEMENT,
}


class Meetings:
    target_type = "meetings.meeting"
    matters = frozenset(OBLIGATION_OF)
    live_obligations = frozenset({Obligation.ANNOUNCEMENT})
    _obligations: ClassVar = (Obligation.CONCLUSION_NOTICE, Obligation.PUBLICATION)

    def moves(self, *, path: str, days: tuple[date, date] | None, follow_rules: bool) -> Iterator[PlannedMove]:
        for meetings in self._open(path, days):
            yield from self._moves_of(meetings, follow_rules=follow_rules)

    def reaching(self, *, user: User, day: date) -> int:
        notices = Q(concluded_on=None, conclusion_due_on__gte=day)
        results = Q(published_on=None, publication_due_on__gte=day)
        held = Meeting.objects.visible_to(user).filter(notices | results, state=MeetingState.HELD)
        return sum(held.order_by().aggregate(a=Total("pk", filter=notices), b=Total("pk", filter=results)).values())

    def _open(self, path: str, days: tuple[date, date] | None) -> Iterator[list[Meeting]]:
        """Held meetings with a deadline before them that can meet one of the days, some hundreds at a time."""
        found = Meeting.objects.filter(
            Q(concluded_on=None, conclusion_due_on__isnull=False)
            | Q(published_on=None, publication_due_on__isnull=False),
            state=MeetingState.HELD,
            locality__path__startswith=path,
        )
        if days is not None:
            counted = DeadlineSnapshot.objects.filter(counted_from__lt=days[1], due_on__gte=days[0])
            found = found.filter(pk__in=counted.values("meeting"))
        # One scan for all; the ids alone are small.
        ids = list(found.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), CHUNK):
            meetings = list(Meeting.objects.filter(pk__in=ids[start : start + CHUNK]).only(*NEEDED).order_by("pk"))
            _give_places_and_hosts(meetings)
            yield meetings

    def _moves_of(self, meetings: list[Meeting], *, follow_rules: bool) -> list[PlannedMove]:
        by_hand = _moved_by_hand(meeting.pk for meeting in meetings)
        snapshots = _snapshots(meetings)
        counts, url, moves = Counts(), _url(0), []
        with calendar_memo(), rule_memo():
            calendars = working_calendars([meeting.locality for meeting in meetings])
            for meeting in meetings:
                for obligation in self._obligations:
                    if getattr(meeting, DONE[obligation]) or (meeting.pk, obligation) in by_hand:
                        continue
                    kept = snapshots[meeting.pk, obligation]
                    calendar = calendars[meeting.locality.path]
                    found = recount(
                        meeting, obligation, kept, calendar=calendar, counts=counts, follow_rules=follow_rules
                    )
                    before = getattr(meeting, DUE[obligation])
                    if found is not None and (found.is_other or found.due_on != before):
                        moves.append(_planned(meeting, obligation, before, found.due_on, url))
        return moves

    @transaction.atomic
    def move(self, planned: PlannedMove, *, change: Change) -> Iterable[int]:
        meeting = (
            Meeting.objects.select_for_update(of=("self",))
            .select_related("locality", "host_unit")
            .get(pk=planned.target_id)
        )
        obligation = planned.obligation
        if obligation == Obligation.ANNOUNCEMENT:
            Meeting.objects.filter(pk=meeting.pk).update(announcement_reminded_until=None)
            return _people_of(meeting)
        follow_rules = change.kind == ChangeKind.RULES
        found = (
            None
            if self._is_settled(meeting, obligation, change)
            else self._recounted(meeting, obligation, follow_rules)
        )
        if found is None:
            return []
        if found.is_other:
            _keep(meeting, obligation, found.rows, replaces=follow_rules)
        before = getattr(meeting, DUE[obligation])
        if found.due_on == before:
            return []
        setattr(meeting, DUE[obligation], found.due_on)
        setattr(meeting, REMINDED[obligation], None)
        meeting.save(update_fields=[DUE[obligation], REMINDED[obligation], "updated_at"])
        _enter(meeting, obligation, before, found.due_on, change)
        return _people_of(meeting)

    def _is_settled(self, meeting: Meeting, obligation: str, change: Change) -> bool:
        """Done meanwhile, moved by a leader, or moved by this change already."""
        if meeting.state != MeetingState.HELD or getattr(meeting, DONE[obligation]):
            return True
        of_meeting = Move.objects.filter(target_type=self.target_type, target_id=meeting.pk, obligation=obligation)
        return of_meeting.filter(Q(change=change) | Q(cause__in=[MoveCause.EXTENSION, MoveCause.PAUSE])).exists()

    def _recounted(self, meeting: Meeting, obligation: str, follow_rules: bool) -> Recount | None:
        kept = list(meeting.deadlines.filter(obligation=obligation))
        calendar = working_calendar(meeting.locality)
        return recount(meeting, obligation, kept, calendar=calendar, counts=Counts(), follow_rules=follow_rules)

    def live(self, *, path: str, days: tuple[date, date] | None) -> dict[tuple[int, str], PlannedMove]:
        """The last day to announce each meeting that is still to come and was not announced, or not for its new day."""
        planned = list(
            Meeting.objects.awaiting_announcement(now=clock.now())
            .filter(locality__path__startswith=path)
            .order_by("pk")
        )
        found, url = {}, _url(0)
        _give_places_and_hosts(planned)
        working_calendars([meeting.locality for meeting in planned])
        with rule_memo():
            for meeting in planned:
                limits = announcement_limits(meeting)
                if limits:
                    due_on = limits[0].due_on
                    found[meeting.pk, Obligation.ANNOUNCEMENT] = _planned(
                        meeting, Obligation.ANNOUNCEMENT, due_on, due_on, url
                    )
        return found

    def described(self, *, obligation: str, ids: list[int]) -> dict[int, Described]:
        meetings = Meeting.objects.filter(pk__in=ids).select_related("host_unit").order_by("pk")
        people = _people([meeting.host_unit_id for meeting in meetings])
        return {
            meeting.pk: Described(
                _title(meeting, obligation),
                meeting.host_unit.name,
                _url(meeting.pk),
                tuple(people[meeting.host_unit_id]),
            )
            for meeting in meetings
        }

    def worked_answers(self, *, matter: str, ids: list[int]) -> dict[int, list[str]]:
        """Of several rules the strictest one's; where a leader moved the day, that day last."""
        if matter == Matter.ANNOUNCEMENT:
            return self._announcements(ids)
        obligation = OBLIGATION_OF[matter]
        answers = {}
        kept = DeadlineSnapshot.objects.filter(meeting__in=ids, obligation=obligation).select_related("meeting")
        for row in kept.order_by("due_on", "pk"):
            if row.meeting_id in answers or not row.working_out:
                continue
            lines = [f"Căn cứ: {row.law}.", *as_of_now(Count.from_json(row.working_out)).lines()]
            due_on = getattr(row.meeting, DUE[obligation])
            if due_on is not None and due_on != row.due_on:
                lines.append(f"Đã được dời; ngày đến hạn hiện nay: hết {long_date(due_on)}.")
            answers[row.meeting_id] = lines
        return answers

    def _announcements(self, ids: list[int]) -> dict[int, list[str]]:
        meetings = list(Meeting.objects.filter(pk__in=ids).select_related("locality").order_by("pk"))
        answers = {}
        with rule_memo():
            for meeting in meetings:
                limits = announcement_limits(meeting)
                if limits:
                    answers[meeting.pk] = [f"Căn cứ: {limits[0].law}.", *limits[0].count.lines()]
        return answers


def _planned(meeting: Meeting, obligation: str, before: date, after: date, url: str) -> PlannedMove:
    """``url`` is that of the meeting 0: to resolve one address twenty thousand times takes seconds."""
    return PlannedMove(
        target_type=Meetings.target_type,
        target_id=meeting.pk,
        obligation=str(obligation),
        title=_title(meeting, obligation),
        unit=meeting.host_unit.name,
        url=url.replace("/0/", f"/{meeting.pk}/"),
        due_on_before=before,
        due_on_after=after,
    )


def _title(meeting: Meeting, obligation: str) -> str:
    return f"{WHAT[obligation]}: {meeting.topic}"


def _url(pk: int) -> str:
    return reverse("meetings:detail", kwargs={"pk": pk})


def _give_places_and_hosts(meetings: Iterable[Meeting]) -> None:
    """The meetings of a place share one object of it, those of a unit one of that."""
    places = Locality.objects.in_bulk({meeting.locality_id for meeting in meetings})
    hosts = Unit.objects.in_bulk({meeting.host_unit_id for meeting in meetings})
    for meeting in meetings:
        meeting.locality, meeting.host_unit = places[meeting.locality_id], hosts[meeting.host_unit_id]


def _snapshots(meetings: list[Meeting]) -> dict[tuple[int, str], list[DeadlineSnapshot]]:
    kept = defaultdict(list)
    rows = DeadlineSnapshot.objects.filter(meeting__in=[meeting.pk for meeting in meetings])
    for row in rows.order_by("due_on", "pk"):
        kept[row.meeting_id, row.obligation].append(row)
    return kept


def _moved_by_hand(ids: Iterable[int]) -> set[tuple[int, str]]:
    moved = Move.objects.filter(
        target_type=Meetings.target_type, target_id__in=list(ids), cause__in=[MoveCause.EXTENSION, MoveCause.PAUSE]
    )
    return set(moved.order_by().values_list("target_id", "obligation"))


def _keep(meeting: Meeting, obligation: str, rows: list[DeadlineSnapshot], *, replaces: bool) -> None:
    """Writes the snapshots: counted again in their place, or another set where the rules were read anew."""
    if replaces:
        meeting.deadlines.filter(obligation=obligation).delete()
        DeadlineSnapshot.objects.bulk_create(rows)
    else:
        DeadlineSnapshot.objects.bulk_update(rows, ["due_on", "working_out"])


def _enter(meeting: Meeting, obligation: str, before: date, after: date, change: Change) -> None:
    record_move(
        target=meeting,
        obligation=obligation,
        due_on_before=before,
        due_on_after=after,
        cause=change.kind,
        change=change,
        reason=change.title,
        actor=change.decided_by,
    )
    what = WHAT[obligation][:1].lower() + WHAT[obligation][1:]
    record(
        actor=change.decided_by,
        verb="move_deadline",
        target=meeting,
        sentence=f"đã dời thời hạn {what} từ {before:%d/%m/%Y} sang {after:%d/%m/%Y} theo thay đổi: {change.title}",
        data={
            "change": change.pk,
            "obligation": str(obligation),
            "due_on": {"from": before.isoformat(), "to": after.isoformat()},
        },
    )


def _people(units: Iterable[int]) -> dict[int, list[int]]:
    """Clerks and leaders of the units today, by unit."""
    held = Membership.objects.current(on=clock.today()).filter(
        unit__in=list(units), role__in=[Role.CLERK, Role.LEADER], user__is_active=True
    )
    people = defaultdict(list)
    for unit, user in held.order_by("pk").values_list("unit", "user"):
        people[unit].append(user)
    return people


def _people_of(meeting: Meeting) -> list[int]:
    return _people([meeting.host_unit_id])[meeting.host_unit_id]
