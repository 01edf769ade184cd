"""Returns: entered, checked, changed, imported, removed; and never counted twice."""

from datetime import date
from io import BytesIO

import pytest
import time_machine
from django.db.models import Sum as DbSum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Level
from audit.models import Event
from deadlines.models import MeetingType
from feedback.models import Opinion, Speech
from meetings.models import Attendance, Meeting
from reports import importing
from reports.figures import figures
from reports.models import Return, ReturnRow
from reports.sums import MEASURES
from tests.reports.builders import given_return, held_meeting, opinions, published_places

YEAR = (date(2024, 1, 1), date(2024, 12, 31))


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-05-20 03:00:00+00:00", tick=False):
        yield


def typed(cast, *, rows=(), fields=(), **values) -> dict:
    """What the browser sends for a return."""
    data = {
        "locality": f"{cast.ward.name}, {cast.province.name}",
        "period_from": "01/07/2025",
        "period_to": "31/12/2025",
        "source": "Báo cáo năm 2025",
        "version": "1",
        "rows-TOTAL_FORMS": str(len(rows) + 1),
        "rows-INITIAL_FORMS": "0",
        "fields-TOTAL_FORMS": str(len(fields) + 1),
        "fields-INITIAL_FORMS": "0",
    }
    for number, row in enumerate(rows):
        data |= {f"rows-{number}-{name}": str(value) for name, value in row.items()}
    for number, (name, count) in enumerate(fields):
        data |= {f"fields-{number}-field_name": name, f"fields-{number}-opinions": str(count)}
    return data | {name: str(value) for name, value in values.items()}


def test_a_clerk_enters_a_return_and_it_counts(cast, signed_in):
    rows = [
        {
            "level": "commune",
            "meeting_type": "periodic",
            "meetings": 4,
            "attendances": 300,
            "opinions": 40,
            "answered": 38,
        },
        {"level": "commune", "meeting_type": "sector", "mode": "online", "attendances": 90, "is_of_which": "on"},
    ]
    answer = signed_in("ward_clerk").post(
        "/returns/new/", typed(cast, rows=rows, fields=[("Kinh tế", 30), ("Khác", 10)])
    )
    one = Return.objects.get()
    assert answer.status_code == 302
    assert answer.url == f"/returns/{one.pk}/"
    found = figures(locality=cast.ward)
    assert (found.meetings, found.attendances, found.opinions, found.answered) == (4, 300, 40, 38)
    assert found.by_field == {"Kinh tế": 30, "Khác": 10}
    assert [row.row["attendances"] for row in found.of_which] == [90]
    assert Event.objects.of(one).get().actor == cast.ward_clerk


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"rows": [{"meetings": 3}], "meetings": 2}, "cộng lại là 3, lớn hơn số tổng 2"),
        ({"rows": [{"meetings": 3}], "meetings": 5}, "cộng lại là 3, số tổng ghi 5"),
        ({"rows": [{"opinions": 10, "answered": 11}]}, "Dòng 1: 11 ý kiến được trả lời, nhiều hơn 10"),
        ({"opinions": 10, "answered": 11}, "11 ý kiến được trả lời, nhiều hơn tổng 10"),
        ({"opinions": 10, "fields": [("Đất đai", 11)]}, "cộng lại là 11, nhiều hơn 10"),
        ({"opinions": 10, "fields": [("Đất đai", 7)]}, "hãy ghi 3 ý kiến còn lại"),
        ({"opinions": 4, "fields": [("Đất đai", 2), ("đất đai", 2)]}, "bị ghi hai lần"),
        ({}, "ít nhất một số liệu"),
        ({"meetings": 1, "period_to": "30/06/2025"}, "đứng trước ngày bắt đầu"),
        ({"meetings": 1, "period_to": "31/12/2027"}, "không được sau hôm nay"),
        ({"meetings": 1, "period_from": "30/02/2025"}, "form-errors"),
        ({"meetings": -1}, "form-errors"),
        ({"meetings": 10**9}, "form-errors"),
        ({"meetings": 1, "period_from": "01/01/2020", "period_to": "31/12/2020"}, "chưa có trong kỳ này"),
        ({"meetings": 1, "locality": "Phường Cũ, Tỉnh Sông Hồng (đến 01/07/2025)"}, "form-errors"),
        ({"meetings": 1, "locality": "Không có nơi này"}, "form-errors"),
    ],
)
def test_what_cannot_be_true_is_refused_with_a_sentence_and_nothing_typed_is_lost(cast, signed_in, values, words):
    page = signed_in("ward_clerk").post("/returns/new/", typed(cast, **values))
    html = page.content.decode()
    assert page.status_code == 422
    assert words in html
    assert "Báo cáo năm 2025" in html
    assert not Return.objects.exists()


def test_markup_in_a_source_is_shown_as_text(cast, signed_in):
    signed_in("ward_clerk").post("/returns/new/", typed(cast, meetings=1, source="<b>{{ 7 }}</b>"))
    html = signed_in("ward_clerk").get(f"/returns/{Return.objects.get().pk}/").content.decode()
    assert "&lt;b&gt;{{ 7 }}&lt;/b&gt;" in html


def test_a_second_return_for_the_same_is_refused_and_for_another_type_is_not(cast, signed_in):
    given_return(
        cast.ward,
        date(2025, 7, 1),
        date(2025, 9, 30),
        rows=[{"level": "commune", "meeting_type": "periodic", "meetings": 2}],
    )
    client = signed_in("ward_clerk")
    same = {"level": "commune", "meeting_type": "periodic", "meetings": 3}
    assert "Đã có số liệu tổng hợp" in client.post("/returns/new/", typed(cast, rows=[same])).content.decode()
    assert client.post("/returns/new/", typed(cast, rows=[same | {"meeting_type": "sector"}])).status_code == 302


def test_a_clerk_of_the_ward_does_not_enter_for_the_sibling(cast, signed_in):
    page = signed_in("ward_clerk").post(
        "/returns/new/", typed(cast, meetings=1, locality="Phường Bằng Lăng, Tỉnh Sông Hồng")
    )
    assert page.status_code == 422
    assert not Return.objects.exists()


def test_more_empty_rows_keep_what_was_typed(cast, signed_in):
    page = signed_in("ward_clerk").post("/returns/new/", typed(cast, meetings=12, add_rows="1"))
    assert page.status_code == 200
    assert 'value="Báo cáo năm 2025"' in page.content.decode()
    assert len(page.context["entry"].rows) == 4


def test_a_stale_form_shows_both_and_saves_nothing(cast, signed_in):
    one = given_return(cast.ward, date(2025, 7, 1), date(2025, 12, 31), meetings=5)
    client, url = signed_in("ward_clerk"), f"/returns/{one.pk}/edit/"
    assert client.post(url, typed(cast, meetings=6)).status_code == 302
    page = client.post(url, typed(cast, meetings=7))
    one.refresh_from_db()
    assert page.status_code == 409
    assert (one.meetings, one.version) == (6, 2)
    assert page.context["entry"].form.data["version"] == 2


def test_removing_asks_once_and_the_history_stays(cast, signed_in):
    one = given_return(cast.ward, date(2025, 7, 1), date(2025, 12, 31), meetings=5)
    client = signed_in("ward_leader")
    assert client.get(f"/returns/{one.pk}/remove/").status_code == 200
    assert client.post(f"/returns/{one.pk}/remove/").status_code == 302
    assert not Return.objects.exists()
    assert Event.objects.get(verb="remove_return").data["meetings"] == 5


# --- the table ---


def table(*lines: str) -> str:
    return "\r\n".join([";".join(importing.COLUMNS.values()), *lines])


FINE = "Phường Hoa Sen;Tỉnh Sông Hồng;01/07/2025;31/12/2025;x;Báo cáo;{}"


def test_a_table_is_reviewed_and_then_applied(cast, signed_in):
    text = table(
        FINE.format("Tổng;;;;10;hơn 900;;60;"),
        FINE.format("Dòng;Xã;Định kỳ;Phường;10;hơn 900;;60;58"),
        FINE.format("Lĩnh vực;;;Đất đai;;;;60;"),
    )
    client = signed_in("ward_clerk")
    upload = BytesIO(("\ufeff" + text).encode())
    upload.name = "bang.csv"
    page = client.post("/returns/import/", {"table": upload})
    assert page.status_code == 200
    assert not Return.objects.exists()
    assert client.post("/returns/import/", {"content": page.context["text"]}).status_code == 302
    found = figures(locality=cast.ward)
    assert (found.meetings, found.attendances, found.total.attendances_bound) == (10, 900, "at_least")
    assert found.by_field == {"Đất đai": 60}


def test_the_template_can_be_read(cast, signed_in):
    content = signed_in("ward_clerk").get("/returns/template.csv").content
    reading = importing.read(importing.decode(content), actor=cast.system_admin)
    assert [len(draft.entry.rows) for draft in reading.drafts] == [2]
    assert all("Quận Ví Dụ" in sentence for draft in reading.drafts for sentence in draft.problems)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"MZ\x90\x00\x03\x00",
        "không;phải;bảng".encode(),
        table().encode(),
        table("Phường Hoa Sen;;30/02/2025;31/12/2025;;Báo cáo;Tổng;;;;1;;;;").encode(),
        table(FINE.format("Tổng;;;;nhiều;;;;")).encode(),
        table(FINE.format("Dòng;Trời;;;1;;;;")).encode(),
        table(FINE.format("Gì đó;;;;1;;;;")).encode(),
        table(FINE.format("Tổng;;;;10;;;5;6")).encode(),
        table(FINE.format("Tổng;;;;99999999999;;;;")).encode(),
        table("Phường Bằng Lăng;Tỉnh Sông Hồng;01/07/2025;31/12/2025;;Báo cáo;Tổng;;;;1;;;;").encode(),
        ("x" * 1_100_000).encode(),
    ],
)
def test_a_bad_table_gets_sentences_and_saves_nothing(cast, signed_in, content):
    upload = BytesIO(content)
    upload.name = "bang.csv"
    page = signed_in("ward_clerk").post("/returns/import/", {"table": upload})
    assert page.status_code == 422
    assert not Return.objects.exists()
    again = signed_in("ward_clerk").post(
        "/returns/import/", {"content": content.decode("utf-8", "ignore").replace("\x00", "")}
    )
    assert again.status_code == 422
    assert not Return.objects.exists()


# --- never twice ---


@pytest.fixture
def places(db):
    return published_places()


def test_live_meetings_inside_a_return_are_part_of_it(places):
    given_return(places["ba_dinh"], *YEAR, rows=[{"level": "district", "meeting_type": "periodic", "meetings": 8}])
    held_meeting(places["ba_dinh"], date(2024, 5, 5), level="district", meeting_type="periodic")
    held_meeting(places["ba_dinh"], date(2024, 5, 6), level="district", meeting_type="thematic")
    held_meeting(places["ba_dinh"], date(2023, 5, 6), level="district", meeting_type="periodic")
    assert figures(locality=places["ba_dinh"]).meetings == 8 + 1 + 1
    assert figures(locality=places["ba_dinh"], level="district", meeting_type="periodic").meetings == 8 + 1


def test_a_return_of_totals_alone_holds_every_live_meeting_of_its_place_and_period(places):
    given_return(places["ba_dinh"], *YEAR, meetings=20)
    held_meeting(places["ba_dinh"], date(2024, 5, 5), level="district")
    assert figures(locality=places["hanoi"]).meetings == 20
    narrow = figures(locality=places["ba_dinh"], meeting_type="periodic")
    assert narrow.meetings == 1
    assert [why.name for _record, why in narrow.left_out] == ["NOT_SPLIT"]


def test_a_return_inside_a_wider_one_is_not_added(places):
    given_return(places["hanoi"], date(2024, 1, 1), date(2025, 6, 30), meetings=500)
    given_return(places["ba_dinh"], *YEAR, meetings=20)
    found = figures(locality=places["hanoi"])
    assert found.meetings == 500
    assert [why.name for _record, why in found.left_out] == ["NESTED"]
    assert figures(locality=places["ba_dinh"]).meetings == 20


def test_rows_of_another_level_are_added_to_those_of_the_wider_place(places):
    given_return(places["hanoi"], *YEAR, rows=[{"level": "province", "meetings": 9}])
    given_return(places["ba_dinh"], *YEAR, rows=[{"level": "district", "meetings": 5}])
    assert figures(locality=places["hanoi"]).meetings == 14


def test_zero_in_a_return_is_zero_and_nothing_is_nothing(places):
    given_return(places["ba_dinh"], *YEAR, meetings=3, opinions=0)
    found = figures(locality=places["ba_dinh"])
    assert (found.opinions, found.attendances, found.answered) == (0, None, None)


number = st.none() | st.integers(0, 500)
row = st.fixed_dictionaries(
    {
        "level": st.sampled_from(["", *Level.values]),
        "meeting_type": st.sampled_from(["", *MeetingType.values[:3]]),
        "meetings": number,
        "attendances": number,
        "opinions": number,
        "is_part_of_total": st.booleans(),
    }
)
returns = st.lists(
    st.tuples(
        st.sampled_from(["hanoi", "ba_dinh", "bac_tu_liem"]),
        st.integers(2020, 2024),
        st.integers(0, 2),
        st.lists(row, min_size=1, max_size=4),
        st.booleans(),
    ),
    max_size=4,
)
live = st.lists(
    st.tuples(
        st.sampled_from(["hanoi", "ba_dinh", "bac_tu_liem"]),
        st.integers(2019, 2025),
        st.sampled_from(Level.values),
        st.sampled_from(MeetingType.values[:3]),
        st.none() | st.integers(0, 90),
        st.integers(0, 3),
    ),
    max_size=6,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_returns=returns, meetings=live, level=st.sampled_from(["", "commune"]), asked=st.integers(2019, 2022))
def test_breakdowns_tie_and_nothing_counts_twice(places, given_returns, meetings, level, asked):
    Return.objects.all().delete()
    for model in (Attendance, Opinion, Speech, Meeting):
        model.objects.all().delete()
    for name, year, more, rows, has_total in given_returns:
        counted = [r["meetings"] for r in rows if r["is_part_of_total"] and r["meetings"] is not None]
        totals = {"meetings": sum(counted) + 7} if has_total else {}
        given_return(places[name], date(year, 1, 1), date(year + more, 12, 31), rows=rows, **totals)
    for name, year, of_level, kind, people, raised in meetings:
        made = held_meeting(places[name], date(year, 6, 1), level=of_level, meeting_type=kind, attendance=people)
        opinions(made, raised)
    found = figures(locality=places["hanoi"], period_from=date(asked, 1, 1), period_to=date(2025, 12, 31), level=level)
    for measure in MEASURES:
        total = getattr(found.total, measure)
        for sums in (found.by_level.values(), found.by_type.values(), [c.sum for c in found.by_level_and_type]):
            known = [getattr(value, measure) for value in sums if getattr(value, measure) is not None]
            assert (sum(known) if known else None) == total or (total == 0 and not known)
    # Nothing is more than every live meeting and every return's own figure taken once.
    live_meetings = sum(1 for _n, year, of_level, *_rest in meetings if year >= asked and level in {"", of_level})
    inside = Return.objects.filter(period_from__year__gte=asked)
    of_returns = sum(
        (one.meetings if one.meetings is not None else None)
        or ReturnRow.objects.filter(return_record=one, is_part_of_total=True).aggregate(n=DbSum("meetings"))["n"]
        or 0
        for one in inside
    )
    assert (found.meetings or 0) <= live_meetings + of_returns
    # No two included parts may hold the same meeting.
    covers = [(one.record.pk, cover) for one in found.included for cover in one.covers]
    for pk, cover in covers:
        for other, wider in covers:
            assert pk == other or not wider.holds(cover)
