"""One's own calendar: what a program gets under a private address, and what it never gets."""

import logging
from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from accounts.errors import ServiceError
from accounts.models import Membership
from audit.models import Event
from deadlines.clock import VIETNAM
from reports.models import CalendarFeed
from reports.services import create_feed, revoke_feed
from reports.services.feeds import MOST_FEEDS
from reports.views.calendar_feed import MOST_MISSES
from tests.deadlines.access import make_regulation, make_rule
from tests.reports.builders import assignment, held_meeting, opinions
from tests.reports.test_work import planned

TODAY = date(2026, 5, 20)  # a Wednesday


@pytest.fixture(autouse=True)
def _today():
    cache.clear()
    with time_machine.travel("2026-05-20 03:00:00+00:00", tick=False) as traveller:
        yield traveller


def ask(token: str, method="get", **headers):
    return getattr(Client(), method)(reverse("reports:calendar_feed_ics"), {"ma": token}, headers=headers)


def entries(user) -> dict[str, object]:
    """What a calendar program reads: the entries by the beginning of their UID."""
    _feed, token = create_feed(user)
    answer = ask(token)
    assert answer.status_code == 200
    calendar = Calendar.from_ical(answer.content)
    return {str(one["uid"]).partition("@")[0]: one for one in calendar.walk("VEVENT")}


def titles(user) -> set[str]:
    return {str(one["summary"]) for one in entries(user).values()}


def work_of_the_ward(cast):
    """A notice due, a late one, results to publish, a reply due, a meeting planned."""
    held = {"host_unit": cast.ward_committee}
    due = held_meeting(cast.ward, date(2026, 5, 11), due_on=date(2026, 5, 25), topic="Sắp hạn", **held)
    held_meeting(cast.ward, date(2026, 4, 1), due_on=date(2026, 4, 16), topic="Đã trễ", **held)
    held_meeting(
        cast.ward,
        date(2026, 5, 12),
        topic="Chờ công khai",
        concluded_on=date(2026, 5, 14),
        publication_due_on=date(2026, 5, 22),
        **held,
    )
    [one] = opinions(due, 1, state="assigned", text="Ông Nguyễn Văn Kín, số 5 ngõ 7, xin sổ đỏ")
    assignment(one, cast.ward_economy, date(2026, 6, 4))
    planned(cast, date(2026, 5, 29), topic="Đối thoại tháng 5", place="Hội trường")
    return due


def test_the_clerk_reads_their_due_dates_and_meetings(cast):
    work_of_the_ward(cast)
    assert titles(cast.ward_clerk) == {
        "Hạn ban hành thông báo kết luận: Sắp hạn",
        "Quá hạn: Hạn ban hành thông báo kết luận: Đã trễ",
        "Hạn công khai kết quả: Chờ công khai",
        "Đối thoại tháng 5",
    }


def test_the_department_reads_what_it_owes_and_not_what_the_citizen_said(cast):
    work_of_the_ward(cast)
    assert "Trả lời ý kiến số 1 – Sắp hạn" in titles(cast.department_officer)
    _feed, token = create_feed(cast.department_officer)
    content = ask(token).content.decode()
    assert "Kín" not in content
    assert "sổ đỏ" not in content
    assert "Trả lời ý kiến số 1 – Sắp hạn" not in titles(cast.culture_officer)


@pytest.mark.parametrize("person", ["sibling_clerk", "sibling_leader", "sibling_officer", "superior_leader"])
def test_a_second_persons_calendar_holds_nothing_of_it(cast, person):
    work_of_the_ward(cast)
    assert entries(cast.people[person]) == {}


def test_complaints_and_denunciations_do_not_appear(cast):
    due = work_of_the_ward(cast)
    due.opinions.update(category="complaint", state="recorded")
    assert not any("ý kiến" in title for title in titles(cast.department_officer))


def test_a_reply_whose_clock_stands_still_has_no_due_day(cast):
    due = work_of_the_ward(cast)
    given = due.opinions.get().assignments.get()
    type(given).objects.filter(pk=given.pk).update(allows_pause=True, paused_on=TODAY, pause_reason="Chờ Sở")
    assert not any("ý kiến" in title for title in titles(cast.department_officer))


def test_a_due_date_is_one_whole_day_and_a_meeting_has_its_hours(cast):
    work_of_the_ward(cast)
    late = planned(
        cast,
        date(2026, 6, 1),
        topic="Họp đêm",
        planned_start=datetime(2026, 6, 1, 23, 30, tzinfo=VIETNAM),
        planned_end=datetime(2026, 6, 2, 0, 45, tzinfo=VIETNAM),
    )
    found = entries(cast.ward_clerk)
    due = next(one for uid, one in found.items() if uid.startswith("conclusion-") and "Sắp hạn" in one["summary"])
    assert (due.decoded("dtstart"), due.decoded("dtend")) == (date(2026, 5, 25), date(2026, 5, 26))
    assert due["transp"] == "TRANSPARENT"
    meeting = found[f"meeting-{late.pk}"]
    start, end = meeting.decoded("dtstart"), meeting.decoded("dtend")
    assert (start.astimezone(VIETNAM), end.astimezone(VIETNAM)) == (late.planned_start, late.planned_end)
    assert start.astimezone(VIETNAM).date() == date(2026, 6, 1)
    assert meeting["url"].endswith(reverse("meetings:detail", args=[late.pk]))


def test_the_thirty_first_of_december_ends_with_the_new_year(cast):
    held_meeting(cast.ward, date(2026, 5, 11), due_on=date(2026, 12, 31), host_unit=cast.ward_committee)
    [due] = [one for uid, one in entries(cast.ward_clerk).items() if uid.startswith("conclusion-")]
    assert due.decoded("dtend") == date(2027, 1, 1)


def test_a_planned_meeting_has_the_day_by_which_it_is_announced(cast):
    make_rule(make_regulation(cast.ward), obligation="announcement", number=7, unit="calendar_days")
    meeting = planned(cast, date(2026, 5, 29))
    planned(cast, date(2026, 6, 5), state="announced", announced_on=TODAY)
    found = {uid: one for uid, one in entries(cast.ward_clerk).items() if uid.startswith("announcement-")}
    assert list(found) == [f"announcement-{meeting.pk}"]
    assert found[f"announcement-{meeting.pk}"].decoded("dtstart") == date(2026, 5, 22)


def test_the_horizon_is_twelve_months_and_what_is_over_is_gone(cast):
    planned(cast, date(2026, 5, 19), topic="Hôm qua")
    planned(cast, date(2027, 5, 20), topic="Đúng một năm")
    planned(cast, date(2027, 5, 25), topic="Quá xa")
    planned(cast, date(2026, 7, 1), topic="Hủy", state="cancelled", cancelled_at=datetime(2026, 5, 1, tzinfo=VIETNAM))
    planned(cast, date(2026, 7, 2), topic="Hoãn chưa có ngày", state="postponed")
    found = {str(one["summary"]): str(one["status"]) for one in entries(cast.ward_clerk).values()}
    assert found == {"Đúng một năm": "CONFIRMED", "Hủy": "CANCELLED"}


def test_the_invited_unit_and_the_supervisor_of_the_place_see_the_meeting(cast):
    meeting = planned(cast, date(2026, 5, 29), topic="Có mời")
    meeting.invitations.create(unit=cast.ward_culture)
    assert titles(cast.culture_officer) == {"Có mời"}
    assert titles(cast.front_supervisor) == {"Có mời"}
    assert titles(cast.department_officer) == set()


def test_a_role_that_ended_shows_nothing_more(cast):
    work_of_the_ward(cast)
    _feed, token = create_feed(cast.ward_clerk)
    assert b"VEVENT" in ask(token).content
    Membership.objects.filter(user=cast.ward_clerk).update(valid_to=TODAY - timedelta(days=1))
    answer = ask(token)
    assert answer.status_code == 200
    assert b"VEVENT" not in answer.content


def test_revoking_ends_it_at_once_and_unknown_revoked_and_inactive_answer_alike(cast, settings):
    work_of_the_ward(cast)
    feed, revoked = create_feed(cast.ward_clerk)
    _other, inactive = create_feed(cast.ward_leader)
    assert ask(revoked).status_code == ask(inactive).status_code == 200
    revoke_feed(feed, actor=cast.ward_clerk)
    cast.ward_leader.is_active = False
    cast.ward_leader.save()
    answers = [ask(token) for token in (revoked, inactive, "khong-co", "", "\x00", "a" * 3000)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({(answer.content, str(sorted(answer.headers.items()))) for answer in answers}) == 1
    cast.ward_leader.is_active = True
    cast.ward_leader.is_demonstration = True
    cast.ward_leader.save()
    settings.DEMONSTRATION_ALLOWED = False
    assert ask(inactive).status_code == 404


def test_only_the_digest_of_the_token_is_kept_and_no_log_or_event_holds_it(cast, caplog):
    feed, token = create_feed(cast.ward_clerk, "Điện thoại")
    assert feed.token_sha256 == sha256(token.encode()).hexdigest()
    assert len(token) >= 43
    with caplog.at_level(logging.DEBUG):
        ask(token)
        revoke_feed(feed, actor=cast.ward_clerk)
        ask(token)
    assert token not in caplog.text
    assert not any(token in f"{event.sentence}{event.data}" for event in Event.objects.all())
    assert token not in reverse("reports:calendar_feed_ics")


def test_it_is_never_kept_by_a_proxy_and_not_sent_again_when_nothing_changed(cast, _today):
    work_of_the_ward(cast)
    _feed, token = create_feed(cast.ward_clerk)
    first = ask(token)
    assert first["Content-Type"] == "text/calendar; charset=utf-8"
    assert "private" in first["Cache-Control"]
    assert "public" not in first["Cache-Control"]
    again = ask(token, **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "private" in again["Cache-Control"]
    head = ask(token, "head")
    assert (head.status_code, head["ETag"], head.content) == (200, first["ETag"], b"")
    assert head["Content-Length"] == first["Content-Length"] == str(len(first.content))
    planned(cast, date(2026, 5, 30))
    assert ask(token, **{"If-None-Match": first["ETag"]}).status_code == 200
    assert ask(token, "post").status_code == 405


def test_a_change_raises_the_sequence_and_keeps_the_uid(cast, _today):
    meeting = planned(cast, date(2026, 5, 29))
    before = entries(cast.ward_clerk)[f"meeting-{meeting.pk}"]
    _today.shift(60)
    meeting.planned_start += timedelta(hours=1)
    meeting.save()
    after = entries(cast.ward_clerk)[f"meeting-{meeting.pk}"]
    assert after["sequence"] > before["sequence"]
    assert after.decoded("last-modified") > before.decoded("last-modified")


def test_when_it_was_last_read_is_kept_to_the_hour(cast, _today):
    feed, token = create_feed(cast.ward_clerk)

    def last_read():
        ask(token)
        feed.refresh_from_db()
        return feed.last_read_at

    first = last_read()
    _today.shift(3599)
    assert last_read() == first
    _today.shift(1)
    assert last_read() == first + timedelta(hours=1)


def test_whoever_guesses_is_slowed_down_by_address_and_nobody_who_knows_a_token(cast):
    _feed, token = create_feed(cast.ward_clerk)
    for _time in range(MOST_MISSES + 5):
        assert ask(token).status_code == 200
    codes = [ask(f"doan-{n}").status_code for n in range(MOST_MISSES + 2)]
    assert codes == [404] * MOST_MISSES + [429] * 2
    refused = ask("doan")
    assert refused["Retry-After"] == "60"
    elsewhere = Client(REMOTE_ADDR="203.0.113.9").get(reverse("reports:calendar_feed_ics"), {"ma": token})
    assert elsewhere.status_code == 200


def test_the_address_is_shown_once(cast, signed_in):
    clerk = signed_in("ward_clerk")
    page, new = reverse("reports:calendar_feeds"), reverse("reports:calendar_feed_new")
    key = clerk.get(page).context["form"].initial["client_key"]
    made = clerk.post(new, {"name": "Điện thoại", "client_key": key})
    assert made.status_code == 302
    shown = clerk.get(page).content.decode()
    feed = CalendarFeed.objects.get()
    token = shown.partition("lich.ics?ma=")[2].partition("<")[0]
    assert sha256(token.encode()).hexdigest() == feed.token_sha256
    again = clerk.get(page)
    assert token not in again.content.decode()
    assert "no-store" in again["Cache-Control"]
    assert "Điện thoại" in again.content.decode()
    assert "Điện thoại" not in signed_in("ward_leader").get(page).content.decode()


def test_a_cookie_of_one_person_shows_nothing_to_the_next(cast, signed_in):
    clerk = signed_in("ward_clerk")
    clerk.post(reverse("reports:calendar_feed_new"), {"client_key": "6f9f1f0e-6a1f-4c53-9a55-0a4a3b1f7c12"})
    clerk.force_login(cast.ward_leader)
    assert "lich.ics?ma=" not in clerk.get(reverse("reports:calendar_feeds")).content.decode()


def test_another_persons_address_cant_be_revoked(cast, signed_in):
    feed, token = create_feed(cast.ward_clerk)
    url = reverse("reports:calendar_feed_revoke", args=[feed.pk])
    for person in ("ward_leader", "sibling_clerk", "system_admin"):
        assert signed_in(person).post(url).status_code == 404
    assert ask(token).status_code == 200
    assert signed_in("ward_clerk").post(url).status_code == 302
    assert ask(token).status_code == 404


def test_the_same_form_twice_is_one_address_and_none_after_it_was_revoked(cast):
    key = "6f9f1f0e6a1f4c539a550a4a3b1f7c12"

    feed, token = create_feed(cast.ward_clerk, key=UUID(key))
    assert create_feed(cast.ward_clerk, key=UUID(key)) == (feed, token)
    assert create_feed(cast.ward_leader, key=UUID(key))[1] != token
    revoke_feed(feed, actor=cast.ward_clerk)
    with pytest.raises(ServiceError):
        create_feed(cast.ward_clerk, key=UUID(key))


def test_the_form_of_a_revoked_address_comes_back_for_a_new_one(cast, signed_in):
    clerk, new = signed_in("ward_clerk"), reverse("reports:calendar_feed_new")
    said = {"client_key": "6f9f1f0e-6a1f-4c53-9a55-0a4a3b1f7c12", "name": "Điện thoại"}
    assert clerk.post(new, said).status_code == 302
    revoke_feed(CalendarFeed.objects.get(), actor=cast.ward_clerk)
    refused = clerk.post(new, said)
    assert refused.status_code == 409
    said["client_key"] = refused.context["form"]["client_key"].value()
    assert clerk.post(new, said).status_code == 302
    assert CalendarFeed.objects.alive().count() == 1


def test_a_person_has_a_handful_of_addresses(cast, signed_in):
    for _n in range(MOST_FEEDS):
        create_feed(cast.ward_clerk)
    refused = signed_in("ward_clerk").post(
        reverse("reports:calendar_feed_new"), {"client_key": "6f9f1f0e-6a1f-4c53-9a55-0a4a3b1f7c12", "name": "Thêm"}
    )
    assert refused.status_code == 409
    assert "Thêm" in refused.content.decode()
    assert CalendarFeed.objects.count() == MOST_FEEDS


def test_it_takes_as_many_statements_for_many_entries_as_for_few(cast):
    make_rule(make_regulation(cast.ward), obligation="announcement", number=7, unit="working_days")
    _feed, token = create_feed(cast.ward_clerk)

    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert ask(token).status_code == 200
        return len(queries)

    def more(number):
        for n in range(number):
            planned(cast, date(2026, 6, 1) + timedelta(days=n))
            held_meeting(cast.ward, date(2026, 4, 1), due_on=date(2026, 5, 1), host_unit=cast.ward_committee)

    more(2)
    statements()
    few = statements()
    more(20)
    assert statements() == few <= 10
