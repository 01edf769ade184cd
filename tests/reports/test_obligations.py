"""The board of obligations: what each place owes in a year, how it stands, and the rows behind each number."""

import random
import re
from datetime import date, datetime, time, timedelta
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import LocalityKind
from deadlines.clock import VIETNAM
from deadlines.models import CalendarDay, Regulation, Rule
from deadlines.obligations import Standing
from deadlines.services import deadlines_for
from meetings.models import Meeting
from meetings.quotas import quotas_of
from reports.obligations import obligations
from tests.reports.builders import given_return, held_meeting, place, unit_of
from tests.reports.test_work import planned

TODAY = date(2026, 5, 20)  # a Wednesday
LINK = re.compile(r'<a [^>]*href="(/obligations/rows/\?[^"]+)"[^>]*>(.*?)</a>', re.S)
CARD = re.compile(
    r'<a class="stretched-link" href="(/obligations/rows/\?[^"]+)">[^<]*</a></p>\s*<p class="figure-value">'
    r'<span class="figure-number">([^<]*)</span>'
)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-05-20 03:00:00+00:00", tick=False) as traveller:
        yield traveller


def rule(at, obligation, number, unit, *, level="", kind="", since=date(2020, 1, 1), until=None, name="") -> Rule:
    regulation = Regulation.objects.create(
        number=name or f"{Regulation.objects.count() + 1}-QĐ/TU",
        title="Quy định",
        issuer="Tỉnh ủy",
        in_force_from=since,
        in_force_to=until,
        jurisdiction=at,
    )
    return Rule.objects.create(
        regulation=regulation, obligation=obligation, number=number, unit=unit, level=level, meeting_type=kind
    )


def quota(at, number, **kwargs) -> Rule:
    return rule(at, "meeting_quota", number, "per_year", **kwargs)


def account(cast, of=None, *, year=2026, on=TODAY, locality=None):
    found = obligations(locality=locality or cast.province, year=year, on=on)
    of = of or cast.ward
    return next(one for one in found.accounts if one.owner.pk == of.pk)


def received(cast, *days, **values):
    for day in days:
        held_meeting(cast.ward, day, meeting_type="citizen_reception", announced_on=day - timedelta(days=20), **values)


# --- quotas -------------------------------------------------------------------------------------------------------


def test_a_quota_counts_dialogues_held_and_planned_of_the_place_and_its_areas(cast):
    quota(cast.country, 4, level="commune")
    held_meeting(cast.ward, date(2026, 3, 2))
    held_meeting(cast.residential_area, date(2026, 3, 3), meeting_type="thematic")
    planned(cast, date(2026, 7, 1))
    # None of these counts: another kind, another year, another level, another ward, past its day, put off, cancelled.
    held_meeting(cast.ward, date(2026, 3, 4), meeting_type="voter_contact")
    held_meeting(cast.ward, date(2025, 12, 31))
    held_meeting(cast.ward, date(2026, 3, 5), level="province")
    held_meeting(cast.sibling_ward, date(2026, 3, 6))
    planned(cast, date(2026, 5, 19))
    planned(cast, date(2026, 7, 2), state="postponed", previous_start=datetime(2026, 7, 2, 8, tzinfo=VIETNAM))
    planned(cast, date(2026, 7, 3), state="cancelled", cancelled_at=datetime(2026, 5, 1, tzinfo=VIETNAM))
    planned(cast, date(2027, 1, 1))
    [one] = account(cast).quotas
    assert (one.quota.held, one.quota.planned, one.quota.short_by) == (2, 1, 1)
    [shown] = quotas_of(cast.ward, year=2026, on=TODAY)
    assert shown.quota == one.quota


def test_a_postponed_meeting_with_its_new_day_is_planned_again(cast):
    quota(cast.country, 1)
    planned(cast, date(2026, 7, 2), state="postponed", previous_start=datetime(2026, 6, 2, 8, tzinfo=VIETNAM))
    assert account(cast).standing == Standing.ON_THE_WAY
    assert account(cast).short_by == 0


def test_a_meeting_on_the_last_evening_of_the_year_belongs_to_it(cast):
    quota(cast.country, 1)
    start = datetime(2026, 12, 31, 23, 30, tzinfo=VIETNAM)
    planned(cast, date(2026, 12, 31), planned_start=start, planned_end=start + timedelta(hours=1))
    assert account(cast).tally.planned["periodic"] == 1
    assert account(cast, year=2027).tally.planned["periodic"] == 0
    quota(cast.country, 1, kind="voter_contact")
    start = datetime(2026, 1, 1, 0, 15, tzinfo=VIETNAM)  # in UTC still 2025
    held_meeting(
        cast.ward,
        date(2026, 1, 1),
        meeting_type="voter_contact",
        planned_start=start,
        planned_end=start + timedelta(hours=1),
        actual_start=start,
        actual_end=start + timedelta(hours=1),
    )
    assert account(cast).tally.held["voter_contact"] == 1


def test_the_forecast_names_the_last_day_by_the_rules_and_the_calendar_of_the_place(cast, signed_in):
    quota(cast.country, 1, level="commune")
    rule(cast.country, "announcement", 7, "calendar_days")
    assert account(cast).forecast.lost_from == date(2026, 12, 25)
    # A storm closes the ward on the year's last two days: the meeting has to be on the 29th, announced by the 22nd.
    for day in (30, 31):
        CalendarDay.objects.create(day=date(2026, 12, day), kind="day_off", name="Bão", locality=cast.ward)
    assert account(cast).forecast.lost_from == date(2026, 12, 23)
    assert account(cast, cast.sibling_ward).forecast.lost_from == date(2026, 12, 25)
    page = signed_in("ward_leader").get("/obligations/").content.decode()
    assert "Còn thiếu 1 hội nghị: phải thông báo chậm nhất 22/12/2026" in page
    assert "không thể hoàn thành được nữa từ 23/12/2026" in page


@pytest.mark.parametrize(
    ("on", "standing"),
    [
        ("2026-05-20", Standing.ON_THE_WAY),
        ("2026-12-10", Standing.IN_DANGER),
        ("2026-12-24", Standing.IN_DANGER),
        ("2026-12-25", Standing.LOST),
        ("2026-12-31", Standing.LOST),
        ("2027-01-01", Standing.MISSED),
    ],
)
def test_how_a_place_without_a_meeting_stands_through_the_year(cast, on, standing):
    quota(cast.country, 1)
    rule(cast.country, "announcement", 7, "calendar_days")
    assert account(cast, on=date.fromisoformat(on)).standing == standing


def test_several_quotas_bind_at_once_and_the_worst_counts(cast):
    quota(cast.country, 1, name="Luật")
    quota(cast.province, 3, name="Quy định của tỉnh", kind="thematic")
    quota(cast.sibling_ward, 9, name="Của phường khác")
    quota(cast.country, 9, level="province", name="Của cấp tỉnh")
    held_meeting(cast.ward, date(2026, 3, 2))
    one = account(cast, on=date(2027, 3, 1))
    assert [(each.rule.law, each.quota.standing) for each in one.quotas] == [
        ("Luật", Standing.MET),
        ("Quy định của tỉnh", Standing.MISSED),
    ]
    assert one.standing == Standing.MISSED


def test_a_rule_that_changes_within_the_year_binds_as_it_stands_on_its_last_day(cast):
    quota(cast.country, 4, until=date(2026, 6, 30))
    quota(cast.country, 2, since=date(2026, 7, 1))
    assert [one.quota.number for one in account(cast).quotas] == [2]
    assert [one.quota.number for one in account(cast, year=2025).quotas] == [4]


def test_a_place_that_ends_within_the_year_has_no_quota_of_it(cast):
    quota(cast.country, 1)
    rule(cast.country, "reception_days", 1, "days_a_month")
    unit_of(cast.old_ward)
    held_meeting(cast.old_ward, date(2025, 3, 3))
    one = account(cast, cast.old_ward, year=2025)
    assert one.quotas == ()
    assert [month is not None for month in one.reception.months] == [True] * 6 + [False] * 6
    # … and the ward that came into being on 1 July owes from then on.
    new = account(cast, year=2025)
    assert [month is not None for month in new.reception.months] == [False] * 6 + [True] * 6
    assert account(cast, cast.old_ward, year=2024, on=date(2024, 5, 1)).quotas[0].quota.number == 1


def test_where_nobody_is_on_the_system_nothing_is_known(cast):
    quota(cast.country, 1)
    empty = place(cast.province, "Xã Chưa Có", LocalityKind.COMMUNE)
    found = obligations(locality=cast.province, year=2025, on=date(2027, 1, 1))
    assert empty.pk in {one.pk for one in found.unknown}
    assert empty.pk not in {one.owner.pk for one in found.accounts}
    # A unit opened since, with nobody in it and nothing recorded by the end of the year, says nothing of that year.
    unit = unit_of(empty)
    assert empty.pk in {one.pk for one in obligations(locality=cast.province, year=2025, on=TODAY).unknown}
    assert empty.pk not in {one.pk for one in obligations(locality=cast.province, year=2026, on=TODAY).unknown}
    unit.memberships.create(user=cast.ward_clerk, role="clerk", valid_from=date(2025, 12, 31))
    assert empty.pk not in {one.pk for one in obligations(locality=cast.province, year=2025, on=TODAY).unknown}


def test_returns_of_past_periods_hold_no_meetings_here(cast):
    quota(cast.country, 1)
    given_return(cast.ward, date(2025, 7, 1), date(2025, 12, 31), rows=[{"meetings": 9}])
    assert account(cast, year=2025).standing == Standing.MISSED


# --- days of reception --------------------------------------------------------------------------------------------


def test_days_of_reception_are_counted_by_days_and_months(cast):
    rule(cast.country, "reception_days", 2, "days_a_month", level="commune")
    received(cast, date(2026, 1, 6), date(2026, 1, 20), date(2026, 2, 3), date(2026, 2, 3), date(2026, 5, 5))
    months = account(cast).reception.months
    assert [(month.held, month.standing) for month in months[:6]] == [
        (2, Standing.MET),
        (1, Standing.MISSED),
        (0, Standing.MISSED),
        (0, Standing.MISSED),
        (1, Standing.ON_THE_WAY),
        (0, Standing.ON_THE_WAY),
    ]
    assert account(cast).months_gone == 3
    assert account(cast, cast.province).reception is None


def test_a_month_with_fewer_working_days_left_than_days_missing_is_lost(cast):
    rule(cast.country, "reception_days", 2, "days_a_month")
    # Friday 29 May is the last working day of the month, Thursday the one before it.
    assert account(cast, on=date(2026, 5, 28)).reception.months[4].standing == Standing.IN_DANGER
    may = account(cast, on=date(2026, 5, 29)).reception.months[4]
    assert (may.standing, may.lost_from) == (Standing.LOST, date(2026, 5, 29))
    received(cast, date(2026, 5, 28))
    assert account(cast, on=date(2026, 5, 29)).reception.months[4].standing == Standing.IN_DANGER
    planned(cast, date(2026, 5, 30), meeting_type="citizen_reception")  # on the Saturday
    assert account(cast, on=date(2026, 5, 29)).reception.months[4].standing == Standing.ON_THE_WAY


# --- announcements and results ------------------------------------------------------------------------------------


def test_announcements_made_too_late_or_not_at_all(cast):
    rule(cast.country, "announcement", 7, "calendar_days")
    day = date(2026, 4, 20)
    held_meeting(cast.ward, day, announced_on=date(2026, 4, 13), topic="Vừa kịp")
    held_meeting(cast.ward, day, announced_on=date(2026, 4, 14), topic="Chậm")
    held_meeting(cast.ward, day, topic="Không thông báo")
    planned(cast, date(2026, 5, 26), topic="Quá hạn thông báo")  # due on the 19th
    planned(cast, date(2026, 5, 27), topic="Hôm nay là hạn")
    planned(cast, date(2026, 5, 22), state="announced", announced_on=date(2026, 5, 18), topic="Đã thông báo chậm")
    again = {"state": "postponed", "previous_start": datetime(2026, 5, 1, 8, tzinfo=VIETNAM)}
    planned(cast, date(2026, 5, 25), announced_on=date(2026, 4, 1), topic="Hoãn, phải thông báo lại", **again)
    found = obligations(locality=cast.ward, year=2026, on=TODAY)

    def topics(what):
        return {meeting.topic for meeting in found.meetings(what)[0:50]}

    assert topics("announced_late") == {"Chậm", "Đã thông báo chậm"}
    assert topics("not_announced") == {"Không thông báo", "Quá hạn thông báo", "Hoãn, phải thông báo lại"}
    assert (found.total.announced_late, found.total.not_announced, found.total.announcements) == (2, 3, 5)
    assert {one.announce_by for one in found.meetings("announced_late")[0:50]} == {date(2026, 4, 13), date(2026, 5, 15)}


def test_the_strictest_rule_in_force_on_the_day_of_the_meeting_decides(cast):
    rule(cast.country, "announcement", 7, "calendar_days", until=date(2026, 3, 31))
    rule(cast.ward, "announcement", 10, "working_days", since=date(2026, 4, 1))
    rule(cast.country, "announcement", 3, "calendar_days", kind="thematic")
    early = {"announced_on": date(2026, 3, 20)}
    held_meeting(cast.ward, date(2026, 3, 27), **early)
    held_meeting(cast.ward, date(2026, 4, 3), **early)  # ten working days before it is the 20th
    held_meeting(cast.ward, date(2026, 4, 2), **early)
    found = obligations(locality=cast.ward, year=2026, on=TODAY)
    assert [one.held_on for one in found.meetings("announced_late")[0:9]] == [date(2026, 4, 2)]


def test_results_published_late_or_not(cast):
    def held(topic, **values):
        held_meeting(cast.ward, date(2026, 4, 1), topic=topic, concluded_on=date(2026, 4, 5), **values)

    limit = {"publication_due_on": date(2026, 4, 13)}
    held("Đúng hạn", published_on=date(2026, 4, 13), **limit)
    held("Chậm", published_on=date(2026, 4, 14), **limit)
    held("Chưa công khai", **limit)
    held("Chưa đến hạn", publication_due_on=TODAY)
    held("Không có hạn")
    found = obligations(locality=cast.ward, year=2026, on=TODAY)
    assert [one.topic for one in found.meetings("published_late")[0:9]] == ["Chậm"]
    assert [one.topic for one in found.meetings("not_published")[0:9]] == ["Chưa công khai"]
    assert found.total.results == 2


# --- the page -----------------------------------------------------------------------------------------------------


def fill(cast, number):
    """Wards below the province with meetings of every sort."""
    if not Rule.objects.exists():
        quota(cast.country, 3, level="commune")
        quota(cast.province, 1, kind="thematic", level="commune")
        rule(cast.country, "announcement", 7, "calendar_days")
        rule(cast.country, "reception_days", 2, "days_a_month", level="commune")
        rule(cast.country, "reception_days", 1, "days_a_month", level="province")
    for n in range(number):
        ward = place(cast.province, f"Xã số {n:03}", LocalityKind.COMMUNE)
        if n % 7 == 6:
            continue  # not on the system
        for k in range(n % 5):
            due_on = date(2026, 2, 16 + k)
            held_meeting(
                ward,
                date(2026, 2, 3 + k),
                meeting_type=["periodic", "thematic"][k % 2],
                announced_on=date(2026, 1, 25) + timedelta(days=n % 6) if n % 4 else None,
                concluded_on=date(2026, 2, 10),
                publication_due_on=due_on,
                published_on=due_on + timedelta(days=n % 3) if n % 2 else None,
            )
            held_meeting(ward, date(2026, 3, 3 + k), meeting_type="citizen_reception", announced_on=date(2026, 1, 1))
        start = datetime.combine(date(2026, 6, 1) + timedelta(days=n), time(8), tzinfo=VIETNAM)
        planned(
            cast,
            date(2026, 6, 1),
            host_unit=unit_of(ward),
            locality=ward,
            planned_start=start,
            planned_end=start + timedelta(hours=2),
        )


@pytest.mark.parametrize("place_name", ["country", "province", "ward"])
def test_every_number_leads_to_as_many_rows(cast, signed_in, place_name):
    fill(cast, 15)
    held_meeting(cast.ward, date(2026, 2, 3), announced_on=date(2026, 2, 1))
    received(cast, date(2026, 4, 7), date(2026, 4, 7), date(2026, 4, 8))
    client = signed_in("system_admin")
    html = client.get(f"/obligations/?locality={getattr(cast, place_name).pk}&year=2026").content.decode()
    numbers = CARD.findall(html) + [
        (url, re.search(r"\d+", re.sub(r"<[^>]+>", "", text))[0])
        for url, text in LINK.findall(html)
        if re.search(r"\d", re.sub(r"<[^>]+>", "", text))
    ]
    assert len(numbers) > {"country": 15, "province": 60, "ward": 11}[place_name]
    for url, shown in numbers:
        page = client.get(unescape(url))
        assert page.status_code == 200, url
        assert str(page.context["number"]) == shown, url
        assert len(page.context["page_obj"].object_list) == min(50, int(shown)), url


def test_the_worst_stands_first_and_one_goes_down_to_it(cast, signed_in):
    quota(cast.country, 1, level="commune")
    held_meeting(cast.ward, date(2026, 3, 2))
    page = signed_in("superior_leader").get("/obligations/?year=2026")
    assert [line.name for line in page.context["lines"]] == ["Tỉnh Sông Hồng", "Phường Bằng Lăng", "Phường Hoa Sen"]
    below = signed_in("superior_leader").get(page.context["lines"][1].url)
    assert below.context["locality"] == cast.sibling_ward
    whole = signed_in("system_admin").get(f"/obligations/?locality={cast.country.pk}")
    [line] = whole.context["lines"]
    assert [number.text for _tone, number in line.standings] == ["1 đang thực hiện", "1 đạt"]


def test_the_provinces_own_work_is_told_from_that_of_its_communes(cast, signed_in):
    quota(cast.country, 2)
    held_meeting(cast.province, date(2026, 3, 2), level="province")
    held_meeting(cast.ward, date(2026, 3, 3), level="province")  # held in the ward, by the province
    held_meeting(cast.ward, date(2026, 3, 4))
    assert account(cast, cast.province).quotas[0].quota.held == 2
    assert account(cast).quotas[0].quota.held == 1
    page = signed_in("superior_leader").get("/obligations/")
    own = next(line for line in page.context["lines"] if line.name == "Tỉnh Sông Hồng")
    rows = signed_in("superior_leader").get(own.quotas[0].held.url)
    assert rows.context["number"] == 2


def test_who_sees_what(cast, signed_in):
    quota(cast.country, 1)
    clerk = signed_in("ward_clerk")
    assert [line.name for line in clerk.get("/obligations/").context["lines"]] == ["Phường Hoa Sen"]
    for foreign in (cast.province, cast.sibling_ward, cast.country):
        assert clerk.get(f"/obligations/?locality={foreign.pk}").status_code == 404
        assert clerk.get(f"/obligations/rows/?locality={foreign.pk}&what=owing").status_code == 404
        assert clerk.get(f"/obligations/at-risk/?locality={foreign.pk}").status_code == 404
    assert clerk.get(f"/obligations/?locality={cast.residential_area.pk}").context["lines"] == []


@pytest.mark.parametrize("query", ["year=1999", "year=2x26", "year=20260"])
def test_a_year_that_is_none_gets_a_sentence(cast, signed_in, query):
    page = signed_in("ward_leader").get(f"/obligations/?{query}")
    assert page.status_code == 422
    assert "form-errors" in page.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "what=secrets",
        "what=",
        "what=month_gone",
        "what=held&rule=999999",
        "what=held&rule=x",
        "what=receptions&month=13",
    ],
)
def test_rows_of_no_number_are_404(cast, signed_in, query):
    quota(cast.country, 1)
    assert signed_in("ward_leader").get(f"/obligations/rows/?{query}").status_code == 404


def test_the_dashboard_fetches_one_line_of_it(cast, signed_in):
    quota(cast.country, 1, level="commune")
    rule(cast.country, "announcement", 7, "calendar_days")
    with time_machine.travel("2026-12-10 03:00:00+00:00", tick=False):
        piece = signed_in("superior_leader").get("/obligations/at-risk/").content.decode()
        assert "2 chỉ tiêu có nguy cơ" in piece
        board = signed_in("superior_leader").get("/dashboard/").content.decode()
        assert "/obligations/at-risk/" in board


def test_the_plan_of_the_year_says_how_the_own_place_stands(cast, signed_in):
    quota(cast.country, 3, level="commune")
    held_meeting(cast.ward, date(2026, 3, 2), host_unit=cast.ward_committee)
    planned(cast, date(2026, 7, 1))
    page = signed_in("ward_clerk").get("/meetings/year/?year=2026").content.decode()
    assert "Phải tổ chức 3, đã tổ chức 1, trong kế hoạch 1, còn thiếu 1" in page
    assert "không thể hoàn thành được nữa từ 01/01/2027" in page  # no rule on announcing: until the last day


def statements(client, url) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    skipped = r'FROM "(django_session|accounts_user|accounts_membership)"'
    return [q["sql"] for q in queries if not re.search(skipped, q["sql"])]


@pytest.mark.parametrize("url", ["/obligations/", "/obligations/rows/?what=results", "/obligations/rows/?what=short"])
def test_it_takes_as_many_statements_for_many_places_as_for_few(cast, signed_in, url):
    client = signed_in("superior_leader")
    fill(cast, 5)
    statements(client, url)
    few = statements(client, url)
    fill(cast, 25)
    many = statements(client, url)
    most = 8 if url == "/obligations/" else 10
    assert len(few) == len(many) <= most, "\n".join(many)


def _limit_by_hand(meeting, day):
    """The announcement's limit as the meeting's own page works it out."""
    found = deadlines_for(
        locality=meeting.locality,
        level=meeting.level,
        meeting_type=meeting.meeting_type,
        obligation="announcement",
        counted_from=day,
    )
    return found[0].due_on if found else None


def test_the_statement_agrees_with_going_through_the_meetings_one_by_one(cast):
    rule(cast.country, "announcement", 7, "calendar_days", level="commune", until=date(2026, 6, 30))
    rule(cast.country, "announcement", 5, "working_days", kind="thematic")
    rule(cast.province, "announcement", 10, "working_days", since=date(2026, 3, 1), until=date(2026, 3, 31))
    rule(cast.sibling_ward, "announcement", 3, "calendar_days", since=date(2026, 4, 1))
    CalendarDay.objects.create(day=date(2026, 4, 16), kind="day_off", name="Bão", locality=cast.ward)
    dice = random.Random(20260520)
    for _n in range(150):
        at = dice.choice([cast.ward, cast.residential_area, cast.sibling_ward, cast.province])
        day = date(2025, 12, 20) + timedelta(days=dice.randrange(390))
        announced_on = dice.choice([None, day - timedelta(days=dice.randrange(16))])
        values = {"meeting_type": dice.choice(["periodic", "thematic", "voter_contact"]), "level": at.level}
        if day < TODAY and dice.random() < 0.8:
            limit = dice.choice([None, day + timedelta(days=10)])
            published = day + timedelta(days=dice.randrange(6, 16)) if dice.random() < 0.6 else None
            values |= {"concluded_on": day + timedelta(days=3), "published_on": published}
            held_meeting(at, day, announced_on=announced_on, publication_due_on=limit, **values)
        else:
            start = datetime.combine(day, time(dice.choice([0, 8, 23])), tzinfo=VIETNAM)
            times = {"planned_start": start, "planned_end": start + timedelta(minutes=50)}
            state = "planned" if announced_on is None else dice.choice(["announced", "postponed"])
            planned(
                cast,
                day,
                locality=at,
                host_unit=unit_of(at),
                state=state,
                announced_on=announced_on,
                previous_start=start - timedelta(days=9),
                **times,
                **values,
            )

    expected = {what: set() for what in ("held", "planned", "announced_late", "not_announced")}
    expected |= {"published_late": set(), "not_published": set()}
    for meeting in Meeting.objects.select_related("locality"):
        day, limit = meeting.planned_day, _limit_by_hand(meeting, meeting.planned_day)
        if meeting.held_on and meeting.held_on.year == 2026:
            expected["held"].add(meeting.pk)
            due, published = meeting.publication_due_on, meeting.published_on
            if due and published and published > due:
                expected["published_late"].add(meeting.pk)
            if due and not published and due < TODAY:
                expected["not_published"].add(meeting.pk)
        if day.year != 2026:
            continue
        is_waiting = meeting.state in {"planned", "postponed"}
        if not meeting.held_on and day >= TODAY:
            expected["planned"].add(meeting.pk)
        if limit and is_waiting and limit < TODAY:
            expected["not_announced"].add(meeting.pk)
        if limit and not is_waiting and meeting.announced_on is None:
            expected["not_announced"].add(meeting.pk)
        if limit and not is_waiting and meeting.announced_on and meeting.announced_on > limit:
            expected["announced_late"].add(meeting.pk)
    found = obligations(locality=cast.country, year=2026, on=TODAY)
    for what, ids in expected.items():
        assert len(ids) > 2, f"the dice gave too little of {what}"
        assert {meeting.pk for meeting in found.meetings(what)[0:200]} == ids, what
        assert found.meetings(what).count() == len(ids)
    for of in (cast.ward, cast.sibling_ward):
        one = account(cast, of, locality=cast.country)
        own = Meeting.objects.filter(locality__path__startswith=of.path)
        assert sum(one.tally.held.values()) == own.filter(pk__in=expected["held"]).count()
        assert one.tally.announced_late == own.filter(pk__in=expected["announced_late"]).count()
