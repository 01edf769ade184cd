"""The pages as a clerk goes through them, and bad input at each."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from accounts.models import Membership, Role, Unit, UnitKind
from deadlines import clock
from meetings.models import Attachment, Field, Meeting, MeetingState
from meetings.services import edit_meeting, invite, save_minutes
from tests.meetings.access import PNG
from tests.meetings.factories import make_meeting

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script>{{ 7|add:7 }}{% now 'Y' %}\"'><img src=x onerror=alert(1)>"


@pytest.fixture
def clerk(signed_in):
    return signed_in("ward_clerk")


def plan(cast, **fields):
    day = clock.today() + timedelta(days=20)
    return {
        "topic": "Đối thoại về vệ sinh môi trường",
        "meeting_type": "periodic",
        "mode": "in_person",
        "day": f"{day:%d/%m/%Y}",
        "start_time": "08:00",
        "end_time": "11:00",
        "locality": cast.ward.pk,
        "host_unit": cast.ward_committee.pk,
        "chair": "Trần Văn Chủ Tịch",
        "place": "Hội trường",
    } | fields


def text_of(response) -> str:
    return response.content.decode()


# --- planning -------------------------------------------------------------------------------------------------


def test_a_clerk_plans_a_meeting_with_everything(cast, clerk):
    call_command("load_fields", verbosity=0)
    call_command("load_fields", verbosity=0)
    land = Field.objects.get(name="Đất đai")
    response = clerk.post(
        reverse("meetings:new"),
        plan(
            cast,
            start_time="7h30",
            cohost_units=[cast.ward_front.pk, cast.ward_party.pk],
            covered_localities=[cast.residential_area.pk],
            fields_to_discuss=[land.pk, land.parent_id],
            audience_groups=["residents", "businesses"],
            expected_attendance="1.200",
            mode="hybrid",
            online_address="hop.example.vn/abc",
        ),
    )
    meeting = Meeting.objects.get()
    assert response.url == reverse("meetings:detail", args=[meeting.pk])
    assert meeting.expected_attendance == 1200
    assert meeting.online_address == "https://hop.example.vn/abc"
    assert f"{meeting.planned_start.astimezone(clock.VIETNAM):%H:%M}" == "07:30"
    assert set(meeting.fields.all()) == {land, land.parent}
    assert meeting.cohost_units.count() == 2
    page = text_of(clerk.get(response.url))
    assert "Đất đai" in page
    assert "Khu dân cư số 1" in page


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"day": "30/02/2026"}, "day"),
        ({"day": "31-31-2026"}, "day"),
        ({"day": "01/01/0001"}, "day"),
        ({"day": "01/01/2090"}, "day"),
        ({"start_time": "25:00"}, "start_time"),
        ({"end_time": "07:00"}, "end_time"),
        ({"expected_attendance": "-1"}, "expected_attendance"),
        ({"expected_attendance": "1000000000"}, "expected_attendance"),
        ({"expected_attendance": "1e9"}, "expected_attendance"),
        ({"topic": "x" * 301}, "topic"),
        ({"topic": "a\x00b"}, "topic"),
        ({"online_address": "javascript:alert(1)"}, "online_address"),
        ({"meeting_type": "coup"}, "meeting_type"),
        ({"fields_to_discuss": ["999999"]}, "fields_to_discuss"),
        ({"chair": ""}, "chair"),
    ],
)
def test_bad_input_is_said_at_its_field_and_nothing_typed_is_lost(cast, clerk, fields, name):
    response = clerk.post(reverse("meetings:new"), plan(cast, secretary="Giữ lại tên này", **fields))
    assert response.status_code == 422
    assert response.context["form"].errors[name]
    assert "Giữ lại tên này" in text_of(response)
    assert not Meeting.objects.exists()


def test_units_and_places_of_others_can_not_be_chosen(cast, clerk):
    for fields in (
        {"host_unit": cast.sibling_committee.pk},
        {"locality": cast.sibling_ward.pk},
        {"locality": "9" * 30},
        {"cohost_units": [cast.sibling_department.pk]},
        {"covered_localities": [cast.sibling_ward.pk]},
    ):
        response = clerk.post(reverse("meetings:new"), plan(cast, **fields))
        assert response.status_code == 422
        assert set(response.context["form"].errors) == set(fields)


def test_an_abolished_locality_is_refused_with_its_day(cast, signed_in):
    leader = signed_in("superior_leader")
    fields = {"host_unit": cast.province_committee.pk, "locality": cast.old_ward.pk}
    response = leader.post(reverse("meetings:new"), plan(cast, **fields))
    assert response.status_code == 422
    assert "01/07/2025" in response.context["form"].errors["locality"][0]
    assert leader.post(reverse("meetings:new"), plan(cast, day="30/06/2025", **fields)).status_code == 302


def test_html_and_template_code_are_shown_as_typed(cast, clerk):
    texts = dict.fromkeys(("topic", "chair", "co_chairs", "secretary", "standing_member", "place"), HOSTILE)
    response = clerk.post(reverse("meetings:new"), plan(cast, **texts))
    meeting = Meeting.objects.get()
    invite(meeting, actor=cast.ward_clerk, names=[HOSTILE])
    save_minutes(meeting, actor=cast.ward_clerk, version=0, opening=HOSTILE, proceedings=HOSTILE, closing=HOSTILE)
    pages = [response.url, *(reverse(f"meetings:{n}") for n in ("list", "calendar", "year"))]
    pages += [
        reverse(f"meetings:{n}", args=[meeting.pk])
        for n in ("edit", "record", "history", "documents", "agenda", "invitations", "announce", "cancel")
    ]
    for url in pages:
        page = text_of(clerk.get(url))
        assert "<script>alert" not in page, url
        assert "<img src=x" not in page, url
    page = text_of(clerk.get(response.url))
    assert "{{ 7|add:7 }}{% now" in page


# --- editing --------------------------------------------------------------------------------------------------


def edited(cast, meeting, **fields):
    local_start = meeting.planned_start.astimezone(clock.VIETNAM)
    return plan(cast, day=f"{local_start:%d/%m/%Y}", topic=meeting.topic, version=meeting.version) | fields


def test_a_stale_form_shows_both_and_saves_the_second_time(cast, clerk):
    meeting = make_meeting(cast)
    form = edited(cast, meeting, topic="Chủ đề của tôi")
    edit_meeting(meeting, actor=cast.ward_leader, version=1, topic="Chủ đề của lãnh đạo")
    url = reverse("meetings:edit", args=[meeting.pk])
    response = clerk.post(url, form)
    page = text_of(response)
    assert response.status_code == 409
    assert "Chủ đề của tôi" in page
    assert "Chủ đề của lãnh đạo" in page
    assert cast.ward_leader.full_name in page
    version = re.search(r'name="version"[^>]*value="(\d+)"|value="(\d+)"[^>]*name="version"', page)
    assert clerk.post(url, form | {"version": version[1] or version[2]}).status_code == 302
    meeting.refresh_from_db()
    assert meeting.topic == "Chủ đề của tôi"


@pytest.mark.parametrize("state", [MeetingState.CLOSED, MeetingState.CANCELLED])
def test_a_meeting_that_is_over_answers_409_with_a_sentence(cast, clerk, state):
    meeting = make_meeting(cast, state=state)
    for name in ("edit", "agenda", "invitations", "announce", "postpone", "cancel", "hold", "close"):
        url = reverse(f"meetings:{name}", args=[meeting.pk])
        for response in (clerk.get(url), clerk.post(url, edited(cast, meeting, reason="x"))):
            assert response.status_code == 409, name
            assert "error-reason" in text_of(response)
    assert clerk.post(reverse("meetings:record", args=[meeting.pk]), {"version": 0}).status_code == 409
    upload = {"file": SimpleUploadedFile("a.png", PNG)}
    assert clerk.post(reverse("meetings:documents", args=[meeting.pk]), upload).status_code == 409
    assert clerk.get(reverse("meetings:record", args=[meeting.pk])).status_code == 200


def test_a_held_meeting_keeps_what_decided_its_deadlines(cast, clerk):
    meeting = make_meeting(cast, state=MeetingState.HELD)
    form = edited(cast, meeting, meeting_type="ad_hoc", day="01/01/2026", topic="Chữ đã sửa")
    assert clerk.post(reverse("meetings:edit", args=[meeting.pk]), form).status_code == 302
    kept = Meeting.objects.get()
    assert (kept.meeting_type, kept.planned_start, kept.topic) == ("periodic", meeting.planned_start, "Chữ đã sửa")


# --- the cycle ------------------------------------------------------------------------------------------------


def test_holding_twice_from_two_windows_answers_409_once(cast, clerk, signed_in):
    meeting = make_meeting(cast, day=clock.today() - timedelta(days=1))
    url = reverse("meetings:hold", args=[meeting.pk])
    form = {"day": f"{meeting.planned_day:%d/%m/%Y}", "start_time": "08:00", "end_time": "10:00"}
    assert clerk.post(url, form).status_code == 302
    assert signed_in("ward_leader").post(url, form).status_code == 409
    assert Meeting.objects.get().state == MeetingState.HELD


def test_announcing_twice_answers_409(cast, clerk):
    meeting = make_meeting(cast)
    url = reverse("meetings:announce", args=[meeting.pk])
    form = {"announced_on": f"{clock.today():%d/%m/%Y}"}
    assert clerk.post(url, form).status_code == 302
    assert clerk.post(url, form).status_code == 409


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ({"day": "30/02/2026", "start_time": "08:00", "end_time": "10:00"}, "day"),
        ({"day": "01/01/2099", "start_time": "08:00", "end_time": "10:00"}, "day"),
        ({"day": "01/01/1999", "start_time": "08:00", "end_time": "10:00"}, "day"),
        ({"day": "01/09/2026", "start_time": "08:00", "end_time": "07:00"}, "end_time"),
        ({}, "day"),
    ],
)
def test_an_impossible_holding_is_said_at_its_field(cast, clerk, form, name):
    meeting = make_meeting(cast)
    response = clerk.post(reverse("meetings:hold", args=[meeting.pk]), form | {"x": "1"})
    assert response.status_code == 422
    assert response.context["form"].errors[name]


def test_postponing_needs_a_reason_and_a_whole_time(cast, clerk):
    meeting = make_meeting(cast)
    url = reverse("meetings:postpone", args=[meeting.pk])
    assert clerk.post(url, {"reason": " "}).status_code == 422
    response = clerk.post(url, {"reason": "Bão", "day": "01/12/2026"})
    assert set(response.context["form"].errors) == {"start_time", "end_time"}
    assert clerk.post(url, {"reason": "Bão"}).status_code == 302
    assert "Bão" in text_of(clerk.get(reverse("meetings:detail", args=[meeting.pk])))


def test_cancelling_by_get_changes_nothing(cast, clerk):
    meeting = make_meeting(cast)
    url = reverse("meetings:cancel", args=[meeting.pk])
    assert clerk.get(url, {"reason": "x"}).status_code == 200
    assert Meeting.objects.get().state == MeetingState.PLANNED
    assert clerk.post(url, {"reason": "Lồng ghép"}).status_code == 302
    assert Meeting.objects.get().state == MeetingState.CANCELLED


# --- the record, the agenda, the invitations --------------------------------------------------------------------


def test_attendance_and_minutes_are_saved_together(cast, clerk):
    meeting = make_meeting(cast, state=MeetingState.HELD)
    url = reverse("meetings:record", args=[meeting.pk])
    form = {"version": 0, "residents": "1.000", "officials": "12", "opening": "8 giờ khai mạc", "proceedings": "…"}
    assert clerk.post(url, form).status_code == 302
    assert {row.group: row.number for row in meeting.attendance.all()} == {"residents": 1000, "officials": 12}
    assert "1.012" in text_of(clerk.get(reverse("meetings:detail", args=[meeting.pk])))
    stale = clerk.post(url, form | {"opening": "9 giờ khai mạc"})
    assert stale.status_code == 409
    assert "9 giờ khai mạc" in text_of(stale)
    assert "8 giờ khai mạc" in text_of(stale)


@pytest.mark.parametrize("number", ["-1", "1000000000", "năm mươi"])
def test_an_impossible_attendance_keeps_the_minutes_typed(cast, clerk, number):
    meeting = make_meeting(cast, state=MeetingState.HELD)
    form = {"version": 0, "residents": number, "proceedings": "Đã gõ rất lâu"}
    response = clerk.post(reverse("meetings:record", args=[meeting.pk]), form)
    assert response.status_code == 422
    assert response.context["form"].errors["residents"]
    assert "Đã gõ rất lâu" in text_of(response)
    assert not meeting.attendance.exists()


def test_the_agenda_is_reordered_shortened_and_guarded_against_a_stale_form(cast, clerk):
    meeting = make_meeting(cast)
    url = reverse("meetings:agenda", args=[meeting.pk])
    form = {
        "items-TOTAL_FORMS": 3,
        "items-INITIAL_FORMS": 2,
        "version": 1,
        "items-0-title": "Thứ hai",
        "items-0-ORDER": 2,
        "items-1-title": "Bỏ đi",
        "items-1-ORDER": 9,
        "items-1-DELETE": "on",
        "items-2-title": "Thứ nhất",
        "items-2-ORDER": 1,
        "items-2-minutes": 15,
    }
    assert clerk.post(url, form).status_code == 302
    assert [item.title for item in meeting.agenda_items.all()] == ["Thứ nhất", "Thứ hai"]
    stale = clerk.post(url, form)
    assert stale.status_code == 409
    assert "Bỏ đi" in text_of(stale)
    assert clerk.post(url, form | {"items-2-minutes": -5, "version": 2}).status_code == 422
    assert clerk.post(url, {"version": 2}).status_code == 422


def test_the_invited_unit_answers_even_where_it_does_not_see_the_meeting(cast, clerk, signed_in):
    meeting = make_meeting(cast)
    url = reverse("meetings:invitations", args=[meeting.pk])
    assert clerk.post(url, {"names": " "}).status_code == 422
    assert clerk.post(url, {"units": [cast.ward_economy.pk], "names": "Hội Nông dân\nHội Phụ nữ"}).status_code == 302
    assert meeting.invitations.count() == 3
    [far] = invite(meeting, actor=cast.ward_clerk, units=[cast.sibling_department])
    answer = reverse("meetings:invitation_answer", args=[far.pk])
    officer = signed_in("sibling_officer")
    assert officer.get(reverse("meetings:detail", args=[meeting.pk])).status_code == 404
    assert officer.get(answer).status_code == 200
    assert officer.post(answer, {"answer": "accepted"}).status_code == 422
    assert officer.post(answer, {"answer": "accepted", "person": "Bùi Văn A"}).status_code == 302
    far.refresh_from_db()
    assert (far.answer, far.person) == ("accepted", "Bùi Văn A")
    assert clerk.post(reverse("meetings:invitation_withdraw", args=[far.pk])).status_code == 302


# --- documents ------------------------------------------------------------------------------------------------


def test_a_document_is_served_as_a_download_that_can_run_nothing(cast, clerk):
    meeting = make_meeting(cast)
    url = reverse("meetings:documents", args=[meeting.pk])
    assert clerk.post(url, {"file": SimpleUploadedFile("ảnh chụp.png", PNG), "title": "Ảnh"}).status_code == 302
    kept = Attachment.objects.get()
    assert "ảnh" not in kept.file.name
    response = clerk.get(reverse("meetings:attachment", args=[kept.pk]))
    assert b"".join(response.streaming_content) == PNG
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert response["Content-Type"] == "image/png"


def test_a_document_is_removed_with_its_file(cast, clerk, django_capture_on_commit_callbacks):
    meeting = make_meeting(cast)
    clerk.post(reverse("meetings:documents", args=[meeting.pk]), {"file": SimpleUploadedFile("a.png", PNG)})
    kept = Attachment.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        clerk.post(reverse("meetings:attachment_remove", args=[kept.pk]))
    assert not Attachment.objects.exists()
    assert not kept.file.storage.exists(kept.file.name)


def test_26_megabytes_are_refused_and_the_rest_of_the_form_stays(cast, clerk):
    meeting = make_meeting(cast)
    big = SimpleUploadedFile("lon.pdf", b"%PDF-1.4" + bytes(26 * 1024 * 1024))
    response = clerk.post(
        reverse("meetings:documents", args=[meeting.pk]), {"file": big, "title": "Biên bản có chữ ký"}
    )
    assert response.status_code == 413
    assert "Biên bản có chữ ký" in text_of(response)
    assert "25 MB" in response.context["form"].errors["file"][0]


def test_a_renamed_program_is_refused_with_a_sentence(cast, clerk):
    meeting = make_meeting(cast)
    file = SimpleUploadedFile("baocao.pdf", b"MZ" + bytes(100))
    response = clerk.post(reverse("meetings:documents", args=[meeting.pk]), {"file": file, "title": "Báo cáo"})
    assert response.status_code == 422
    assert response.context["form"].errors["file"]
    assert not Attachment.objects.exists()


# --- the lists ------------------------------------------------------------------------------------------------


def topics(response) -> list[str]:
    return [meeting.topic for meeting in response.context["page_obj"]]


def test_the_search_needs_no_diacritics(cast, clerk):
    make_meeting(cast, topic="Đối thoại đất đai")
    make_meeting(cast, topic="Giáo dục và đào tạo", place="Trường THCS")
    url = reverse("meetings:list")
    assert topics(clerk.get(url, {"q": "doi thoai dat dai"})) == ["Đối thoại đất đai"]
    assert topics(clerk.get(url, {"q": "ĐẤT   đai"})) == ["Đối thoại đất đai"]
    assert topics(clerk.get(url, {"q": "thcs giao duc"})) == ["Giáo dục và đào tạo"]
    assert topics(clerk.get(url, {"q": "100% khong co"})) == []


def test_the_filters_of_the_list(cast, signed_in):
    today = clock.today()
    make_meeting(cast, topic="Định kỳ", day=today + timedelta(days=3))
    make_meeting(cast, topic="Chuyên đề", meeting_type="thematic", mode="online", day=today + timedelta(days=40))
    held = make_meeting(cast, topic="Muộn", state=MeetingState.HELD, locality=cast.residential_area)
    Meeting.objects.filter(pk=held.pk).update(conclusion_due_on=today - timedelta(days=1))
    leader, url = signed_in("superior_leader"), reverse("meetings:list")
    for query, found in (
        ({"type": "thematic"}, ["Chuyên đề"]),
        ({"mode": "online"}, ["Chuyên đề"]),
        ({"state": "held"}, ["Muộn"]),
        ({"late": "on"}, ["Muộn"]),
        ({"level": "province"}, []),
        ({"locality": cast.residential_area.pk}, ["Muộn"]),
        ({"locality": cast.sibling_ward.pk}, []),
        ({"locality": cast.ward.pk, "sort": "oldest"}, ["Muộn", "Định kỳ", "Chuyên đề"]),
        ({"unit": cast.ward_committee.pk, "sort": "newest"}, ["Chuyên đề", "Định kỳ", "Muộn"]),
        (
            {"period_after": f"{today:%d/%m/%Y}", "period_before": f"{today + timedelta(days=5):%d/%m/%Y}"},
            ["Định kỳ"],
        ),
        ({"late": "on", "q": "muon", "page": "99"}, ["Muộn"]),
    ):
        response = leader.get(url, query)
        assert (response.status_code, topics(response)) == (200, found), query


def test_a_filter_that_makes_no_sense_answers_422_and_shows_the_page(cast, clerk):
    url = reverse("meetings:list")
    for query in ({"period_after": "30/02/2026"}, {"state": "flying"}, {"locality": "x"}, {"unit": "9" * 40}):
        assert clerk.get(url, query).status_code == 422, query


def test_the_month_and_the_year_hold_the_local_day(cast, clerk):
    day = clock.today().replace(day=1) - timedelta(days=200)
    last = (day + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    make_meeting(cast, topic="Cuối tháng", day=last)
    response = clerk.get(reverse("meetings:calendar"), {"month": f"{last:%Y-%m}"})
    assert response.context["number"] == 1
    assert "Cuối tháng" in text_of(response)
    for text in ("", "2026-13", "x", "0001-01", "9999-12"):
        assert clerk.get(reverse("meetings:calendar"), {"month": text}).status_code == 200
    response = clerk.get(reverse("meetings:year"), {"year": last.year})
    assert response.context["months"][last.month - 1]["number"] == 1
    for text in ("", "abc", "99999", "²"):
        assert clerk.get(reverse("meetings:year"), {"year": text}).status_code == 200


def test_people_of_a_sibling_ward_see_nothing_of_it(cast, signed_in):
    meeting = make_meeting(cast)
    sibling = signed_in("sibling_leader")
    assert topics(sibling.get(reverse("meetings:list"))) == []
    for name in ("detail", "record", "documents", "history", "edit", "hold"):
        url = reverse(f"meetings:{name}", args=[meeting.pk])
        assert sibling.get(url).status_code == 404
        only_shows = name in {"detail", "history"}
        assert sibling.post(url, {"reason": "x"}).status_code == (405 if only_shows else 404)


def test_those_who_only_see_a_meeting_get_no_buttons_and_403(cast, signed_in):
    meeting = make_meeting(cast)
    supervisor = signed_in("front_supervisor")
    page = text_of(supervisor.get(reverse("meetings:detail", args=[meeting.pk])))
    assert reverse("meetings:announce", args=[meeting.pk]) not in page
    response = supervisor.post(reverse("meetings:cancel", args=[meeting.pk]), {"reason": "x"})
    assert response.status_code == 403


def test_a_unit_of_the_whole_country_names_the_place_by_typing(cast, signed_in):
    unit = Unit.objects.create(
        locality=cast.country, name="Ban Dân vận Trung ương", kind=UnitKind.PARTY_BOARD, abbreviation="BDVTW"
    )
    Membership.objects.create(user=cast.ward_clerk, unit=unit, role=Role.CLERK)
    clerk = signed_in("ward_clerk")
    page = text_of(clerk.get(reverse("meetings:new")))
    assert 'list="id_locality_options"' in page or "id_locality" in page
    form = plan(cast, host_unit=unit.pk, locality="Phường Bằng Lăng, Tỉnh Sông Hồng")
    assert clerk.post(reverse("meetings:new"), form | {"locality": "Phường Không Có"}).status_code == 422
    assert clerk.post(reverse("meetings:new"), form).status_code == 302
    meeting = Meeting.objects.get()
    assert meeting.locality == cast.sibling_ward
    assert text_of(clerk.get(reverse("meetings:edit", args=[meeting.pk]))).count("Phường Bằng Lăng") >= 1


def test_absurd_numbers_in_addresses_and_forms_are_not_found_or_refused(cast, clerk):
    huge = "9" * 30
    for path in ("meetings/{}/", "meetings/{}/edit/", "attachments/{}/", "invitations/{}/answer/"):
        assert clerk.get("/" + path.format(huge)).status_code == 404
    for fields in (
        {"cohost_units": [huge]},
        {"host_unit": huge},
        {"covered_localities": [huge]},
        {"expected_attendance": huge},
    ):
        assert clerk.post(reverse("meetings:new"), plan(cast, **fields)).status_code == 422
    for query in ({"page": huge}, {"year": huge}, {"month": huge}, {"locality": "²"}):
        assert clerk.get(reverse("meetings:list"), query).status_code in {200, 422}
    meeting = make_meeting(cast)
    assert (
        clerk.post(reverse("meetings:edit", args=[meeting.pk]), edited(cast, meeting, version=huge)).status_code == 409
    )
    assert clerk.get(reverse("meetings:list"), {"q": "a\x00b"}).status_code == 422
