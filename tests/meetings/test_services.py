"""Planning, announcing, holding, recording and closing: what the services do and what they refuse."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.errors import ServiceError, StaleVersion
from accounts.policies import Refused
from audit.models import Event
from deadlines import clock
from deadlines.models import Obligation, Quantity, Regulation, Reminder, Rule
from meetings.models import Meeting, MeetingState
from meetings.services import (
    PlanRefused,
    announce_meeting,
    announcement_warning,
    answer_invitation,
    cancel_meeting,
    close_meeting,
    edit_meeting,
    hold_meeting,
    invite,
    mark_concluded,
    mark_published,
    postpone_meeting,
    record_attendance,
    save_minutes,
    set_agenda,
)
from tests.cast import make_cast
from tests.meetings.factories import local, make_meeting

pytestmark = pytest.mark.django_db


@pytest.fixture
def ten_days(cast):
    """A regulation of the province: notices within 10 working days, announcements 7 days ahead."""
    regulation = Regulation.objects.create(
        number="01-QĐ/TU",
        title="Quy chế đối thoại",
        issuer="Tỉnh ủy",
        in_force_from=date(2015, 1, 1),
        jurisdiction=cast.province,
    )

    def rule(obligation, number, unit):
        return Rule.objects.create(regulation=regulation, obligation=obligation, number=number, unit=unit)

    rule(Obligation.CONCLUSION_NOTICE, 10, Quantity.WORKING_DAYS)
    rule(Obligation.CONCLUSION_NOTICE, 15, Quantity.WORKING_DAYS)
    rule(Obligation.PUBLICATION, 10, Quantity.CALENDAR_DAYS)
    rule(Obligation.ANNOUNCEMENT, 7, Quantity.CALENDAR_DAYS)
    return regulation


# --- planning -------------------------------------------------------------------------------------------------


def test_a_planned_meeting_has_its_level_an_agenda_a_search_row_and_a_history(cast):
    meeting = make_meeting(cast)
    assert meeting.level == "commune"
    assert meeting.agenda_items.first().title.startswith("Báo cáo kết quả giải quyết ý kiến")
    assert Meeting.objects.matching("doi thoai DAT dai").get() == meeting
    assert Meeting.objects.matching("đất đai hoa sen").get() == meeting
    assert not Meeting.objects.matching("giao thông").exists()
    assert Event.objects.about(meeting).get().verb == "plan_meeting"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"planned_end": local(date(2026, 1, 1), 7), "planned_start": local(date(2026, 1, 1), 8)}, "planned_end"),
        ({"planned_start": local(clock.today() + timedelta(days=740))}, "planned_start"),
        ({"planned_start": local(date(1889, 1, 1))}, "planned_start"),
        ({"expected_attendance": -1}, "expected_attendance"),
        ({"expected_attendance": 10**9}, "expected_attendance"),
        ({"topic": "   "}, "topic"),
        ({"audience_groups": ["martians"]}, "audience_groups"),
    ],
)
def test_a_plan_that_can_not_stand_is_refused_at_its_field(cast, fields, field):
    with pytest.raises(PlanRefused) as refusal:
        make_meeting(cast, **fields)
    assert refusal.value.field == field


def test_nobody_plans_in_an_abolished_locality_after_its_last_day(cast, system_admin_actor):
    fields = {"host_unit": cast.province_committee, "locality": cast.old_ward}
    with pytest.raises(PlanRefused) as refusal:
        make_meeting(cast, actor=system_admin_actor, **fields)
    assert refusal.value.field == "locality"
    assert "01/07/2025" in refusal.value.message
    assert make_meeting(cast, actor=system_admin_actor, day=date(2025, 6, 30), **fields)


@pytest.fixture
def system_admin_actor(cast):
    return cast.system_admin


def test_a_dissolved_host_unit_plans_nothing(cast):
    cast.ward_committee.dissolved_on = clock.today()
    cast.ward_committee.save()
    with pytest.raises(PlanRefused) as refusal:
        make_meeting(cast)
    assert refusal.value.field == "host_unit"


def test_a_place_of_another_unit_is_refused(cast):
    with pytest.raises(PlanRefused) as refusal:
        make_meeting(cast, locality=cast.sibling_ward)
    assert refusal.value.field == "locality"


@pytest.mark.parametrize("name", ["sibling_clerk", "department_officer", "front_supervisor", "superior_leader"])
def test_only_a_clerk_or_leader_of_the_host_plans(cast, name):
    with pytest.raises(Refused):
        make_meeting(cast, actor=cast.people[name])


def test_an_edit_of_an_older_version_is_stale(cast):
    meeting = make_meeting(cast)
    edit_meeting(meeting, actor=cast.ward_leader, version=1, topic="Vệ sinh môi trường")
    with pytest.raises(StaleVersion) as stale:
        edit_meeting(meeting, actor=cast.ward_clerk, version=1, topic="An toàn giao thông")
    assert stale.value.current.topic == "Vệ sinh môi trường"
    assert Event.objects.of(meeting).first().data["topic"][1] == "Vệ sinh môi trường"
    assert Meeting.objects.matching("ve sinh").exists()


def test_a_closed_meeting_refuses_every_change(cast):
    meeting = make_meeting(cast, state=MeetingState.CLOSED)
    clerk = cast.ward_clerk
    for attempt in (
        lambda: edit_meeting(meeting, actor=clerk, version=meeting.version, topic="Khác"),
        lambda: record_attendance(meeting, actor=clerk, numbers={"residents": 5}),
        lambda: save_minutes(meeting, actor=clerk, version=0, opening="a", proceedings="b", closing="c"),
        lambda: set_agenda(meeting, actor=clerk, version=meeting.version, items=[]),
        lambda: invite(meeting, actor=clerk, names=["Hội Cựu chiến binh"]),
        lambda: cancel_meeting(meeting, actor=clerk, reason="x"),
        lambda: hold_meeting(meeting, actor=clerk, actual_start=timezone.now(), actual_end=timezone.now()),
    ):
        with pytest.raises(ServiceError):
            attempt()


def test_what_decided_the_deadlines_stays_once_held(cast):
    meeting = make_meeting(cast, state=MeetingState.HELD)
    with pytest.raises(PlanRefused) as refusal:
        edit_meeting(meeting, actor=cast.ward_clerk, version=meeting.version, meeting_type="ad_hoc")
    assert refusal.value.field == "meeting_type"
    meeting.refresh_from_db()
    edit_meeting(meeting, actor=cast.ward_clerk, version=meeting.version, topic="Chữ đã sửa")


# --- the cycle ------------------------------------------------------------------------------------------------


def test_an_announcement_later_than_the_rule_is_warned_about(cast, ten_days):
    meeting = make_meeting(cast, day=date(2026, 10, 30))
    assert announcement_warning(meeting, date(2026, 10, 23)) == ""
    assert "01-QĐ/TU" in announcement_warning(meeting, date(2026, 10, 24))


def test_an_announcement_lies_neither_in_the_future_nor_after_the_meeting(cast):
    meeting = make_meeting(cast)
    with pytest.raises(ServiceError):
        announce_meeting(meeting, actor=cast.ward_clerk, announced_on=clock.today() + timedelta(days=1))
    past = make_meeting(cast, day=clock.today() - timedelta(days=3))
    with pytest.raises(ServiceError):
        announce_meeting(past, actor=cast.ward_clerk)


def test_a_meeting_without_a_place_is_not_announced(cast):
    meeting = make_meeting(cast, place="")
    with pytest.raises(ServiceError):
        announce_meeting(meeting, actor=cast.ward_clerk)


def test_a_postponed_meeting_is_announced_again_with_its_new_day(cast):
    meeting = make_meeting(cast, state=MeetingState.ANNOUNCED)
    old = meeting.planned_start
    postpone_meeting(meeting, actor=cast.ward_clerk, reason="Bão số 5")
    with pytest.raises(ServiceError):
        announce_meeting(meeting, actor=cast.ward_clerk)
    edit_meeting(
        meeting,
        actor=cast.ward_clerk,
        version=meeting.version,
        planned_start=old + timedelta(days=7),
        planned_end=old + timedelta(days=7, hours=2),
    )
    assert meeting.state == MeetingState.POSTPONED
    announce_meeting(meeting, actor=cast.ward_clerk)
    assert (meeting.state, meeting.previous_start) == (MeetingState.ANNOUNCED, old)


def test_a_plan_never_announced_is_a_plan_again_with_its_new_day(cast):
    meeting = make_meeting(cast, state=MeetingState.POSTPONED)
    edit_meeting(
        meeting,
        actor=cast.ward_clerk,
        version=meeting.version,
        planned_start=meeting.planned_start + timedelta(days=1),
        planned_end=meeting.planned_end + timedelta(days=1),
    )
    assert meeting.state == MeetingState.PLANNED


def test_an_announced_day_changes_only_by_postponing(cast):
    meeting = make_meeting(cast, state=MeetingState.ANNOUNCED)
    with pytest.raises(PlanRefused):
        edit_meeting(
            meeting,
            actor=cast.ward_clerk,
            version=meeting.version,
            planned_start=meeting.planned_start + timedelta(hours=1),
        )


def test_holding_snapshots_every_deadline_and_the_earliest_counts(cast, ten_days):
    meeting = make_meeting(cast, state=MeetingState.HELD, day=date(2026, 8, 21))
    assert meeting.held_on == date(2026, 8, 21)
    assert [(d.obligation, d.number) for d in meeting.deadlines.all()] == [
        ("publication", 10),
        ("conclusion_notice", 10),
        ("conclusion_notice", 15),
    ]
    assert meeting.conclusion_due_on == min(
        d.due_on for d in meeting.deadlines.all() if d.obligation == "conclusion_notice"
    )
    kept = meeting.conclusion_due_on
    Rule.objects.update(number=3)
    meeting.refresh_from_db()
    assert meeting.conclusion_due_on == kept


def test_without_a_rule_there_is_no_due_day(cast):
    assert make_meeting(cast, state=MeetingState.HELD).conclusion_due_on is None


@pytest.mark.parametrize(
    ("start", "held_on"),
    [
        (local(date(2025, 12, 31), 0, 30), date(2025, 12, 31)),
        (local(date(2025, 12, 31), 23, 30), date(2025, 12, 31)),
        (local(date(2026, 2, 17), 6, 30), date(2026, 2, 17)),
    ],
)
def test_the_held_day_is_the_local_one(cast, ten_days, start, held_on):
    """31 December around midnight, and the first day of Tết 2026: UTC would say another day."""
    meeting = make_meeting(cast, planned_start=start)
    hold_meeting(meeting, actor=cast.ward_clerk, actual_start=start, actual_end=start + timedelta(hours=2))
    assert meeting.held_on == held_on
    assert meeting.conclusion_due_on > held_on + timedelta(days=13)


def test_a_meeting_is_not_held_in_the_future_nor_twice(cast):
    meeting = make_meeting(cast)
    later = timezone.now() + timedelta(hours=1)
    with pytest.raises(ServiceError) as refusal:
        hold_meeting(meeting, actor=cast.ward_clerk, actual_start=later, actual_end=later + timedelta(hours=1))
    assert refusal.value.field == "actual_start"
    start = timezone.now() - timedelta(hours=3)
    hold_meeting(meeting, actor=cast.ward_clerk, actual_start=start, actual_end=timezone.now())
    with pytest.raises(ServiceError):
        hold_meeting(meeting, actor=cast.ward_leader, actual_start=start, actual_end=timezone.now())
    assert Event.objects.of(meeting).filter(verb="hold_meeting").count() == 1


def test_closing_waits_for_the_notice_and_its_publication(cast):
    meeting = make_meeting(cast, state=MeetingState.HELD)
    with pytest.raises(ServiceError):
        close_meeting(meeting, actor=cast.ward_leader)
    mark_concluded(meeting, on=clock.today())
    with pytest.raises(ServiceError):
        close_meeting(meeting, actor=cast.ward_leader)
    mark_published(meeting, on=clock.today())
    close_meeting(meeting, actor=cast.ward_leader)
    assert meeting.state == MeetingState.CLOSED


# --- the record -----------------------------------------------------------------------------------------------


def test_attendance_is_replaced_as_a_whole(cast):
    meeting = make_meeting(cast, state=MeetingState.HELD)
    record_attendance(meeting, actor=cast.ward_clerk, numbers={"residents": 120, "officials": 14, "women": None})
    record_attendance(meeting, actor=cast.ward_clerk, numbers={"residents": 125, "youth": 0})
    assert dict(meeting.attendance.values_list("group", "number")) == {"residents": 125, "youth": 0}


@pytest.mark.parametrize("number", [-1, 10**9, 100_001])
def test_an_impossible_attendance_is_refused(cast, number):
    meeting = make_meeting(cast, state=MeetingState.HELD)
    with pytest.raises(ServiceError) as refusal:
        record_attendance(meeting, actor=cast.ward_clerk, numbers={"residents": number})
    assert refusal.value.field == "residents"


def test_minutes_saved_by_two_people_are_not_lost(cast):
    meeting = make_meeting(cast, state=MeetingState.HELD)
    save_minutes(meeting, actor=cast.ward_clerk, version=0, opening="8 giờ", proceedings="Một", closing="")
    save_minutes(meeting, actor=cast.ward_leader, version=1, opening="8 giờ", proceedings="Hai", closing="")
    with pytest.raises(StaleVersion):
        save_minutes(meeting, actor=cast.ward_clerk, version=1, opening="8 giờ", proceedings="Ba", closing="")
    with pytest.raises(Refused):
        save_minutes(meeting, actor=cast.sibling_clerk, version=2, opening="", proceedings="", closing="")


def test_an_invited_unit_answers_for_itself(cast):
    meeting = make_meeting(cast)
    economy, outside = invite(meeting, actor=cast.ward_clerk, units=[cast.ward_economy], names=["Hội Nông dân"])
    assert invite(meeting, actor=cast.ward_clerk, units=[cast.ward_economy], names=["Hội Nông dân"]) == []
    told = Reminder.objects.get(recipient=cast.department_officer)
    assert told.url == f"/invitations/{economy.pk}/answer/"
    with pytest.raises(ServiceError):
        answer_invitation(economy, actor=cast.department_officer, answer="accepted")
    answer_invitation(economy, actor=cast.department_officer, answer="accepted", person="Phạm Văn Kinh Tế")
    with pytest.raises(Refused):
        answer_invitation(economy, actor=cast.culture_officer, answer="declined")
    answer_invitation(outside, actor=cast.ward_clerk, answer="declined")
    assert {i.answer for i in meeting.invitations.all()} == {"accepted", "declined"}


def test_a_cohost_clerk_records_and_a_sibling_does_not(cast):
    meeting = make_meeting(cast, cohost_units=[cast.ward_front], actor=cast.ward_leader)
    postpone_meeting(meeting, actor=cast.ward_clerk, reason="Lũ")
    with pytest.raises(Refused):
        cancel_meeting(meeting, actor=cast.sibling_leader, reason="Lý do")
    with pytest.raises(ServiceError):
        cancel_meeting(meeting, actor=cast.ward_leader, reason="  ")
    cancel_meeting(meeting, actor=cast.ward_leader, reason="Lồng ghép")


@pytest.mark.django_db(transaction=True)
def test_two_people_holding_at_once_hold_it_once():
    cast = make_cast()
    meeting = make_meeting(cast, day=clock.today() - timedelta(days=1))
    start = timezone.now() - timedelta(hours=3)
    gate, outcomes = threading.Barrier(2), []

    def hold(actor):
        try:
            gate.wait(10)
            mine = Meeting.objects.get(pk=meeting.pk)
            hold_meeting(mine, actor=actor, actual_start=start, actual_end=start + timedelta(hours=2))
            outcomes.append("held")
        except ServiceError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=hold, args=[actor]) for actor in (cast.ward_clerk, cast.ward_leader)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["held", "refused"]
    assert Event.objects.filter(verb="hold_meeting").count() == 1
