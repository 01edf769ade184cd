"""Schedules of reminders: which one holds where, what is refused, and the pages that show and change them."""

import threading
from datetime import date, time

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from accounts.errors import ServiceError, StaleVersion
from accounts.policies import Refused
from audit.models import Event
from deadlines.models import MailRhythm, MailSetting, Matter, Recipient, ReminderSchedule, Stage
from deadlines.reminder_words import preview, schedule_words
from deadlines.reminding import DEFAULT_SCHEDULE, Step
from deadlines.services import reset_schedule, schedules_for, set_schedule
from deadlines.services.digests import mail_setting_of, set_mail_setting
from tests.deadlines.access import make_schedule
from tests.deadlines.test_counting import NATIONAL

pytestmark = pytest.mark.django_db

STEPS = [Step(Stage.DUE), Step(Stage.LATE, 1, repeats_daily=True)]


def put(cast, locality=None, *, actor=None, matter="notice", at=time(8, 0), steps=STEPS, version=0):
    return set_schedule(
        actor=actor or cast.system_admin, matter=matter, locality=locality, at=at, steps=steps, version=version
    )


def test_the_nearest_schedule_holds_as_a_whole(cast, django_assert_num_queries):
    put(cast, at=time(9, 0))
    put(cast, cast.ward, at=time(10, 0), steps=[Step(Stage.LATE, 3)])
    put(cast, cast.sibling_ward, matter="assignment", at=time(11, 0))
    paths = ["", cast.province.path, cast.ward.path, cast.residential_area.path, cast.sibling_ward.path]
    with django_assert_num_queries(1):
        found = schedules_for(paths, "notice")
    assert [found[path].at.hour for path in paths] == [9, 9, 10, 10, 9]
    assert found[cast.residential_area.path].steps == (Step(Stage.LATE, 3),)
    assert schedules_for([cast.ward.path], "publication")[cast.ward.path] is DEFAULT_SCHEDULE


def test_setting_changing_and_removing_are_recorded(cast):
    kept = put(cast, cast.ward, actor=cast.ward_admin)
    changed = put(cast, cast.ward, actor=cast.ward_admin, at=time(9, 30), version=kept.version)
    assert (changed.pk, changed.version) == (kept.pk, 2)
    event = Event.objects.filter(verb="set_schedule").latest("pk")
    assert (event.data["from"]["at"], event.data["to"]["at"]) == ("08:00", "09:30")
    reset_schedule(changed, actor=cast.ward_admin)
    assert not ReminderSchedule.objects.exists()
    assert Event.objects.latest("pk").verb == "reset_schedule"
    with pytest.raises(ServiceError):
        reset_schedule(changed, actor=cast.ward_admin)


REFUSED = [
    ([Step(Stage.BEFORE, 3), Step(Stage.DUE)], time(8, 0), "quá hạn"),
    ([], time(8, 0), "quá hạn"),
    ([*STEPS, Step(Stage.LATE, 1)], time(8, 0), "hai lần"),
    ([*STEPS, Step(Stage.DUE, 2, recipient=Recipient.SUPERVISOR)], time(8, 0), "ngày đến hạn"),
    ([*STEPS, Step(Stage.BEFORE, 0)], time(8, 0), "từ 1 đến 60"),
    ([*STEPS, Step(Stage.LATE, 61)], time(8, 0), "từ 1 đến 60"),
    ([*STEPS, Step(Stage.BEFORE, 2, repeats_daily=True)], time(8, 0), "hằng ngày"),
    ([Step(Stage.LATE, number) for number in range(1, 23)], time(8, 0), "tối đa 20"),
    (STEPS, time(6, 0), "07:30"),
    (STEPS, time(17, 0), "16:30"),
]


@pytest.mark.parametrize(("steps", "at", "word"), REFUSED)
def test_what_makes_no_sense_is_refused_with_a_sentence_and_nothing_changes(cast, steps, at, word):
    with pytest.raises(ServiceError, match=word):
        put(cast, steps=steps, at=at)
    assert not ReminderSchedule.objects.exists()
    assert not Event.objects.filter(verb="set_schedule").exists()


def test_an_unknown_matter_is_refused(cast):
    with pytest.raises(ServiceError):
        put(cast, matter="weather")


def test_who_saves_from_an_old_version_is_told_so(cast):
    kept = put(cast)
    put(cast, at=time(9, 0), version=kept.version)
    for version in (0, 1):
        with pytest.raises(StaleVersion):
            put(cast, at=time(10, 0), version=version)
    reset_schedule(kept, actor=cast.system_admin)
    with pytest.raises(ServiceError):
        put(cast, version=2)


def test_a_ward_sets_its_own_and_nobody_elses(cast):
    put(cast, cast.ward, actor=cast.ward_admin)
    for place in (None, cast.province, cast.sibling_ward):
        with pytest.raises(Refused):
            put(cast, place, actor=cast.ward_admin)
    with pytest.raises(Refused):
        put(cast, cast.ward, actor=cast.ward_clerk)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_at_once_leave_one_schedule(cast):
    start, outcome = threading.Barrier(2), []

    def work(hour):
        start.wait()
        try:
            outcome.append(put(cast, at=time(hour, 0)).version)
        except StaleVersion:
            outcome.append("stale")
        connection.close()

    workers = [threading.Thread(target=work, args=(hour,)) for hour in (9, 10)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(map(str, outcome)) == ["1", "stale"]
    assert ReminderSchedule.objects.get().steps.count() == len(STEPS)


def test_the_preview_names_day_and_person(cast):
    found = preview(date(2026, 9, 8), NATIONAL, DEFAULT_SCHEDULE, Matter.NOTICE)
    days = [(one.day.day, one.is_late) for one in found]
    assert days[:4] == [(3, False), (7, False), (8, False), (9, True)]
    assert [one.whom for one in found if one.day == date(2026, 9, 15)] == [
        "văn thư và lãnh đạo đơn vị tổ chức",
        "lãnh đạo cấp trên của đơn vị cấp trên trực tiếp",
        "người giám sát tại địa bàn",
    ]
    assert found[-1].day == date(2026, 9, 17)
    assert len(schedule_words(DEFAULT_SCHEDULE, Matter.NOTICE)) == len(DEFAULT_SCHEDULE.steps)


# --- pages


def test_the_page_says_what_holds_here_and_where_it_comes_from(cast, signed_in, django_assert_max_num_queries):
    make_schedule(cast.province, "assignment")
    make_schedule(cast.ward, "notice", at=time(9, 15))
    client = signed_in("ward_clerk")
    client.get(reverse("deadlines:schedules"))
    with django_assert_max_num_queries(10):
        answer = client.get(reverse("deadlines:schedules"))
    text = answer.content.decode()
    assert "Phường Hoa Sen có lịch nhắc việc riêng." in text
    assert "09:15" in text
    assert "Đặt cho Tỉnh Sông Hồng" in text
    assert text.count("Lịch sẵn có của hệ thống") == 2
    assert "Đổi cho" not in text


@pytest.mark.parametrize("query", ["?locality=Nowhere&due_on=x", "?due_on=", "?due_on=31/02/2026", "?locality=%00"])
def test_a_question_that_cannot_be_read_is_answered_for_ones_own_place(cast, signed_in, query):
    answer = signed_in("ward_clerk").get(reverse("deadlines:schedules") + query)
    assert answer.status_code == 422
    assert answer.context["locality"] == cast.ward


def test_the_preview_of_the_page_starts_from_the_asked_day(cast, signed_in):
    answer = signed_in("ward_clerk").get(reverse("deadlines:schedules") + "?due_on=08/09/2026&locality=")
    assert answer.context["locality"] is None
    assert 'datetime="2026-09-03"' in answer.content.decode()


def _posted(*steps, at="08:00", version="0"):
    data = {"at": at, "version": version, "steps-TOTAL_FORMS": str(len(steps) + 1), "steps-INITIAL_FORMS": "0"}
    for number, (stage, days, recipient, daily) in enumerate(steps):
        data |= {
            f"steps-{number}-stage": stage,
            f"steps-{number}-working_days": days,
            f"steps-{number}-recipient": recipient,
        }
        data |= {f"steps-{number}-repeats_daily": "on"} if daily else {}
    return data


def test_an_administrator_changes_the_schedule_of_a_place(cast, signed_in):
    client, url = signed_in("ward_admin"), reverse("deadlines:schedule_place", args=["notice", cast.ward.pk])
    assert client.get(url).status_code == 200
    answer = client.post(url, _posted(("due", "", "unit", False), ("late", "2", "superior_leader", True), at="9.30"))
    assert answer.status_code == 302
    kept = ReminderSchedule.objects.get()
    assert (kept.locality, kept.at, kept.steps.count()) == (cast.ward, time(9, 30), 2)
    page = client.get(answer.url).content.decode()
    assert "Phường Hoa Sen có lịch nhắc việc riêng." in page
    reset = reverse("deadlines:schedule_reset", args=[kept.pk])
    assert client.get(reset).status_code == 200
    assert client.post(reset).status_code == 302
    assert not ReminderSchedule.objects.exists()


def test_a_refused_schedule_loses_nothing_typed(cast, signed_in):
    client, url = signed_in("ward_admin"), reverse("deadlines:schedule_place", args=["notice", cast.ward.pk])
    answer = client.post(url, _posted(("before", "7", "unit", False)))
    assert answer.status_code == 409
    assert 'value="7"' in answer.content.decode()
    assert client.post(url, _posted(("late", "-1", "unit", False))).status_code == 422
    assert client.post(url, _posted(("late", "1", "everybody", False))).status_code == 422
    assert client.post(url, {"at": "08:00"}).status_code == 422
    assert not ReminderSchedule.objects.exists()


def test_a_stale_page_shows_what_is_saved_and_keeps_what_was_typed(cast, signed_in):
    put(cast, cast.ward, steps=[Step(Stage.LATE, 4)])
    client, url = signed_in("ward_admin"), reverse("deadlines:schedule_place", args=["notice", cast.ward.pk])
    answer = client.post(url, _posted(("late", "9", "unit", False)))
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Quá hạn 4 ngày làm việc, một lần" in text
    assert 'value="9"' in text
    assert client.post(url, _posted(("late", "9", "unit", False), version="1")).status_code == 302


@pytest.mark.parametrize(
    ("person", "matter", "place", "code"),
    [
        ("system_admin", "weather", "ward", 404),
        ("ward_admin", "notice", "sibling_ward", 404),
        ("ward_admin", "notice", "province", 404),
        ("ward_clerk", "notice", "ward", 403),
    ],
)
def test_elsewhere_and_nonsense(cast, signed_in, person, matter, place, code):
    url = reverse("deadlines:schedule_place", args=[matter, getattr(cast, place).pk])
    assert signed_in(person).get(url).status_code == code


def test_a_person_sets_their_own_e_mail(cast, signed_in):
    client, url = signed_in("ward_clerk"), reverse("deadlines:mail_setting")
    assert mail_setting_of(cast.ward_clerk).rhythm == MailRhythm.TWICE_A_DAY
    text = client.get(url).content.decode()
    assert "không thể tắt" in text
    assert "Message-ID" in text
    assert client.post(url, {"rhythm": "daily", "only_overdue": "on"}).status_code == 302
    setting = MailSetting.objects.get()
    assert (setting.user, setting.rhythm, setting.only_overdue) == (cast.ward_clerk, "daily", True)
    assert client.post(url, {"rhythm": "never"}).status_code == 422
    with pytest.raises(ServiceError):
        set_mail_setting(actor=cast.ward_clerk, rhythm="never", only_overdue=False)
    assert MailSetting.objects.get().rhythm == "daily"


def test_the_list_and_the_account_menu_lead_to_the_setting(cast, signed_in):
    with time_machine.travel("2026-09-08 08:00+07:00", tick=False):
        text = signed_in("ward_clerk").get(reverse("deadlines:reminders")).content.decode()
    assert text.count(reverse("deadlines:mail_setting")) == 2
