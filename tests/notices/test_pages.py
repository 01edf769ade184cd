"""The pages from the draft to the publication, as people use them."""

import io
import re

import pdfplumber
import pytest
from django.urls import reverse

from accounts.models import User
from meetings.models import MeetingState
from notices.models import Notice, NoticeState
from notices.services import save_draft
from tests.meetings.factories import make_meeting
from tests.notices.factories import make_field, make_notice, many_conclusions, many_tasks

TEXTS = (
    "subject",
    "opening",
    "assessment",
    "closing",
    "recipients",
    "place",
    "signing_authority",
    "signer_title",
    "signer_name",
)


def url(name: str, notice: Notice) -> str:
    return reverse(f"notices:{name}", kwargs={"pk": notice.pk})


def typed(notice: Notice, conclusions=(), tasks=(), **texts) -> dict:
    """What a browser sends for the draft with these texts and rows."""
    data = {name: getattr(notice, name) for name in TEXTS} | {"version": notice.version} | texts
    for prefix, rows in (("conclusions", conclusions), ("tasks", tasks)):
        data |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
        for index, row in enumerate(rows):
            data |= {f"{prefix}-{index}-{name}": value for name, value in row.items()}
    return data


def shown(response) -> str:
    return response.content.decode()


def test_from_the_meetings_tab_to_the_published_notice(cast, signed_in):
    clerk, leader = signed_in("ward_clerk"), signed_in("ward_leader")
    meeting = make_meeting(cast, state=MeetingState.HELD)
    tab = reverse("notices:meeting_notice", kwargs={"pk": meeting.pk})
    draft = reverse("notices:draft", kwargs={"pk": meeting.pk})
    assert draft in shown(clerk.get(tab))
    answer = clerk.post(draft)
    notice = Notice.objects.get()
    assert answer.url == url("edit", notice)
    land = make_field()
    rows = [{"field": land.pk, "text": "Tiếp thu, giao Phòng Kinh tế giải quyết."}, {"field": "", "text": ""}]
    tasks = [{"task": "Sửa đường", "lead_department": "Phòng Kinh tế", "due_on": "30/06/2027"}]
    answer = clerk.post(url("edit", notice), typed(notice, rows, tasks, opening="Mở đầu") | {"then": "submit"})
    assert answer.status_code == 302, shown(answer)
    notice.refresh_from_db()
    assert (notice.state, notice.opening) == (NoticeState.SUBMITTED, "Mở đầu")
    assert [c.field for c in notice.conclusions.all()] == [land]
    assert f"{notice.tasks.get().due_on}" == "2027-06-30"
    assert leader.post(url("approve", notice)).status_code == 302
    asked = shown(leader.get(url("issue", notice)))
    assert "01/TB-UBND" in asked
    assert leader.post(url("issue", notice)).status_code == 302
    assert clerk.post(url("publish", notice), {"channel": "portal", "on": _today()}).status_code == 302
    notice.refresh_from_db()
    assert notice.state == NoticeState.PUBLISHED
    page = shown(clerk.get(url("detail", notice)))
    assert notice.document.sha256 in page
    assert clerk.get(url("pdf", notice)).content == bytes(notice.document.pdf)
    assert url("detail", notice) in shown(clerk.get(tab))


def _today() -> str:
    from deadlines import clock

    return f"{clock.today():%d/%m/%Y}"


def test_a_second_click_on_issue_reads_the_number_and_gets_409(cast, signed_in):
    notice = make_notice(cast, NoticeState.APPROVED)
    leader = signed_in("ward_leader")
    assert leader.post(url("issue", notice)).status_code == 302
    again = leader.post(url("issue", notice))
    assert again.status_code == 409
    assert "01/TB-UBND" in shown(again)


def test_a_stale_draft_shows_both_texts_and_the_next_save_passes(cast, signed_in):
    notice = make_notice(cast)
    save_draft(
        notice,
        actor=cast.ward_leader,
        version=1,
        opening="Bản của lãnh đạo",
        conclusions=many_conclusions(1, "Kết luận của lãnh đạo"),
    )
    notice.version = 1
    clerk = signed_in("ward_clerk")
    rows = [{"field": "", "text": "Kết luận của văn thư"}]
    answer = clerk.post(url("edit", notice), typed(notice, rows, opening="Bản của văn thư"))
    assert answer.status_code == 409
    page = shown(answer)
    for text in ("Bản của lãnh đạo", "Bản của văn thư", "Kết luận của lãnh đạo", "Kết luận của văn thư"):
        assert text in page
    assert 'name="version" value="2"' in page
    notice.version = 2
    assert clerk.post(url("edit", notice), typed(notice, rows, opening="Bản gộp")).status_code == 302
    assert Notice.objects.get().opening == "Bản gộp"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"subject": ""}, "subject"),
        ({"subject": "x" * 501}, "subject"),
        ({"opening": "Kết luận 😀"}, "😀"),
        ({"tasks-0-due_on": "30/02/2027"}, "tasks-0-due_on"),
        ({"tasks-0-due_on": "hôm qua"}, "tasks-0-due_on"),
        ({"tasks-0-lead_department": ""}, "tasks-0-lead_department"),
        ({"conclusions-0-field": "999999"}, "conclusions-0-field"),
        ({"conclusions-TOTAL_FORMS": "x"}, "conclusions"),
        ({"tasks-TOTAL_FORMS": "100000"}, "tasks"),
        ({"version": "một"}, "version"),
        ({"opening": "a\x00b"}, "opening"),
    ],
)
def test_wrong_input_comes_back_with_what_was_typed(cast, signed_in, change, words):
    notice = make_notice(cast)
    rows = [{"field": "", "text": "Kết luận đã gõ"}]
    tasks = [{"task": "Nhiệm vụ đã gõ", "lead_department": "Phòng Kinh tế", "due_on": ""}]
    data = typed(notice, rows, tasks, closing="Phần cuối đã gõ") | change
    answer = signed_in("ward_clerk").post(url("edit", notice), data)
    assert answer.status_code == 422
    page = shown(answer)
    assert words in page
    assert "Phần cuối đã gõ" in page
    assert Notice.objects.get().version == 1


def test_without_scripts_the_server_adds_rows_and_keeps_what_was_typed(cast, signed_in):
    notice = make_notice(cast)
    rows = [{"field": "", "text": "Kết luận đã gõ"}]
    answer = signed_in("ward_clerk").post(url("edit", notice), typed(notice, rows) | {"more": "conclusions"})
    assert answer.status_code == 200
    page = shown(answer)
    assert "Kết luận đã gõ" in page
    assert 'name="conclusions-3-text"' in page
    assert Notice.objects.get().version == 1


def test_a_row_ticked_for_removal_goes(cast, signed_in):
    notice = make_notice(cast, conclusions=many_conclusions(2), tasks=many_tasks(1))
    rows = [{"field": "", "text": "Giữ lại"}, {"field": "", "text": "Bỏ đi", "DELETE": "on"}]
    assert signed_in("ward_clerk").post(url("edit", notice), typed(notice, rows)).status_code == 302
    assert [c.text for c in notice.conclusions.all()] == ["Giữ lại"]
    assert not notice.tasks.exists()


def test_the_preview_shows_what_stands_in_the_fields_without_saving(cast, signed_in):
    notice = make_notice(cast)
    clerk = signed_in("ward_clerk")
    rows = [{"field": make_field().pk, "text": "Kết luận chưa lưu"}]
    tasks = [{"task": "Nhiệm vụ chưa lưu", "lead_department": "Phòng Kinh tế", "due_on": "30/02/2027"}]
    answer = clerk.post(url("preview", notice), typed(notice, rows, tasks, opening="<b>Mở đầu</b> {{ 7|add:1 }}"))
    page = shown(answer)
    assert answer.status_code == 200
    for text in ("Kết luận chưa lưu", "Nhiệm vụ chưa lưu", "&lt;b&gt;Mở đầu&lt;/b&gt; {{ 7|add:1 }}"):
        assert text in page
    assert "chưa lưu" not in shown(clerk.get(url("preview", notice)))
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe-inline" not in policy
    assert not re.search(r"<style|style=|<script", page)


def test_only_writers_preview_unsaved_text(cast, signed_in):
    notice = make_notice(cast)
    assert signed_in("front_supervisor").post(url("preview", notice), typed(notice)).status_code == 403
    assert signed_in("sibling_clerk").post(url("preview", notice), typed(notice)).status_code == 404


@pytest.mark.parametrize("name", ["submit", "approve", "return", "issue", "publish"])
def test_people_of_other_units_change_nothing(cast, signed_in, name):
    notice = make_notice(cast, NoticeState.SUBMITTED)
    for person, code in (("sibling_leader", 404), ("front_supervisor", 403), ("party_leader", 403)):
        data = {"remark": "x", "channel": "portal", "on": _today()}
        assert signed_in(person).post(url(name, notice), data).status_code == code
    assert Notice.objects.get().state == NoticeState.SUBMITTED


def test_the_remark_is_demanded_and_what_was_typed_stays(cast, signed_in):
    notice = make_notice(cast, NoticeState.SUBMITTED)
    leader = signed_in("ward_leader")
    assert leader.post(url("return", notice), {"remark": " "}).status_code == 422
    assert leader.post(url("return", notice), {"remark": "Sửa trích yếu"}).status_code == 302
    assert "Sửa trích yếu" in shown(signed_in("ward_clerk").get(url("edit", notice)))


def test_a_wrong_publication_is_shown_at_its_field(cast, signed_in):
    notice = make_notice(cast, NoticeState.ISSUED)
    clerk = signed_in("ward_clerk")
    assert clerk.post(url("publish", notice), {"channel": "portal", "on": "31/02/2026"}).status_code == 422
    assert clerk.post(url("publish", notice), {"channel": "portal", "on": "01/01/2020"}).status_code == 409
    assert clerk.post(url("publish", notice), {"channel": "loa phường", "on": _today()}).status_code == 422


def test_an_issued_notice_is_not_opened_for_editing(cast, signed_in):
    notice = make_notice(cast, NoticeState.ISSUED)
    clerk = signed_in("ward_clerk")
    assert clerk.get(url("edit", notice)).url == url("detail", notice)
    assert clerk.post(url("edit", notice), typed(notice, opening="khác")).status_code == 409


def test_the_drafts_pdf_is_marked_as_a_draft(cast, signed_in):
    answer = signed_in("ward_leader").get(url("pdf", make_notice(cast)))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith('attachment; filename="du-thao')
    with pdfplumber.open(io.BytesIO(answer.content)) as pdf:
        assert "DỰ THẢO" in pdf.pages[0].extract_text()


def test_the_list_filters_by_state_timing_unit_and_text(cast, signed_in):
    late = make_notice(cast, NoticeState.ISSUED, subject="Kết luận về chợ tạm")
    make_notice(cast, subject="Kết luận về trường học")
    clerk = signed_in("ward_clerk")
    base = reverse("notices:list")

    def found(query):
        page = shown(clerk.get(f"{base}?{query}"))
        return [name for name in ("chợ tạm", "trường học") if f"Kết luận về {name}" in page]

    assert found("") == ["chợ tạm", "trường học"]
    assert found("state=issued") == ["chợ tạm"]
    assert found("timing=on_time") == ["chợ tạm"]
    assert found("timing=late") == []
    assert found("timing=pending") == ["trường học"]
    assert found("q=01/TB") == ["chợ tạm"]
    assert found("q=dat dai") == ["chợ tạm", "trường học"]
    assert found(f"unit={late.unit_id}") == ["chợ tạm", "trường học"]
    assert found(f"locality={cast.ward.pk}&level=commune&type=periodic") == ["chợ tạm", "trường học"]
    assert found("period_after=01/01/2099") == []
    assert clerk.get(f"{base}?period_after=31/02/2026").status_code == 422


def test_a_meeting_without_notice_is_offered_on_the_list(cast, signed_in):
    meeting = make_meeting(cast, state=MeetingState.HELD, topic="Đối thoại chưa có kết luận")
    page = shown(signed_in("ward_clerk").get(reverse("notices:list")))
    assert reverse("notices:meeting_notice", kwargs={"pk": meeting.pk}) in page
    assert "chưa có kết luận" not in shown(signed_in("sibling_clerk").get(reverse("notices:list")))


def _queries(client, address, count):
    client.get(address)
    with count() as queries:
        assert client.get(address).status_code == 200
    own = [q["sql"] for q in queries if "django_session" not in q["sql"] and 'FROM "accounts_user"' not in q["sql"]]
    return len(own)


@pytest.fixture
def count():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    return lambda: CaptureQueriesContext(connection)


def test_the_list_asks_at_most_eight_questions_whatever_its_length(cast, signed_in, count):
    clerk = signed_in("ward_clerk")
    make_notice(cast)
    make_meeting(cast, state=MeetingState.HELD)
    few = _queries(clerk, reverse("notices:list"), count)
    for _number in range(4):
        make_notice(cast, NoticeState.ISSUED)
        make_meeting(cast, state=MeetingState.HELD)
    assert _queries(clerk, reverse("notices:list"), count) == few <= 8


@pytest.mark.parametrize("name", ["detail", "edit", "preview"])
def test_a_notices_pages_ask_at_most_ten_questions_whatever_they_hold(cast, signed_in, count, name):
    clerk = signed_in("ward_clerk")
    small = make_notice(cast, conclusions=many_conclusions(1), tasks=many_tasks(1))
    large = make_notice(cast, conclusions=many_conclusions(12), tasks=many_tasks(30))
    few, many = (_queries(clerk, url(name, notice), count) for notice in (small, large))
    assert few == many <= 10


def test_the_meetings_tab_asks_at_most_ten_questions(cast, signed_in, count):
    notice = make_notice(cast)
    tab = reverse("notices:meeting_notice", kwargs={"pk": notice.meeting_id})
    assert _queries(signed_in("ward_clerk"), tab, count) <= 10


HOSTILE = "<script>alert(1)</script> {{ 7|add:1 }} {% now 'Y' %} <img src=x onerror=alert(1)>"


def test_html_in_every_text_is_shown_as_typed(cast, signed_in):
    notice = make_notice(cast)
    texts = {name: HOSTILE for name in TEXTS if name not in {"place", "signing_authority"}}
    rows = [{"field": "", "text": HOSTILE}]
    tasks = [{"task": HOSTILE, "lead_department": HOSTILE, "coordinating_departments": HOSTILE}]
    clerk = signed_in("ward_clerk")
    assert clerk.post(url("edit", notice), typed(notice, rows, tasks, **texts)).status_code == 302
    for name in ("edit", "detail", "preview"):
        page = shown(clerk.get(url(name, notice)))
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "{{ 7|add:1 }}" in page
    assert clerk.get(url("pdf", notice)).status_code == 200


def test_pages_have_no_inline_styles_scripts_or_handlers(cast, signed_in):
    notice = make_notice(cast, conclusions=many_conclusions(1), tasks=many_tasks(1))
    clerk, leader = signed_in("ward_clerk"), signed_in("ward_leader")
    approved = make_notice(cast, NoticeState.APPROVED)
    pages = [clerk.get(url(name, notice)) for name in ("detail", "edit")]
    pages += [leader.get(url(name, approved)) for name in ("detail", "issue")]
    pages.append(clerk.get(reverse("notices:list")))
    for answer in pages:
        page = shown(answer)
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)", page), answer.request["PATH_INFO"]


def test_a_person_who_left_does_not_issue(cast, signed_in):
    notice = make_notice(cast, NoticeState.APPROVED)
    leader = signed_in("ward_leader")
    User.objects.filter(pk=cast.ward_leader.pk).update(is_active=False)
    assert leader.post(url("issue", notice)).status_code == 302
    assert Notice.objects.get().state == NoticeState.APPROVED
