"""My work: one list, the most urgent first, each person their own."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deadlines.clock import VIETNAM
from feedback.models import Extension, Reply
from meetings.models import Meeting
from notices.models import Notice
from tests.reports.builders import assignment, held_meeting, opinions

TODAY = date(2026, 5, 20)  # a Wednesday


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-05-20 03:00:00+00:00", tick=False):
        yield


def planned(cast, day: date, **values) -> Meeting:
    start = datetime(day.year, day.month, day.day, 8, tzinfo=VIETNAM)
    return Meeting.objects.create(
        **{
            "topic": f"Đối thoại {day:%d/%m}",
            "host_unit": cast.ward_committee,
            "locality": cast.ward,
            "chair": "Chủ tịch",
            "planned_start": start,
            "planned_end": start + timedelta(hours=2),
            "created_by": cast.ward_clerk,
            **values,
        }
    )


def groups(client) -> list[tuple[str, list[str]]]:
    page = client.get("/work/")
    assert page.status_code == 200
    return [(str(name), [task.title for task in tasks]) for name, tasks in page.context["groups"]]


def titles(client) -> list[str]:
    return [title for _name, listed in groups(client) for title in listed]


def test_nothing_waiting_says_so(cast, signed_in):
    assert "Không có việc nào đang chờ" in signed_in("ward_leader").get("/work/").content.decode()


def test_the_clerk_sees_overdue_first_then_soon_then_the_next_meetings(cast, signed_in):
    held = {"host_unit": cast.ward_committee}
    held_meeting(cast.ward, date(2026, 5, 11), due_on=date(2026, 5, 25), topic="Sắp hạn", **held)
    held_meeting(cast.ward, date(2026, 4, 1), due_on=date(2026, 4, 16), topic="Quá hạn", **held)
    held_meeting(cast.ward, date(2026, 5, 19), due_on=date(2026, 6, 3), topic="Còn lâu", **held)
    planned(cast, date(2026, 5, 22))
    planned(cast, date(2026, 5, 12), topic="Chưa ghi nhận")
    planned(cast, date(2026, 9, 1), topic="Xa quá")
    names = [name for name, _titles in groups(signed_in("ward_clerk"))]
    assert names == ["Quá hạn", "Đến hạn trong 3 ngày làm việc", "Cần làm", "Hội nghị sắp tới của tôi"]
    listed = titles(signed_in("ward_clerk"))
    assert [title.rpartition(": ")[2] for title in listed] == [
        "Quá hạn",
        "Quá hạn",  # its progress has to be posted too
        "Chưa ghi nhận",
        "Sắp hạn",
        "Còn lâu",
        "Đối thoại 22/05",
    ]


def test_a_neighbour_sees_none_of_it(cast, signed_in):
    held_meeting(cast.ward, date(2026, 4, 1), host_unit=cast.ward_committee)
    planned(cast, date(2026, 5, 22))
    for person in ("sibling_clerk", "sibling_leader", "sibling_officer", "culture_officer"):
        assert titles(signed_in(person)) == []


def test_a_submitted_notice_waits_for_the_leader_and_a_returned_one_for_the_clerk(cast, signed_in):
    held = {"host_unit": cast.ward_committee, "due_on": date(2026, 6, 20)}
    common = {"unit": cast.ward_committee, "regime": "state", "drafted_by": cast.ward_clerk, "subject": "Kết luận"}
    first = held_meeting(cast.ward, date(2026, 5, 11), topic="Chờ duyệt", **held)
    second = held_meeting(cast.ward, date(2026, 5, 12), topic="Bị trả lại", **held)
    Notice.objects.create(meeting=first, state="submitted", **common)
    Notice.objects.create(meeting=second, state="returned", **common)
    leader, clerk = dict(groups(signed_in("ward_leader"))), dict(groups(signed_in("ward_clerk")))
    assert leader["Chờ tôi duyệt"] == ["Thông báo kết luận: Chờ duyệt"]
    assert clerk["Trả lại cho tôi"] == ["Dự thảo thông báo bị trả lại kèm ý kiến: Bị trả lại"]
    assert "Chờ tôi duyệt" not in clerk
    assert signed_in("ward_leader").get("/dashboard/").context["board"].waiting["approvals"] == 1


def test_the_officer_sees_what_the_department_owes(cast, signed_in):
    meeting = held_meeting(cast.ward, date(2026, 4, 1), host_unit=cast.ward_committee, concluded_on=date(2026, 4, 10))
    late, soon, new, known = opinions(meeting, 4, state="assigned")
    assignment(late, cast.ward_economy, date(2026, 5, 4), state="accepted")
    assignment(soon, cast.ward_economy, date(2026, 5, 22), state="accepted")
    assignment(new, cast.ward_economy, date(2026, 7, 1))
    assignment(known, cast.ward_economy, date(2026, 7, 1), state="accepted")
    assert [(name, len(listed)) for name, listed in groups(signed_in("department_officer"))] == [
        ("Quá hạn", 1),
        ("Đến hạn trong 3 ngày làm việc", 1),
        ("Cần làm", 1),
    ]
    assert titles(signed_in("culture_officer")) == []


def test_replies_extensions_and_returned_matters_come_to_the_host(cast, signed_in):
    meeting = held_meeting(cast.ward, date(2026, 4, 1), host_unit=cast.ward_committee, concluded_on=date(2026, 4, 10))
    first, second, third = opinions(meeting, 3, state="assigned")
    replied = assignment(first, cast.ward_economy, date(2026, 6, 4), state="replied", replied_on=TODAY)
    Reply.objects.create(assignment=replied, text="Đã sửa", resolution="done", author=cast.department_officer)
    asked = assignment(second, cast.ward_economy, date(2026, 6, 4), state="accepted")
    Extension.objects.create(
        assignment=asked,
        asked_until=date(2026, 7, 1),
        reason="Chờ kinh phí",
        asked_by=cast.department_officer,
        due_on_before=asked.due_on,
    )
    assignment(
        third,
        cast.ward_culture,
        date(2026, 6, 4),
        state="returned",
        returned_at=datetime(2026, 5, 19, tzinfo=VIETNAM),
        return_reason="Không thuộc chức năng",
    )
    third.state = "recorded"
    third.save()
    assert {name for name, _listed in groups(signed_in("ward_leader"))} == {
        "Trả lại cho tôi",
        "Trả lời chờ chấp nhận",
        "Đề nghị gia hạn",
    }
    assert {name for name, _listed in groups(signed_in("ward_clerk"))} == {"Trả lại cho tôi", "Trả lời chờ chấp nhận"}


def test_the_front_sees_the_meetings_to_come_in_its_place(cast, signed_in):
    planned(cast, date(2026, 5, 22))
    planned(cast, date(2026, 5, 12), topic="Đã qua")
    assert titles(signed_in("front_supervisor")) == ["Đối thoại 22/05"]


def test_the_week_begins_today_and_shows_the_meetings(cast, signed_in):
    planned(cast, date(2026, 5, 22))
    week = signed_in("ward_clerk").get("/work/").context["week"]
    assert [day.date for day in week] == [TODAY + timedelta(days=n) for n in range(7)]
    assert [len(day.items) for day in week] == [0, 0, 1, 0, 0, 0, 0]


@pytest.mark.parametrize("person", ["ward_clerk", "ward_leader", "department_officer", "front_supervisor"])
def test_the_list_needs_few_statements_whatever_its_length(cast, signed_in, person):
    client = signed_in(person)

    def fill(number: int) -> None:
        for n in range(number):
            planned(cast, date(2026, 5, 22))
            meeting = held_meeting(cast.ward, date(2026, 4, 1), host_unit=cast.ward_committee)
            one, two = opinions(meeting, 2, state="assigned")
            assignment(one, cast.ward_economy, date(2026, 5, 4 + n % 10))
            done = assignment(two, cast.ward_economy, date(2026, 6, 4), state="replied", replied_on=TODAY)
            Reply.objects.create(assignment=done, text="Đã sửa", resolution="done", author=cast.department_officer)

    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get("/work/").status_code == 200
        skipped = ("django_session", 'FROM "accounts_user"', 'FROM "accounts_membership"')
        return len([q for q in queries if not any(name in q["sql"] for name in skipped)])

    fill(2)
    few = statements()
    fill(20)
    assert few == statements() <= 9
