"""The late board: every late notice and reply in scope, in working days of its place; the dashboard and one's work too."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import LocalityKind, User
from deadlines.clock import VIETNAM
from deadlines.models import CalendarDay, DayKind
from deadlines.services import working_days_late
from meetings.models import Meeting, MeetingState
from notices.models import Notice, ProgressPost
from notices.services import post_progress
from reports.lateness import LateBoard, Measure
from tests.meetings.factories import make_meeting
from tests.notices.factories import ask_for_time, bind, make_late_meeting
from tests.reports.builders import assignment, held_meeting, opinions, place, unit_of

TODAY = date(2026, 5, 20)  # a Wednesday


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-05-20 03:00:00+00:00", tick=False):
        yield


def late(locality, due_on, topic="", **values):
    return held_meeting(locality, due_on - timedelta(days=14), due_on=due_on, topic=topic or f"Hạn {due_on}", **values)


def shown(client, **asked) -> list[tuple[str, int]]:
    page = client.get(reverse("reports:late"), asked)
    assert page.status_code == 200
    return [
        (getattr(row.record, "topic", None) or row.record.task, row.days)
        for row in page.context["page_obj"].object_list
    ]


def test_the_latest_comes_first_in_working_days(cast, signed_in):
    late(cast.ward, date(2026, 5, 18), "Hai ngày")
    late(cast.ward, date(2026, 4, 29), "Qua lễ")
    late(cast.ward, date(2026, 5, 13), "Năm ngày")
    late(cast.ward, TODAY, "Hôm nay đến hạn")
    # 30 April and 1 May are holidays: 13 working days, though 21 days have passed.
    assert shown(signed_in("ward_leader")) == [("Qua lễ", 13), ("Năm ngày", 5), ("Hai ngày", 2)]


def test_each_place_counts_by_its_own_calendar(cast, signed_in):
    """The storm closed Bằng Lăng for a week: due earlier, it is less late than Hoa Sen."""
    for offset in range(5):
        CalendarDay.objects.create(
            day=date(2026, 5, 11) + timedelta(days=offset),
            kind=DayKind.DAY_OFF,
            name="Bão",
            locality=cast.sibling_ward,
        )
    late(cast.sibling_ward, date(2026, 5, 7), "Bằng Lăng")
    late(cast.ward, date(2026, 5, 11), "Hoa Sen")
    assert shown(signed_in("superior_leader")) == [("Hoa Sen", 7), ("Bằng Lăng", 4)]


def test_over_tet_a_notice_of_the_last_day_before_is_one_day_late_after_it(cast, signed_in):
    due_on = date(2026, 2, 13)
    late(cast.ward, due_on, "Trước Tết")
    for today, days in ((date(2026, 2, 14), 1), (date(2026, 2, 19), 1), (date(2026, 2, 23), 1), (date(2026, 2, 24), 2)):
        moment = datetime(today.year, today.month, today.day, 9, tzinfo=VIETNAM)
        with time_machine.travel(moment, tick=False):
            assert shown(signed_in("ward_leader")) == [("Trước Tết", days)]


def test_a_ward_sees_its_own_and_the_level_above_all(cast, signed_in):
    late(cast.ward, date(2026, 5, 13), "Hoa Sen")
    late(cast.sibling_ward, date(2026, 5, 14), "Bằng Lăng")
    assert [name for name, _days in shown(signed_in("ward_clerk"))] == ["Hoa Sen"]
    assert [name for name, _days in shown(signed_in("sibling_clerk"))] == ["Bằng Lăng"]
    assert [name for name, _days in shown(signed_in("front_supervisor"))] == ["Hoa Sen"]
    for above in ("superior_leader", "system_admin"):
        assert [name for name, _days in shown(signed_in(above))] == ["Hoa Sen", "Bằng Lăng"]


def test_filters_live_in_the_address_and_never_widen_what_is_seen(cast, signed_in):
    one = late(cast.ward, date(2026, 5, 13), "Hoa Sen")
    two = late(cast.sibling_ward, date(2026, 5, 14), "Bằng Lăng", meeting_type="thematic")
    above = signed_in("superior_leader")
    assert [name for name, _days in shown(above, locality=cast.sibling_ward.pk)] == ["Bằng Lăng"]
    assert len(shown(above, locality=cast.province.pk)) == 2
    assert [name for name, _days in shown(above, unit=one.host_unit_id)] == ["Hoa Sen"]
    assert [name for name, _days in shown(above, type="thematic")] == ["Bằng Lăng"]
    assert shown(signed_in("ward_clerk"), locality=cast.sibling_ward.pk) == []
    assert shown(signed_in("ward_clerk"), unit=two.host_unit_id) == []
    for asked in ({"locality": "x"}, {"unit": "9" * 30}, {"type": "khác"}, {"locality": "²"}):
        assert above.get(reverse("reports:late"), asked).status_code == 422
    assert above.get(reverse("reports:late"), {"kind": "gì", "page": "-3"}).status_code == 200


def test_late_replies_stand_in_a_tab_of_their_own(cast, signed_in):
    meeting = held_meeting(cast.ward, date(2026, 4, 1), due_on=date(2026, 6, 1), host_unit=cast.ward_committee)
    one, two, three = opinions(meeting, 3, state="assigned")
    assignment(one, cast.ward_economy, date(2026, 5, 18))
    assignment(two, cast.ward_culture, date(2026, 5, 6))
    assignment(three, cast.ward_economy, date(2026, 5, 20))
    leader = signed_in("ward_leader")
    assert [days for _task, days in shown(leader, kind="replies")] == [10, 2]
    assert [days for _task, days in shown(leader, kind="replies", unit=cast.ward_culture.pk)] == [10]
    assert shown(leader) == []


def test_the_board_says_the_last_promise_and_whether_a_post_is_missing(cast, signed_in):
    silent = make_late_meeting(cast, days=2, topic="Im lặng")
    said = make_late_meeting(cast, days=4, topic="Đã hứa")
    with time_machine.travel("2026-05-18 03:00:00+00:00", tick=False):
        post_progress(said, actor=cast.ward_clerk, text="Chờ ký", promised_on=date(2026, 5, 19))
    rows = signed_in("superior_leader").get(reverse("reports:late")).context["page_obj"].object_list
    assert [(row.record.pk, row.promised_on, row.is_post_due) for row in rows] == [
        (said.pk, date(2026, 5, 19), False),
        (silent.pk, None, True),
    ]
    page = signed_in("superior_leader").get(reverse("reports:late")).content.decode()
    assert "không đúng cam kết" in page
    assert "Thiếu báo cáo" in page


def test_thousands_cost_no_more_statements_than_a_few_and_are_in_order(cast, signed_in):
    """Two thousand meetings of two places over two years; against the count of one deadline alone."""
    client, url = signed_in("superior_leader"), reverse("reports:late")
    late(cast.ward, date(2026, 5, 13))

    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        skipped = ("django_session", 'FROM "accounts_user"', 'FROM "accounts_membership"')
        return len([q for q in queries if not any(name in q["sql"] for name in skipped)])

    few = statements()
    CalendarDay.objects.create(day=date(2026, 5, 12), kind=DayKind.DAY_OFF, name="Bão", locality=cast.sibling_ward)
    pattern = late(cast.ward, date(2026, 5, 13))
    fields = {f.attname: getattr(pattern, f.attname) for f in Meeting._meta.concrete_fields if f.attname != "id"}
    hosts = [(cast.ward, unit_of(cast.ward)), (cast.sibling_ward, unit_of(cast.sibling_ward))]
    rows = []
    for number in range(2000):
        locality, unit = hosts[number % 2]
        due_on = date(2024, 5, 20) + timedelta(days=number % 727)
        held_on = due_on - timedelta(days=14)
        values = {"locality_id": locality.pk, "host_unit_id": unit.pk, "conclusion_due_on": due_on, "held_on": held_on}
        rows.append(Meeting(**fields | values))
    Meeting.objects.bulk_create(rows)
    assert statements() == few <= 8
    board = LateBoard(User.objects.get(pk=cast.superior_leader.pk), {}, on=TODAY)
    days = [board.measure.days(one.due_on, one.path) for one in board.ordered]
    assert len(days) == 2002
    assert days == sorted(days, reverse=True)
    meetings = Meeting.objects.select_related("locality").in_bulk([one.pk for one in board.ordered[::100]])
    for one, number in zip(board.ordered[::100], days[::100], strict=True):
        assert number == working_days_late(one.due_on, TODAY, locality=meetings[one.pk].locality)
    page = client.get(url, {"page": 41}).context["page_obj"]
    assert (len(page.object_list), page.paginator.count) == (2, 2002)


def test_places_without_days_of_their_own_are_measured_once(cast, django_assert_num_queries):
    paths = [cast.ward.path, cast.sibling_ward.path, cast.province.path]
    with django_assert_num_queries(1):
        measure = Measure.over(paths * 50, on=TODAY)
    assert {measure.days(date(2026, 5, 16), path) for path in paths} == {3}


# --- dashboard and one's work ---


def test_the_dashboard_shows_the_five_latest_and_the_way_to_all(cast, signed_in):
    for offset in range(5):
        day = date(2026, 5, 11) + timedelta(days=offset)
        CalendarDay.objects.create(day=day, kind=DayKind.DAY_OFF, name="Bão", locality=cast.sibling_ward)
    late(cast.sibling_ward, date(2026, 5, 7), "Bằng Lăng")
    for day in (11, 12, 13, 14, 18):
        late(cast.ward, date(2026, 5, day))
    page = signed_in("superior_leader").get(reverse("reports:dashboard"))
    notes = [line.note for line in page.context["board"].overdue_lines]
    assert notes == [f"{days} ngày làm việc" for days in (7, 6, 5, 4, 4)]
    assert page.context["board"].overdue_lines[3].label.startswith(cast.sibling_ward.name)
    assert f"{reverse('reports:late')}?locality={cast.province.pk}" in page.content.decode()


def test_overdue_work_stands_in_order_of_working_days(cast, signed_in):
    host = {"host_unit": cast.ward_committee}
    late(cast.ward, date(2026, 5, 13), "Năm ngày", **host)
    late(cast.ward, date(2026, 4, 29), "Qua lễ", **host)
    page = signed_in("ward_clerk").get(reverse("work"))
    overdue = [task.working_days for name, tasks in page.context["groups"][:1] for task in tasks]
    assert overdue == [13, 13, 5, 5]  # each notice, and the progress post that it needs


def test_a_post_stands_among_the_work_until_it_is_made(cast, signed_in):
    meeting = make_late_meeting(cast)
    link = reverse("notices:meeting_notice", args=[meeting.pk]) + "#progress"
    for name in ("ward_clerk", "ward_leader"):
        assert link in signed_in(name).get(reverse("work")).content.decode()
    for name in ("superior_leader", "department_officer", "sibling_clerk"):
        assert link not in signed_in(name).get(reverse("work")).content.decode()
    post_progress(meeting, actor=cast.ward_clerk, text="Chờ ký", promised_on=date(2026, 5, 22))
    assert ProgressPost.objects.count() == 1
    assert link not in signed_in("ward_clerk").get(reverse("work")).content.decode()


def test_who_decides_finds_the_request_among_the_work_and_on_the_dashboard(cast, signed_in):
    meeting = make_meeting(cast, state=MeetingState.HELD)
    bind(meeting)
    extension = ask_for_time(cast, meeting)
    link = reverse("notices:decide_extension", args=[extension.pk])
    assert link in signed_in("superior_leader").get(reverse("work")).content.decode()
    for name in ("ward_leader", "ward_clerk", "sibling_leader"):
        assert link not in signed_in(name).get(reverse("work")).content.decode()
    needs = signed_in("superior_leader").get(reverse("reports:dashboard")).context["board"].needs
    assert "1 đề nghị gia hạn" in [one.text for one in needs]


@pytest.mark.parametrize("name", ["notices:list", "meetings:list", "reports:rows"])
def test_lists_count_by_the_calendar_of_each_place_without_asking_for_each(cast, signed_in, name):
    """Twelve wards, one of them closed by a storm: the badge says so, and the statements stay as few."""
    client, url = signed_in("superior_leader"), reverse(name)
    asked = {"what": "overdue_notices"} if name == "reports:rows" else {}

    def statements() -> tuple[int, str]:
        with CaptureQueriesContext(connection) as queries:
            page = client.get(url, asked)
        assert page.status_code == 200
        return len(queries), page.content.decode()

    def in_a_new_ward(number: int) -> Meeting:
        ward = place(cast.province, f"Phường Mới {number}", LocalityKind.COMMUNE)
        meeting = late(ward, date(2026, 5, 15))
        Notice.objects.create(
            meeting=meeting, unit=meeting.host_unit, regime="state", subject="Kết luận", drafted_by=cast.system_admin
        )
        return meeting

    stormy = in_a_new_ward(0)
    CalendarDay.objects.create(day=date(2026, 5, 19), kind=DayKind.DAY_OFF, name="Bão", locality=stormy.locality)
    few, _page = statements()
    for number in range(1, 12):
        in_a_new_ward(number)
    many, page = statements()
    assert many == few
    assert page.count("quá hạn 2 ngày làm việc") == 1
    assert page.count("quá hạn 3 ngày làm việc") == 11
