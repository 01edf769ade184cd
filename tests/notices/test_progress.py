"""A late notice: a progress post with a new promised date every five working days, until it is issued."""

import threading
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.db.utils import InternalError
from django.urls import reverse

from accounts.errors import ServiceError
from accounts.policies import Refused
from audit.models import Event
from deadlines.clock import VIETNAM
from deadlines.counting import Calendar
from deadlines.models import CalendarDay, DayKind, MoveCause, Reminder, ReminderKind
from deadlines.services import working_calendar
from meetings.models import Meeting, MeetingState
from meetings.services import close_meeting, move_conclusion_due
from notices.models import Notice, NoticeState, ProgressPost
from notices.services import decide_notice_extension, issue_notice, next_post_due, post_progress
from notices.services.progress import remind_of_due_progress
from notices.standing import BROKEN, KEPT, OPEN, Standing
from tests.meetings.factories import make_meeting
from tests.notices.factories import ask_for_time, bind, make_notice

# Friday 12 June 2026 was the due day; Monday the 15th is the first working day late.
HELD, DUE, FIRST_LATE = date(2026, 5, 29), date(2026, 6, 12), date(2026, 6, 15)


def on(day: date, hour: int = 10):
    return time_machine.travel(datetime(day.year, day.month, day.day, hour, tzinfo=VIETNAM), tick=False)


@pytest.fixture(autouse=True)
def _clock():
    with on(date(2026, 6, 16)):
        yield


@pytest.fixture
def meeting(cast):
    meeting = make_meeting(cast, state=MeetingState.HELD, day=HELD)
    bind(meeting)
    assert meeting.conclusion_due_on == DUE
    return meeting


def post(meeting, cast, promised_on=date(2026, 6, 19), *, actor=None, text="Đang trình ký"):
    return post_progress(meeting, actor=actor or cast.ward_clerk, text=text, promised_on=promised_on)


# --- when a post is due ---


@pytest.mark.parametrize(
    ("due_on", "last", "next_on"),
    [
        (DUE, None, FIRST_LATE),
        (DUE, FIRST_LATE, date(2026, 6, 22)),
        (DUE, date(2026, 6, 17), date(2026, 6, 24)),
        # A post on a Sunday: the five working days begin on Monday.
        (DUE, date(2026, 6, 21), date(2026, 6, 26)),
        # Tết 2026, 16 to 20 February, is not counted.
        (date(2026, 2, 13), None, date(2026, 2, 23)),
        (date(2026, 2, 6), date(2026, 2, 12), date(2026, 2, 26)),
        # Over New Year: 1 and 2 January 2026 off, Saturday 10 January worked.
        (date(2025, 12, 30), None, date(2025, 12, 31)),
        (date(2025, 12, 29), date(2025, 12, 31), date(2026, 1, 9)),
        (date(2025, 12, 29), date(2026, 1, 5), date(2026, 1, 10)),
        # The deadline was moved after a post: nothing is due before the new one has passed.
        (date(2026, 6, 30), date(2026, 6, 15), date(2026, 7, 1)),
    ],
)
def test_when_a_post_is_due(db, due_on, last, next_on):
    from_decisions = [
        (date(2026, 1, 2), DayKind.DAY_OFF),
        (date(2026, 1, 10), DayKind.WORKING_DAY),
    ]
    for day, kind in from_decisions:
        CalendarDay.objects.get_or_create(day=day, locality=None, defaults={"kind": kind, "name": "Hoán đổi"})
    assert next_post_due(due_on, last, working_calendar()) == next_on


def test_five_working_days_are_those_of_an_independent_count():
    calendar = Calendar(days_off={date(2026, 6, 17): "Bão"})
    for offset in range(40):
        last = date(2026, 6, 1) + timedelta(days=offset)
        day, left = last, 5
        while left:
            day += timedelta(days=1)
            left -= day.weekday() < 5 and day != date(2026, 6, 17)
        assert next_post_due(date(2026, 5, 29), last, calendar) == day


# --- posting ---


def test_a_post_is_kept_told_above_and_audited(cast, meeting):
    made = post(meeting, cast)
    assert (made.posted_on, made.promised_on, made.author) == (date(2026, 6, 16), date(2026, 6, 19), cast.ward_clerk)
    told = Reminder.objects.filter(target_type="notices.progresspost", target_id=made.pk)
    assert {r.recipient.username for r in told} == {"chutichtinh", "chutich"}
    event = Event.objects.of(meeting).get(verb="post_progress")
    assert "19/06/2026" in event.sentence
    assert event.data == {"promised_on": "2026-06-19", "days_late": 2}


def test_sent_twice_it_is_one_post(cast, meeting):
    assert post(meeting, cast).pk == post(meeting, cast).pk
    assert ProgressPost.objects.count() == 1
    assert Event.objects.filter(verb="post_progress").count() == 1
    post(meeting, cast, date(2026, 6, 22))
    assert ProgressPost.objects.count() == 2


@pytest.mark.parametrize(
    ("promised_on", "said"),
    [
        (date(2026, 6, 15), "15/06/2026"),  # in the past
        (date(2026, 6, 21), "22/06/2026"),  # a Sunday: the next working day is named
        (date(2026, 7, 15), "14/07/2026"),  # twenty working days end on 14 July
        (date(9999, 12, 31), "14/07/2026"),
        (date(1, 1, 1), "01/01"),
    ],
)
def test_a_promise_that_can_not_be_is_refused(cast, meeting, promised_on, said):
    with pytest.raises(ServiceError, match=said) as refusal:
        post(meeting, cast, promised_on)
    assert refusal.value.field == "promised_on"
    assert not ProgressPost.objects.exists()


def test_the_local_storm_makes_a_day_off_of_the_promise(cast, meeting):
    CalendarDay.objects.create(day=date(2026, 6, 19), kind=DayKind.DAY_OFF, name="Bão số 1", locality=cast.ward)
    with pytest.raises(ServiceError, match="Bão số 1"):
        post(meeting, cast)
    assert post(meeting, cast, date(2026, 6, 16)).pk  # today itself can be promised


def test_text_is_needed(cast, meeting):
    with pytest.raises(ServiceError) as refusal:
        post(meeting, cast, text=" \x00\n")
    assert refusal.value.field == "text"


def test_only_while_late_and_not_issued(cast, meeting):
    with on(DUE), pytest.raises(ServiceError):
        post(meeting, cast)
    make_notice(cast, NoticeState.ISSUED, meeting=meeting)
    with pytest.raises(ServiceError, match="16/06/2026"):
        post(meeting, cast)
    planned = make_meeting(cast, topic="Chưa tổ chức")
    with pytest.raises(ServiceError):
        post(planned, cast)
    assert not ProgressPost.objects.exists()


def test_others_do_not_post(cast, meeting):
    for other in (cast.sibling_clerk, cast.department_officer, cast.superior_leader, cast.front_supervisor):
        with pytest.raises(Refused):
            post(meeting, cast, actor=other)
    assert post(meeting, cast, actor=cast.ward_leader).author == cast.ward_leader


@pytest.mark.django_db(transaction=True)
def test_pressed_in_two_windows_at_once_it_is_one_post(cast):
    meeting = make_meeting(cast, state=MeetingState.HELD, day=HELD)
    bind(meeting)
    barrier = threading.Barrier(2)

    def run():
        barrier.wait()
        try:
            post(meeting, cast)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _press in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ProgressPost.objects.count() == 1


# --- promises ---


def standing(meeting, day):
    meeting = Meeting.objects.get(pk=meeting.pk)
    return Standing(meeting, [], on=day, calendar=working_calendar(meeting.locality))


def test_every_promise_stays_with_whether_it_was_kept(cast, meeting):
    post(meeting, cast, date(2026, 6, 19))
    with on(date(2026, 6, 22)):
        post(meeting, cast, date(2026, 6, 26), text="Chờ thẩm định")
        now = standing(meeting, date(2026, 6, 22))
        assert now.promised_days == "19/06/2026, 26/06/2026"
        assert [one.state for one in now.promises] == [BROKEN, OPEN]
    with on(date(2026, 6, 25)):
        make_notice(cast, NoticeState.ISSUED, meeting=meeting)
    assert [one.state for one in standing(meeting, date(2026, 7, 30)).promises] == [BROKEN, KEPT]


def test_a_post_granted_time_afterwards_is_asked_for_again_only_once_that_has_passed(cast, meeting):
    with on(date(2026, 6, 11)):
        extension = ask_for_time(cast, meeting, days=3)  # until 17 June
    post(meeting, cast)
    decide_notice_extension(extension, actor=cast.superior_leader, is_granted=True)
    assert not standing(meeting, date(2026, 6, 17)).is_late
    late_again = standing(meeting, date(2026, 6, 18))
    assert (late_again.days_late, late_again.is_post_due) == (1, False)
    assert standing(meeting, date(2026, 6, 23)).is_post_due


# --- the sweep ---


def told() -> list[tuple[date, str]]:
    rows = Reminder.objects.filter(kind=ReminderKind.PROGRESS_DUE).order_by("for_day", "recipient__username")
    return [(row.for_day, row.recipient.username) for row in rows.select_related("recipient")]


def sweep(day: date, hour: int = 10) -> None:
    remind_of_due_progress(now=datetime(day.year, day.month, day.day, hour, tzinfo=VIETNAM))


def test_it_is_asked_for_daily_on_working_days_until_it_is_posted(cast, meeting):
    for offset in range(9):  # from the due day to Saturday a week later
        sweep(DUE + timedelta(days=offset))
    days = [date(2026, 6, day) for day in (15, 16, 17, 18, 19)]
    assert told() == [(day, name) for day in days for name in ("chutich", "vanthu")]
    with on(date(2026, 6, 19)):
        post(meeting, cast, date(2026, 6, 26))
    for offset in range(9):
        sweep(date(2026, 6, 20) + timedelta(days=offset))
    assert told()[10:] == [(date(2026, 6, 26), "chutich"), (date(2026, 6, 26), "vanthu")]


def test_however_often_it_runs_each_is_written_once_and_a_missed_day_is_made_up(cast, meeting):
    for _run in range(3):
        sweep(date(2026, 6, 18))
    made_up = told()
    Reminder.objects.all().delete()
    for day in (15, 16, 17, 18):
        sweep(date(2026, 6, day))
    assert made_up == told()
    assert len(made_up) == 8


def test_nobody_is_asked_before_the_offices_open(cast, meeting):
    sweep(FIRST_LATE, hour=7)
    assert told() == []
    sweep(FIRST_LATE, hour=8)
    assert len(told()) == 2


def test_over_tet_nobody_is_asked(cast):
    with on(date(2026, 2, 25)):
        meeting = make_meeting(cast, state=MeetingState.HELD, day=date(2026, 1, 30))
        bind(meeting)
    assert meeting.conclusion_due_on == date(2026, 2, 13)
    for offset in range(10):  # 14 to 23 February
        sweep(date(2026, 2, 14) + timedelta(days=offset))
    assert {day for day, _name in told()} == {date(2026, 2, 23)}


def test_issued_or_extended_nobody_is_asked(cast, meeting):
    make_notice(cast, NoticeState.ISSUED, meeting=meeting)
    sweep(date(2026, 6, 17))
    assert told() == []


def test_the_sweep_needs_few_statements_and_goes_on_in_chunks(cast, meeting, django_assert_max_num_queries):
    for _number in range(6):
        bind(make_meeting(cast, state=MeetingState.HELD, day=HELD))
    with django_assert_max_num_queries(8):
        sweep(date(2026, 6, 16))
    assert len(told()) == 7 * 2 * 2
    Reminder.objects.all().delete()
    remind_of_due_progress(now=datetime(2026, 6, 16, 10, tzinfo=VIETNAM), chunk=2)
    assert len(told()) == 7 * 2 * 2


# --- pages ---


def test_the_tab_says_what_is_required_and_takes_the_post(cast, meeting, signed_in):
    clerk, tab = signed_in("ward_clerk"), reverse("notices:meeting_notice", args=[meeting.pk])
    progress = reverse("notices:progress", args=[meeting.pk])
    before = clerk.get(tab)
    assert before.context["standing"].is_post_due
    assert f'action="{progress}"' in before.content.decode()
    for other in ("superior_leader", "front_supervisor"):
        assert f'action="{progress}"' not in signed_in(other).get(tab).content.decode()
    refused = clerk.post(progress, {"text": "Đang chờ số liệu địa chính", "promised_on": "21/06/2026"})
    assert refused.status_code == 409
    for kept in ("Đang chờ số liệu địa chính", "21/06/2026", "22/06/2026"):
        assert kept in refused.content.decode()
    assert clerk.post(progress, {"text": "", "promised_on": "mai"}).status_code == 422
    assert clerk.post(progress, {"text": "Đang trình ký", "promised_on": "19/06/2026"}).status_code == 302
    after = clerk.get(tab)
    assert not after.context["standing"].is_post_due
    assert "Đang trình ký" in after.content.decode()


def test_a_late_notice_keeps_the_meeting_open_through_the_page_too(cast, meeting, signed_in):
    make_notice(cast, NoticeState.APPROVED, meeting=meeting)
    post(meeting, cast)
    close = reverse("meetings:close", args=[meeting.pk])
    assert signed_in("ward_clerk").post(close).status_code == 409
    with pytest.raises(ServiceError):
        close_meeting(meeting, actor=cast.ward_leader)
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.HELD


def test_days_late_stay_whatever_becomes_of_the_calendar(cast, meeting, signed_in):
    with on(date(2026, 6, 18)):
        notice = make_notice(cast, NoticeState.PUBLISHED, meeting=meeting)
    assert notice.days_late == 4
    for day in (15, 16, 17, 18):
        CalendarDay.objects.create(day=date(2026, 6, day), kind=DayKind.DAY_OFF, name="Bão", locality=None)
    clerk, code = signed_in("ward_clerk"), notice.verification_code
    staff = [
        reverse("notices:detail", args=[notice.pk]),
        reverse("notices:list"),
        reverse("notices:meeting_notice", args=[meeting.pk]),
        reverse("meetings:detail", args=[meeting.pk]),
        reverse("meetings:list"),
    ]
    public = [
        reverse("portal:notice", kwargs={"code": code}),
        reverse("portal:notices"),
        f"{reverse('portal:verify')}?ma={code}",
    ]
    for url in staff:
        assert "4 ngày làm việc" in clerk.get(url).content.decode(), url
        assert "hoàn thành đúng hạn" not in clerk.get(url).content.decode(), url
    for url in public:
        assert "chậm 4 ngày làm việc" in signed_in("anonymous").get(url).content.decode(), url


def test_in_time_is_said_for_ever_too(cast, signed_in):
    meeting = make_meeting(cast, state=MeetingState.HELD, day=date(2026, 6, 8))
    bind(meeting)
    notice = make_notice(cast, NoticeState.PUBLISHED, meeting=meeting)
    page = signed_in("anonymous").get(reverse("portal:notice", kwargs={"code": notice.verification_code}))
    assert "đúng hạn" in page.content.decode()


def test_the_database_itself_refuses_other_days_late(cast, meeting):
    notice = make_notice(cast, NoticeState.ISSUED, meeting=meeting)
    with pytest.raises(InternalError):
        Notice.objects.filter(pk=notice.pk).update(days_late=0)


def test_the_notice_page_leads_to_what_is_required(cast, meeting, signed_in):
    notice = make_notice(cast, NoticeState.APPROVED, meeting=meeting)
    page = signed_in("ward_leader").get(reverse("notices:detail", args=[notice.pk])).content.decode()
    assert reverse("notices:meeting_notice", args=[meeting.pk]) + "#progress" in page
    issue_notice(notice, actor=cast.ward_leader)
    page = signed_in("ward_leader").get(reverse("notices:detail", args=[notice.pk])).content.decode()
    assert "#progress" not in page


def test_a_due_day_that_was_moved_back_asks_for_nothing_before_that_day(cast):
    with time_machine.travel("2026-05-29 10:00+00:00", tick=False):
        meeting = make_meeting(cast, state=MeetingState.HELD, day=date(2026, 5, 29))
        bind(meeting)
    with time_machine.travel("2026-06-11 03:00+00:00", tick=False):
        move_conclusion_due(meeting, due_on=date(2026, 6, 5), actor=cast.system_admin, cause=MoveCause.RULES)
        remind_of_due_progress()
    asked = Reminder.objects.filter(kind=ReminderKind.PROGRESS_DUE)
    assert {reminder.for_day for reminder in asked} == {date(2026, 6, 11)}
