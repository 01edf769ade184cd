"""The dashboard: each number leads to rows that are as many, and the number of statements stays the same."""

import json
import re
from datetime import date, timedelta
from html import unescape
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports.figures import figures, period_before
from tests.reports.builders import assignment, field, given_return, held_meeting, opinions

TODAY = date(2026, 5, 20)
NUMBER = re.compile(r'<a [^>]*href="(/dashboard/rows/\?[^"]+)"[^>]*>([^<]*)</a>')
CARD = re.compile(
    r'<a class="stretched-link" href="(/dashboard/rows/\?[^"]+)">[^<]*</a></p>\s*<p class="figure-value">'
    r'<span class="figure-number">([^<]*)</span>'
)
CHART_ROW = re.compile(
    r'<a href="(/dashboard/rows/\?[^"]+)">[^<]*</a></th>.*?<td class="chart-value">([^<]*)</td>', re.S
)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-05-20 03:00:00+00:00", tick=False):
        yield


def fill(cast, number: int) -> None:
    """Meetings of the first months of the year in every state of lateness, with opinions of every kind."""
    for n in range(number):
        held_on = date(2026, 1, 5) + timedelta(days=(n * 7) % 130)
        due_on = held_on + timedelta(days=14)
        concluded_on = [None, due_on, due_on + timedelta(days=9)][n % 3]
        meeting = held_meeting(
            [cast.ward, cast.residential_area][n % 2],
            held_on,
            due_on=due_on,
            attendance=40 + n if n % 4 else None,
            meeting_type=["periodic", "thematic"][n % 2],
            concluded_on=concluded_on,
        )
        opinions(meeting, 2, in_field=field("Đất đai"), state="answered", resolution="explained")
        opinions(meeting, 1, in_field=field("Kinh tế", None), category="complaint")
        given = opinions(meeting, 2, in_field=field("Y tế", "Văn hóa - xã hội"), state="assigned", category="feedback")
        assignment(given[0], cast.ward_economy, due_on)
        opinions(meeting, 1, state="replied", resolution="done", competence="superior")


def numbers_of(html: str) -> list[tuple[str, str]]:
    found = CARD.findall(html) + CHART_ROW.findall(html)
    found += [(url, text) for url, text in NUMBER.findall(html) if re.search(r"\d", text)]
    return [(unescape(url), re.sub(r"\D", "", text)) for url, text in found if re.fullmatch(r"\D*[\d.]+", text.strip())]


def test_every_number_leads_to_as_many_rows(cast, signed_in):
    fill(cast, 12)
    given_return(
        cast.ward,
        date(2026, 1, 1),
        date(2026, 1, 31),
        rows=[{"level": "commune", "meeting_type": "periodic", "meetings": 7, "attendances": 900, "opinions": 30}],
        fields=[("Đất đai", 10), ("Các vấn đề khác", 20)],
    )
    client = signed_in("superior_leader")
    html = client.get(f"/dashboard/?locality={cast.province.pk}&period=all").content.decode()
    numbers = numbers_of(html)
    assert len(numbers) > 50
    for url, shown in numbers:
        page = client.get(url)
        assert page.status_code == 200, url
        assert str(page.context["number"]) == shown, url
        for section in page.context["sections"]:
            listed = section["page_obj"].paginator.object_list.count()
            assert "what=attendances" in url or listed == section["live"], url


def test_the_page_and_the_command_print_the_same(cast, signed_in):
    fill(cast, 9)
    out = StringIO()
    call_command(
        "figures", "--locality", "Phường Hoa Sen", "--from", "2026-01-01", "--to", "2026-12-31", "--json", stdout=out
    )
    data = json.loads(out.getvalue())
    page = signed_in("ward_leader").get(f"/dashboard/?locality={cast.ward.pk}&period=year")
    assert page.context["found"].as_json() == data
    shown = {re.search("what=([a-z]+)", url)[1]: text for url, text in numbers_of(page.content.decode())[:5]}
    assert shown | {"overdue": ""} == {
        "meetings": str(data["meetings"]),
        "attendances": str(data["attendances"]),
        "opinions": str(data["opinions"]),
        "answered": str(data["answered"]),
        "overdue": "",
    }


def statements(client, url) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200
    return [
        q["sql"]
        for q in queries
        if not re.search(r'FROM "(django_session|accounts_user|accounts_membership)"', q["sql"])
    ]


@pytest.mark.parametrize("person", ["ward_clerk", "ward_leader", "superior_leader", "front_supervisor"])
def test_the_dashboard_needs_seven_statements_whatever_the_number_of_rows(cast, signed_in, person):
    client = signed_in(person)
    fill(cast, 5)
    few = statements(client, "/dashboard/")
    fill(cast, 55)
    many = statements(client, "/dashboard/")
    assert len(few) == len(many) <= 7, "\n".join(many)


@pytest.mark.parametrize("what", ["meetings", "speeches", "opinions", "assignments", "overdue"])
def test_rows_need_few_statements(cast, signed_in, what):
    client = signed_in("ward_leader")
    fill(cast, 5)
    few = statements(client, f"/dashboard/rows/?what={what}")
    fill(cast, 55)
    assert len(few) == len(statements(client, f"/dashboard/rows/?what={what}")) <= 8


def test_complaints_are_counted_apart_and_their_text_stays_hidden(cast, signed_in):
    meeting = held_meeting(cast.ward, date(2026, 3, 3))
    opinions(meeting, 3, category="complaint", text="Khiếu nại ông Nguyễn Văn Kín")
    opinions(meeting, 1, category="denunciation", text="Tố cáo bà Trần Thị Kín")
    found = figures(locality=cast.ward)
    assert (found.opinions, found.complaints, found.denunciations) == (0, 3, 1)
    for category in ("complaint", "denunciation"):
        html = signed_in("ward_leader").get(f"/dashboard/rows/?what=statutory&key={category}").content.decode()
        assert "Kín" not in html


def test_a_clerk_of_the_ward_does_not_see_the_province(cast, signed_in):
    client = signed_in("ward_clerk")
    assert client.get(f"/dashboard/?locality={cast.province.pk}").status_code == 404
    assert client.get(f"/dashboard/?locality={cast.sibling_ward.pk}").status_code == 404
    assert client.get(f"/dashboard/rows/?locality={cast.sibling_ward.pk}&what=meetings").status_code == 404
    assert client.get(f"/dashboard/?locality={cast.residential_area.pk}").status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "period=custom&from=30/02/2026&to=01/03/2026",
        "period=custom&from=01/03/2026&to=01/02/2026",
        "period=gestern",
        "level=galaxy",
        "type={{7*7}}",
    ],
)
def test_an_impossible_choice_gets_a_sentence_and_no_crash(cast, signed_in, query):
    page = signed_in("ward_leader").get(f"/dashboard/?{query}")
    assert page.status_code == 422
    assert "form-errors" in page.content.decode()


@pytest.mark.parametrize("query", ["locality=0", "locality=x", "locality=99999999999999999999"])
def test_a_place_that_is_not_there_is_404(cast, signed_in, query):
    assert signed_in("ward_leader").get(f"/dashboard/?{query}").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "what=secrets",
        "what=notices&key=never",
        "what=assignments&department=x",
        "what=notices&days=-",
        "what=notices&month=2026-13",
    ],
)
def test_rows_of_no_figure_are_404(cast, signed_in, query):
    assert signed_in("ward_leader").get(f"/dashboard/rows/?{query}").status_code == 404


def test_the_month_before_a_month_and_the_days_before_days():
    assert period_before(date(2026, 3, 1), date(2026, 3, 31)) == (date(2026, 2, 1), date(2026, 2, 28))
    assert period_before(date(2026, 1, 1), date(2026, 12, 31)) == (date(2025, 1, 1), date(2025, 12, 31))
    assert period_before(date(2026, 3, 5), date(2026, 3, 9)) == (date(2026, 2, 28), date(2026, 3, 4))


def test_the_change_is_against_the_period_before(cast):
    for day in (date(2026, 3, 2), date(2026, 4, 1), date(2026, 4, 2)):
        held_meeting(cast.ward, day)
    found = figures(
        locality=cast.ward, period_from=date(2026, 4, 1), period_to=date(2026, 4, 30), compare=True, on=TODAY
    )
    assert (found.meetings, found.before.meetings) == (2, 1)


def test_notices_and_assignments_by_lateness(cast):
    fill(cast, 6)
    found = figures(locality=cast.ward, on=TODAY)
    assert {key: found.notices(key) for key in ("on_time", "late", "pending", "overdue")} == {
        "on_time": 2,
        "late": 2,
        "pending": 0,
        "overdue": 2,
    }
    assert found.overdue_now("notice") == 2
    assert found.assignments("overdue") == found.overdue_now("assignment") == 6
    assert (found.answered_on_the_spot, found.answered_in_writing, found.opinions_pending) == (12, 6, 12)
    assert found.by_resolution == {"done": 6, "explained": 12}
    assert found.by_competence == {"own": 24, "superior": 6}


def test_where_nobody_kept_a_record_the_page_shows_dashes_and_no_zero(cast, signed_in):
    given_return(cast.old_district, date(2020, 1, 1), date(2024, 12, 31), meetings=1078, opinions=6416)
    page = signed_in("superior_leader").get(f"/dashboard/?locality={cast.old_district.pk}")
    numbers = numbers_of(page.content.decode())
    assert ("1078" in {text for _url, text in numbers}) and ("6416" in {text for _url, text in numbers})
    assert "0" not in {text for _url, text in numbers}
    assert {number.text for line in page.context["board"].answer_lines for number in line.numbers} == {"—"}
