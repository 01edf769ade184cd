"""A change of the calendar or the rules: shown with every open deadline it would move, then applied to each of them once."""

import random
from datetime import date, timedelta

import pytest
import time_machine

from accounts.errors import ServiceError, StaleVersion
from audit.models import Event
from deadlines.models import CalendarDay, Change, ChangeKind, ChangeState, Move, Reminder, ReminderKind, Rule
from deadlines.open_deadlines import source_of
from deadlines.services import (
    add_calendar_day,
    apply_change,
    common_root,
    deadlines_for,
    discard_change,
    edit_calendar_day,
    edit_rule,
    finish_unfinished,
    preview,
    propose_change,
    recompute_change,
    working_calendar,
)
from deadlines.services.changes import recomputing
from feedback.services import reply_deadline
from meetings.models import DeadlineSnapshot, Meeting
from meetings.services import mark_concluded, postpone_meeting
from tests.deadlines.access import make_day, make_regulation, make_rule
from tests.feedback.factories import make_assignment, make_opinion
from tests.meetings.factories import local, make_meeting

pytestmark = pytest.mark.django_db

# The Monday before Tết 2027: New Year's Eve is Friday the 5th of February.
NOW = "2027-02-01T02:00:00Z"
SWAP = {
    "op": "add_day",
    "day": "2027-02-12",
    "kind": "day_off",
    "name": "Nghỉ hoán đổi",
    "decision_number": "1/TB-BNV",
    "decision_date": "2027-01-20",
    "locality": None,
}


@pytest.fixture(autouse=True)
def _before_tet():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def rule(cast):
    """Ten working days, of the province."""
    return make_rule(make_regulation(cast.province, "935-QĐ/TU"))


@pytest.fixture
def meetings(cast, rule):
    """Three of the ward that wait for their conclusion."""
    days = (date(2027, 1, 27), date(2027, 1, 28), date(2027, 1, 29))
    return [make_meeting(cast, state="held", day=day, topic=f"Đối thoại {day:%d/%m}") for day in days]


@pytest.fixture
def beside(cast, rule):
    """One of the sibling ward."""
    return make_meeting(
        cast,
        state="held",
        day=date(2027, 1, 28),
        locality=cast.sibling_ward,
        host_unit=cast.sibling_committee,
        actor=cast.sibling_clerk,
        topic="Đối thoại ở phường bên",
    )


def propose(actor, *operations, locality=None, kind=ChangeKind.CALENDAR, title="Nghỉ hoán đổi Tết 2027"):
    return propose_change(kind=kind, operations=list(operations), title=title, locality=locality, proposed_by=actor)


def propose_seven_days(cast, rule):
    operation = {"op": "edit_rule", "pk": rule.pk, "version": rule.version, "number": 7}
    return propose(cast.system_admin, operation, locality=cast.province, kind=ChangeKind.RULES, title="10 còn 7 ngày")


def due_days(*meetings):
    return [Meeting.objects.get(pk=meeting.pk).conclusion_due_on for meeting in meetings]


def by_the_rules(meeting):
    found = deadlines_for(
        locality=meeting.locality,
        level=meeting.level,
        meeting_type=meeting.meeting_type,
        obligation="conclusion_notice",
        counted_from=meeting.held_on,
    )
    return found[0].due_on


def everything():
    """All rows that a change could touch."""
    models = (CalendarDay, Change, Move, Reminder, Rule, Event, Meeting, DeadlineSnapshot)
    return {model: list(model.objects.order_by("pk").values()) for model in models}


class TestPreview:
    def test_a_tet_swap_shows_each_open_meeting_from_which_day_to_which(self, cast, meetings, beside):
        before = due_days(*meetings)
        seen = preview(propose(cast.system_admin, SWAP))
        assert {move.target_id for move in seen.moves} == {meeting.pk for meeting in [*meetings, beside]}
        first = next(move for move in seen.moves if move.target_id == meetings[0].pk)
        assert first.due_on_before == before[0] == date(2027, 2, 17)
        assert first.due_on_after == date(2027, 2, 18)
        assert first.title == "Ban hành thông báo kết luận: Đối thoại 27/01"
        assert first.unit == cast.ward_committee.name
        assert first.url == f"/meetings/{meetings[0].pk}/"
        assert seen.totals == [("Ban hành thông báo kết luận", 4, 0)]

    def test_it_writes_nothing_at_all(self, cast, meetings):
        change = propose(cast.system_admin, SWAP)
        before = everything()
        assert preview(change).moves
        assert everything() == before

    def test_a_refused_proposal_writes_nothing_at_all(self, cast, meetings):
        before = everything()
        wednesday = SWAP | {"day": "2027-03-03", "kind": "working_day"}
        with pytest.raises(ServiceError, match="03/03/2027"):
            propose(cast.system_admin, SWAP, wednesday)
        assert everything() == before

    def test_a_day_that_no_open_deadline_meets_moves_nothing(self, cast, meetings):
        for day in ("2027-01-27", "2027-02-22"):  # the day of the event itself, and one after the last due day
            assert preview(propose(cast.system_admin, SWAP | {"day": day, "name": day})).moves == []

    def test_a_storm_day_moves_its_ward_alone(self, cast, meetings, beside):
        storm = SWAP | {"day": "2027-02-03", "name": "Bão số 1", "locality": cast.ward.pk}
        seen = preview(propose(cast.ward_admin, storm, locality=cast.ward))
        assert {move.target_id for move in seen.moves} == {meeting.pk for meeting in meetings}

    def test_what_is_done_or_was_set_by_a_leader_stays(self, cast, meetings):
        mark_concluded(meetings[0], on=date(2027, 2, 1))
        Meeting.objects.filter(pk=meetings[1].pk).update(conclusion_due_on=date(2027, 3, 1))
        assert {move.target_id for move in preview(propose(cast.system_admin, SWAP)).moves} == {meetings[2].pk}

    def test_the_announcement_of_a_planned_meeting_is_shown_though_nothing_is_kept_of_it(self, cast):
        make_rule(make_regulation(cast.ward), obligation="announcement", number=5)
        planned = make_meeting(cast, day=date(2027, 2, 22))
        (move,) = preview(propose(cast.system_admin, SWAP | {"day": "2027-02-17"})).live
        assert (move.target_id, move.obligation) == (planned.pk, "announcement")

    def test_a_postponed_meeting_has_to_be_announced_anew_once_it_has_its_new_time(self, cast):
        make_rule(make_regulation(cast.ward), obligation="announcement", number=5)
        postponed = [make_meeting(cast, state="announced", day=date(2027, 2, 18)) for _ in range(2)]
        new = local(date(2027, 2, 19))
        times = {"planned_start": new, "planned_end": new + timedelta(hours=2)}
        postpone_meeting(postponed[0], actor=cast.ward_clerk, reason="Đổi lịch", **times)
        postpone_meeting(postponed[1], actor=cast.ward_clerk, reason="Chưa có ngày mới")
        (move,) = preview(propose(cast.system_admin, SWAP | {"day": "2027-02-17"})).live
        assert (move.target_id, move.obligation) == (postponed[0].pk, "announcement")
        assert move.due_on_after < move.due_on_before

    def test_an_operation_says_in_words_what_it_changes(self, cast, rule):
        day = make_day(None, date(2027, 2, 12), name="Nghỉ bù")
        edit = {"op": "edit_day", "pk": day.pk, "version": 1, "day": "2027-02-15", "name": "Nghỉ hoán đổi"}
        words = propose(cast.system_admin, edit).operations[0]["words"]
        assert words[0].startswith("Sửa ngày trong lịch: thứ Hai, 15/02/2027")
        assert "Ngày: 12/02/2027 → 15/02/2027" in words
        assert propose_seven_days(cast, rule).operations[0]["words"][1:] == ["Số: 10 → 7"]


class TestApplying:
    def test_a_tet_swap_moves_three_open_meetings_and_tells_their_people(self, cast, meetings):
        change = apply_change(propose(cast.system_admin, SWAP), actor=cast.system_admin)
        assert change.state == ChangeState.APPLIED
        assert recompute_change(change.pk)
        assert due_days(*meetings) == [date(2027, 2, 18), date(2027, 2, 19), date(2027, 2, 22)]
        change.refresh_from_db()
        assert (change.moved, change.recomputed_at is not None) == (3, True)
        ledger = list(Move.objects.filter(change=change).order_by("target_id"))
        assert (ledger[0].due_on_before, ledger[0].due_on_after, ledger[0].cause) == (
            date(2027, 2, 17),
            date(2027, 2, 18),
            "calendar",
        )
        told = Reminder.objects.filter(kind=ReminderKind.INFORMATION, target_id=meetings[0].pk)
        assert {reminder.recipient for reminder in told} == {cast.ward_clerk, cast.ward_leader}
        assert "dời từ 17/02/2027 sang 18/02/2027" in told[0].subject
        event = Event.objects.about(meetings[0]).get(verb="move_deadline")
        assert event.data["due_on"] == {"from": "2027-02-17", "to": "2027-02-18"}

    def test_the_working_out_is_the_new_calendars(self, cast, meetings):
        change = apply_change(propose(cast.system_admin, SWAP), actor=cast.system_admin)
        recompute_change(change.pk)
        (row,) = DeadlineSnapshot.objects.filter(meeting=meetings[0])
        assert row.due_on == date(2027, 2, 18)
        steps = {step["day"]: step for step in row.working_out["steps"]}
        assert not steps["2027-02-12"]["is_counted"]
        assert "1/TB-BNV" in steps["2027-02-12"]["reason"]

    def test_reminders_start_anew(self, cast, meetings):
        Meeting.objects.update(reminded_until=date(2027, 2, 1))
        change = apply_change(propose(cast.system_admin, SWAP), actor=cast.system_admin)
        recompute_change(change.pk)
        assert set(Meeting.objects.values_list("reminded_until", flat=True)) == {None}

    def test_doing_it_again_changes_nothing(self, cast, meetings):
        change = apply_change(propose(cast.system_admin, SWAP), actor=cast.system_admin)
        assert recompute_change(change.pk)
        before = everything()
        assert not recompute_change(change.pk)
        Change.objects.update(recomputed_at=None)
        assert finish_unfinished() == 1
        after = everything()
        for model in (Meeting, DeadlineSnapshot, Move, Reminder, CalendarDay):
            assert after[model] == before[model]

    def test_a_worker_killed_in_the_middle_is_made_up_for(self, cast, meetings, monkeypatch):
        change = apply_change(propose(cast.system_admin, SWAP), actor=cast.system_admin)
        moved = recomputing._moved
        calls = []

        def killed(move, change):
            calls.append(move)
            if len(calls) == 2:
                raise SystemExit
            return moved(move, change)

        monkeypatch.setattr(recomputing, "_moved", killed)
        with pytest.raises(SystemExit):
            recompute_change(change.pk, chunk=1)
        assert Move.objects.count() == 1
        assert Change.objects.unfinished().count() == 1
        monkeypatch.undo()
        with time_machine.travel("2027-02-04T02:00:00Z", tick=False):
            assert finish_unfinished() == 1
        assert due_days(*meetings) == [date(2027, 2, 18), date(2027, 2, 19), date(2027, 2, 22)]
        assert Move.objects.count() == 3
        told = Reminder.objects.filter(kind=ReminderKind.INFORMATION, occasion__startswith="change:")
        assert told.count() == 6

    def test_a_record_that_fails_holds_up_no_other_and_is_tried_again(self, cast, meetings, monkeypatch):
        change = apply_change(propose(cast.system_admin, SWAP), actor=cast.system_admin)
        source = source_of("meetings.meeting")
        move = source.move

        def failing(planned, *, change):
            if planned.target_id == meetings[0].pk:
                raise RuntimeError("disk full")
            return move(planned, change=change)

        monkeypatch.setattr(source, "move", failing)
        assert not recompute_change(change.pk)
        assert Move.objects.count() == 2
        monkeypatch.undo()
        assert finish_unfinished() == 1
        assert Move.objects.count() == 3

    def test_taking_the_day_out_again_moves_them_back(self, cast, meetings):
        before = due_days(*meetings)
        recompute_change(apply_change(propose(cast.system_admin, SWAP), actor=cast.system_admin).pk)
        day = CalendarDay.objects.get()
        remove = {"op": "remove_day", "pk": day.pk, "version": day.version}
        recompute_change(apply_change(propose(cast.system_admin, remove), actor=cast.system_admin).pk)
        assert due_days(*meetings) == before
        assert Move.objects.count() == 6

    def test_a_storm_day_moves_its_ward_alone(self, cast, meetings, beside):
        storm = SWAP | {"day": "2027-02-03", "name": "Bão số 1", "locality": cast.ward.pk}
        change = apply_change(propose(cast.ward_admin, storm, locality=cast.ward), actor=cast.ward_admin)
        recompute_change(change.pk)
        assert due_days(beside) == [date(2027, 2, 18)]
        assert due_days(*meetings) == [date(2027, 2, 18), date(2027, 2, 19), date(2027, 2, 22)]

    def test_an_announcement_stands_in_the_ledger_and_its_people_are_told_once(self, cast):
        make_rule(make_regulation(cast.ward), obligation="announcement", number=5)
        planned = make_meeting(cast, day=date(2027, 2, 22))
        Meeting.objects.update(announcement_reminded_until=date(2027, 2, 1))
        swap = SWAP | {"day": "2027-02-17"}
        change = apply_change(propose(cast.system_admin, swap), actor=cast.system_admin)
        recompute_change(change.pk)
        assert Move.objects.get().obligation == "announcement"
        planned.refresh_from_db()
        assert planned.announcement_reminded_until is None
        Change.objects.update(recomputed_at=None)
        finish_unfinished()
        told = Reminder.objects.filter(kind=ReminderKind.INFORMATION, target_id=planned.pk)
        assert {reminder.recipient for reminder in told} == {cast.ward_clerk, cast.ward_leader}
        assert told.count() == 2

    def test_an_open_assignment_moves_and_one_whose_day_a_leader_set_stays(self, cast, meetings):
        by_rule = make_assignment(cast, make_opinion(cast, meetings[0]))
        by_hand = make_assignment(
            cast, make_opinion(cast, meetings[0]), due_on=date(2027, 2, 25), due_reason="Cần khảo sát"
        )
        change = apply_change(propose(cast.system_admin, SWAP), actor=cast.system_admin)
        recompute_change(change.pk)
        before = by_rule.due_on
        by_rule.refresh_from_db()
        by_hand.refresh_from_db()
        assert by_rule.due_on == by_rule.rule_due_on > before
        assert by_rule.working_out["due_on"] == by_rule.due_on.isoformat()
        assert by_hand.due_on == date(2027, 2, 25)
        told = Reminder.objects.filter(target_type="feedback.assignment", occasion__startswith="change:")
        assert {reminder.recipient for reminder in told} == {cast.department_officer, cast.ward_clerk}


class TestRules:
    def test_open_meetings_keep_what_bound_them_unless_an_administrator_says_otherwise(self, cast, rule, meetings):
        before, snapshots = due_days(*meetings), list(DeadlineSnapshot.objects.order_by("pk").values())
        change = propose_seven_days(cast, rule)
        assert len(preview(change).moves) == 3
        apply_change(change, actor=cast.system_admin)
        recompute_change(change.pk)
        assert due_days(*meetings) == before
        assert list(DeadlineSnapshot.objects.order_by("pk").values()) == snapshots
        rule.refresh_from_db()
        assert rule.number == 7
        event = Event.objects.about(change).get(verb="apply_change")
        assert event.data["moves_open"] is False
        assert "giữ nguyên thời hạn" in event.sentence

    def test_with_a_reason_they_follow_it_and_that_is_recorded(self, cast, rule, meetings):
        change = propose_seven_days(cast, rule)
        apply_change(change, actor=cast.system_admin, moves_open=True, reason="Tỉnh ủy yêu cầu")
        recompute_change(change.pk)
        assert due_days(*meetings) == [date(2027, 2, 12), date(2027, 2, 15), date(2027, 2, 16)]
        assert set(DeadlineSnapshot.objects.values_list("number", flat=True)) == {7}
        event = Event.objects.about(change).get(verb="apply_change")
        assert event.data["reason"] == "Tỉnh ủy yêu cầu"
        assert event.actor == cast.system_admin
        assert set(Move.objects.values_list("cause", flat=True)) == {"rules"}

    def test_without_a_reason_nothing_follows_and_nothing_applies(self, cast, rule, meetings):
        change = propose_seven_days(cast, rule)
        before = everything()
        with pytest.raises(ServiceError) as refusal:
            apply_change(change, actor=cast.system_admin, moves_open=True, reason="  ")
        assert refusal.value.field == "reason"
        assert everything() == before

    def test_a_second_rule_joins_the_set_that_binds_an_open_meeting(self, cast, meetings):
        local = make_regulation(cast.ward)
        operation = {"op": "add_rule", "regulation": local.pk, "obligation": "conclusion_notice", "number": 5}
        change = propose(
            cast.ward_admin, operation | {"unit": "working_days"}, locality=cast.ward, kind=ChangeKind.RULES
        )
        apply_change(change, actor=cast.ward_admin, moves_open=True, reason="Quy chế mới của phường")
        recompute_change(change.pk)
        assert meetings[0].deadlines.count() == 2
        assert due_days(meetings[0]) == [date(2027, 2, 3)]

    def test_a_rule_gives_no_held_meeting_a_deadline_that_it_had_none_of(self, cast, meetings):
        local = make_regulation(cast.ward)
        operation = {"op": "add_rule", "regulation": local.pk, "obligation": "publication", "number": 5}
        change = propose(
            cast.ward_admin, operation | {"unit": "working_days"}, locality=cast.ward, kind=ChangeKind.RULES
        )
        apply_change(change, actor=cast.ward_admin, moves_open=True, reason="Quy chế mới của phường")
        recompute_change(change.pk)
        assert set(Meeting.objects.values_list("publication_due_on", flat=True)) == {None}


class TestTwoAtOnce:
    def test_a_change_is_applied_once(self, cast, meetings):
        change = propose(cast.system_admin, SWAP)
        apply_change(change, actor=cast.system_admin)
        before = everything()
        for act in (apply_change, discard_change):
            with pytest.raises(ServiceError):
                act(change, actor=cast.system_admin)
        assert everything() == before

    def test_a_discarded_change_is_never_applied(self, cast):
        change = propose(cast.system_admin, SWAP)
        discard_change(change, actor=cast.system_admin)
        with pytest.raises(ServiceError):
            apply_change(change, actor=cast.system_admin)
        assert not CalendarDay.objects.exists()

    def test_a_day_edited_since_the_proposal_is_not_overwritten(self, cast, meetings):
        day = make_day(None, date(2027, 2, 12))
        change = propose(cast.system_admin, {"op": "edit_day", "pk": day.pk, "version": 1, "name": "Của tôi"})
        edit_calendar_day(day, actor=cast.system_admin, version=1, name="Của người khác")
        assert preview(change).problem
        with pytest.raises(StaleVersion):
            apply_change(change, actor=cast.system_admin)
        assert CalendarDay.objects.get().name == "Của người khác"
        change.refresh_from_db()
        assert change.state == ChangeState.PROPOSED

    def test_a_rule_or_day_removed_since_is_said_so(self, cast, rule):
        day = make_day(None, date(2027, 2, 12))
        of_day = propose(cast.system_admin, {"op": "remove_day", "pk": day.pk, "version": 1})
        of_rule = propose_seven_days(cast, rule)
        day.delete()
        rule.delete()
        assert preview(of_day).problem
        assert preview(of_rule).problem
        for change in (of_day, of_rule):
            with pytest.raises(ServiceError):
                apply_change(change, actor=cast.system_admin)

    def test_a_day_added_by_somebody_else_since_is_said_so(self, cast, meetings):
        change = propose(cast.system_admin, SWAP)
        add_calendar_day(actor=cast.system_admin, day=date(2027, 2, 12), kind="day_off", name="Trước")
        with pytest.raises(ServiceError, match="12/02/2027"):
            apply_change(change, actor=cast.system_admin)

    def test_a_page_older_than_another_change_is_not_enough_to_apply(self, cast, meetings):
        mine = propose(cast.system_admin, SWAP)
        other = propose(cast.system_admin, SWAP | {"day": "2027-02-15"})
        apply_change(other, actor=cast.system_admin)
        before = everything()
        with pytest.raises(ServiceError):
            apply_change(mine, actor=cast.system_admin, seen=0)
        assert everything() == before
        apply_change(mine, actor=cast.system_admin, seen=other.pk)

    def test_two_changes_before_one_recomputation_end_where_the_calendar_is_now(self, cast, meetings):
        first = apply_change(propose(cast.system_admin, SWAP), actor=cast.system_admin)
        second = apply_change(propose(cast.system_admin, SWAP | {"day": "2027-02-15"}), actor=cast.system_admin)
        assert finish_unfinished() == 2
        assert due_days(*meetings) == [by_the_rules(meeting) for meeting in meetings]
        for change in (first, second):
            change.refresh_from_db()
            assert change.recomputed_at


class TestBadOperations:
    @pytest.mark.parametrize(
        "operation",
        [
            {},
            {"op": "drop_table"},
            {"op": "add_day"},
            {"op": "add_rule", "regulation": 1},
            SWAP | {"day": "2027-02-30"},
            SWAP | {"day": None},
            SWAP | {"kind": "holiday"},
            SWAP | {"name": ""},
            SWAP | {"locality": 999_999},
            {"op": "edit_day", "pk": 999_999, "version": 1},
            {"op": "edit_day", "pk": 1},
            {"op": "remove_day", "pk": "x", "version": 1},
        ],
    )
    def test_what_makes_no_sense_gets_a_sentence_and_leaves_nothing(self, cast, operation):
        before = everything()
        with pytest.raises(ServiceError):
            propose(cast.system_admin, operation)
        assert everything() == before

    def test_nothing_and_the_same_day_twice_are_refused(self, cast):
        with pytest.raises(ServiceError):
            propose(cast.system_admin)
        with pytest.raises(ServiceError, match="12/02/2027"):
            propose(cast.system_admin, SWAP, SWAP)
        assert not Change.objects.exists()

    def test_a_change_reaches_no_further_than_its_place(self, cast):
        for place in (None, cast.sibling_ward.pk, cast.province.pk):
            with pytest.raises(ServiceError, match="Phường Hoa Sen"):
                propose(cast.ward_admin, SWAP | {"locality": place}, locality=cast.ward)

    def test_the_common_root_of_places(self, cast):
        assert common_root([cast.ward]) == cast.ward
        assert common_root([cast.ward, cast.residential_area]) == cast.ward
        assert common_root([cast.ward, cast.sibling_ward]) == cast.province
        assert common_root([cast.ward, None]) is None


def test_a_stale_rule_is_not_overwritten(cast, rule, meetings):
    change = propose_seven_days(cast, rule)
    edit_rule(rule, actor=cast.system_admin, version=1, number=9)
    with pytest.raises(StaleVersion):
        apply_change(change, actor=cast.system_admin)
    rule.refresh_from_db()
    assert rule.number == 9


@pytest.mark.parametrize("seed", range(6))
def test_after_any_change_each_open_deadline_is_what_the_calendar_and_the_rules_give(cast, rule, meetings, seed):
    """Random days off and make-up Saturdays, some only in the ward, and a shorter or longer rule that they follow."""
    make_rule(make_regulation(cast.ward), number=14, unit="calendar_days")
    by_rule = make_assignment(cast, make_opinion(cast, meetings[0]))
    chance = random.Random(seed)
    for number in range(4):
        day = date(2027, 2, 1) + timedelta(days=chance.randrange(30))
        is_working = not working_calendar(cast.ward).is_day_off(day)
        operation = SWAP | {
            "day": day.isoformat(),
            "kind": "day_off" if is_working else "working_day",
            "locality": chance.choice([None, cast.ward.pk]),
            "name": f"Thay đổi {number}",
        }
        try:
            change = propose(cast.system_admin, operation)
        except ServiceError:
            continue  # The day stands in the calendar already.
        recompute_change(apply_change(change, actor=cast.system_admin).pk)
    operation = {"op": "edit_rule", "pk": rule.pk, "version": 1, "number": chance.randrange(3, 20)}
    change = propose(cast.system_admin, operation, locality=cast.province, kind=ChangeKind.RULES)
    apply_change(change, actor=cast.system_admin, moves_open=True, reason="Theo quy định mới")
    recompute_change(change.pk)
    for meeting in meetings:
        meeting.refresh_from_db()
        found = deadlines_for(
            locality=meeting.locality,
            level=meeting.level,
            meeting_type=meeting.meeting_type,
            obligation="conclusion_notice",
            counted_from=meeting.held_on,
        )
        assert meeting.conclusion_due_on == found[0].due_on
        kept = {row.rule_id: (row.due_on, row.working_out) for row in meeting.deadlines.all()}
        assert kept == {one.rule.pk: (one.due_on, one.count.as_json()) for one in found}
    by_rule.refresh_from_db()
    expected = reply_deadline(by_rule.opinion.meeting, counted_from=date(2027, 2, 1))
    assert (by_rule.due_on, by_rule.rule_due_on) == (expected.due_on, expected.due_on)
    assert by_rule.working_out == expected.working_out
    assert not Change.objects.unfinished().exists()


class TestWorkedAnswers:
    """What reminders and deadline sheets print."""

    def test_of_meetings_and_assignments(self, cast, meetings, django_assert_max_num_queries):
        assignment = make_assignment(cast, make_opinion(cast, meetings[0]))
        ids = [meeting.pk for meeting in meetings]
        with django_assert_max_num_queries(4):
            answers = source_of("meetings.meeting").worked_answers(matter="notice", ids=ids)
        assert set(answers) == set(ids)
        assert "935-QĐ/TU" in answers[ids[0]][0]
        assert "17/02/2027" in answers[ids[0]][-1]
        of_reply = source_of("feedback.assignment").worked_answers(matter="assignment", ids=[assignment.pk])
        assert f"{assignment.due_on:%d/%m/%Y}" in of_reply[assignment.pk][-1]

    def test_a_moved_day_is_said_last(self, cast, meetings):
        Meeting.objects.filter(pk=meetings[0].pk).update(conclusion_due_on=date(2027, 3, 1))
        (lines,) = source_of("meetings.meeting").worked_answers(matter="notice", ids=[meetings[0].pk]).values()
        assert "01/03/2027" in lines[-1]

    def test_of_an_announcement_and_of_nothing(self, cast):
        make_rule(make_regulation(cast.ward), obligation="announcement", number=5)
        planned = make_meeting(cast, day=date(2027, 2, 22))
        source = source_of("meetings.meeting")
        assert planned.pk in source.worked_answers(matter="announcement", ids=[planned.pk])
        assert source.worked_answers(matter="publication", ids=[planned.pk]) == {}
