"""More time for a conclusion notice: asked for with a reason, limited by the rules, decided above, in the record."""

import threading
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from accounts.errors import ServiceError
from accounts.models import Membership, Role, User
from accounts.policies import Refused
from audit.models import Event
from deadlines.models import CalendarDay, DayKind, Move, MoveCause, Obligation, Reminder
from deadlines.services import moves_of, working_calendar
from feedback.models import Verdict
from meetings.models import Meeting, MeetingState
from meetings.services import move_conclusion_due
from notices import policies
from notices.models import NoticeExtension, NoticeState
from notices.services import conclusion_snapshots, decide_notice_extension, issue_notice, request_notice_extension
from notices.standing import Standing
from tests.deadlines.access import make_regulation, make_rule
from tests.meetings.factories import make_meeting
from tests.notices.factories import ask_for_time, bind, make_notice

# Ten working days from Friday 29 May 2026 end on Friday 12 June; nothing but weekends lies around it.
HELD, DUE = date(2026, 5, 29), date(2026, 6, 12)
TODAY = date(2026, 6, 10)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel("2026-06-10 03:00:00+00:00", tick=False):
        yield


@pytest.fixture
def meeting(cast):
    """Due on 12 June by a rule that allows five working days more: until 19 June."""
    meeting = make_meeting(cast, state=MeetingState.HELD, day=HELD)
    bind(meeting, extension_days=5)
    return meeting


def ask(meeting, cast, until=date(2026, 6, 17), *, actor=None, reason="Chờ số liệu đo đạc"):
    return request_notice_extension(meeting, actor=actor or cast.ward_clerk, asked_until=until, reason=reason)


def decide(extension, cast, *, actor=None, is_granted=True, remark=""):
    return decide_notice_extension(extension, actor=actor or cast.superior_leader, is_granted=is_granted, remark=remark)


def untouched(meeting):
    meeting.refresh_from_db()
    assert meeting.conclusion_due_on == DUE
    assert not Move.objects.exists()


def test_granted_it_moves_the_deadline_the_ledger_and_the_reminders(cast, meeting):
    Meeting.objects.update(reminded_until=TODAY)
    extension = ask(meeting, cast)
    assert [r.recipient for r in Reminder.objects.filter(target_id=extension.pk)] == [cast.superior_leader]
    decide(extension, cast, remark="Đồng ý")
    meeting.refresh_from_db()
    assert (meeting.conclusion_due_on, meeting.reminded_until) == (date(2026, 6, 17), None)
    [move] = moves_of(meeting)
    assert (move.due_on_before, move.due_on_after, move.cause) == (DUE, date(2026, 6, 17), MoveCause.EXTENSION)
    assert (move.actor, move.reason) == (cast.superior_leader, "Chờ số liệu đo đạc")
    told = Reminder.objects.filter(target_type="notices.noticeextension", occasion="verdict")
    assert {r.recipient.username for r in told} == {"vanthu", "chutich"}
    assert [e.verb for e in Event.objects.of(meeting).order_by("pk")][-2:] == [
        "request_notice_extension",
        "decide_notice_extension",
    ]


def test_issued_within_the_extension_the_notice_is_on_time(cast, meeting):
    decide(ask(meeting, cast), cast)
    with time_machine.travel("2026-06-17 03:00:00+00:00", tick=False):
        notice = make_notice(cast, NoticeState.ISSUED, meeting=meeting)
    assert (notice.due_on, notice.days_late) == (date(2026, 6, 17), 0)
    meeting.refresh_from_db()
    assert meeting.conclusion_days_late == 0


def test_the_history_tells_the_day_from_which_a_grant_moved_the_deadline(cast, meeting):
    """The calendar moved it on while the request was waiting."""
    extension = ask(meeting, cast)
    move_conclusion_due(meeting, due_on=date(2026, 6, 15), actor=cast.system_admin, cause=MoveCause.CALENDAR)
    decide(extension, cast)
    meeting.refresh_from_db()
    standing = Standing(meeting, conclusion_snapshots(meeting), on=TODAY, calendar=working_calendar(meeting.locality))
    [granted] = [entry.sentence for entry in standing.history if entry.who == cast.superior_leader.full_name]
    assert "15/06/2026" in granted and "17/06/2026" in granted and "12/06/2026" not in granted


def test_a_refusal_needs_a_reason_and_moves_nothing(cast, meeting):
    extension = ask(meeting, cast)
    with pytest.raises(ServiceError, match=r"(refused|từ chối|không đồng ý)"):
        decide(extension, cast, is_granted=False)
    decide(extension, cast, is_granted=False, remark="Đã đủ thời gian")
    untouched(meeting)
    extension.refresh_from_db()
    assert (extension.verdict, extension.verdict_by, extension.remark) == (
        Verdict.REFUSED,
        cast.superior_leader,
        "Đã đủ thời gian",
    )
    # Refused once, another day may be asked for.
    assert ask(meeting, cast, date(2026, 6, 15)).verdict == Verdict.WAITING


@pytest.mark.parametrize(
    ("until", "said"),
    [
        (date(2026, 6, 22), "19/06/2026"),  # more than the rule allows: it names the last day
        (date(2026, 6, 13), "15/06/2026"),  # a Saturday: it names the next working day
        (date(2026, 6, 14), "15/06/2026"),  # a Sunday
        (DUE, "12/06/2026"),  # the present deadline
        (date(2026, 6, 11), "12/06/2026"),  # before it
        (date(2026, 5, 1), "29/05/2026"),  # before the meeting
        (date(2199, 1, 5), ""),
    ],
)
def test_a_day_that_can_not_be_is_refused_with_the_day_that_can(cast, meeting, until, said):
    with pytest.raises(ServiceError) as refusal:
        ask(meeting, cast, until)
    assert said in str(refusal.value)
    assert refusal.value.field == "asked_until"
    untouched(meeting)
    assert not NoticeExtension.objects.exists()


@pytest.mark.parametrize("allowed", [None, 0])
def test_where_the_rule_provides_for_none_the_sentence_names_the_law(cast, allowed):
    meeting = make_meeting(cast, state=MeetingState.HELD, day=HELD)
    bind(meeting, extension_days=allowed, law="Điều 43 Luật số 72/2025/QH15")
    with pytest.raises(ServiceError, match="Điều 43 Luật số 72/2025/QH15"):
        ask(meeting, cast, date(2026, 6, 15))
    untouched(meeting)


def test_every_rule_that_falls_before_the_asked_day_has_to_allow_it(cast, meeting):
    other = make_rule(make_regulation(cast.ward))
    bind(meeting, number=12, extension_days=None, law="Luật B", rule=other)  # due 16 June
    assert ask(meeting, cast, date(2026, 6, 16)).asked_until == date(2026, 6, 16)
    NoticeExtension.objects.all().delete()
    with pytest.raises(ServiceError, match="Luật B"):
        ask(meeting, cast, date(2026, 6, 17))


def test_calendar_days_are_extended_in_calendar_days(cast):
    meeting = make_meeting(cast, state=MeetingState.HELD, day=HELD)
    # 14 days end on 12 June; five days more on Wednesday 17 June.
    bind(meeting, number=14, unit="calendar_days", extension_days=5)
    assert meeting.conclusion_due_on == DUE
    with pytest.raises(ServiceError, match="17/06/2026"):
        ask(meeting, cast, date(2026, 6, 18))
    assert ask(meeting, cast, date(2026, 6, 17)).pk


def test_over_tet_the_last_day_lies_after_the_holidays(cast):
    """Ten working days from 2 February 2026 and three more: Tết lies between, 16 to 20 February."""
    with time_machine.travel("2026-02-10 03:00:00+00:00", tick=False):
        meeting = make_meeting(cast, state=MeetingState.HELD, day=date(2026, 2, 2))
        snapshot = bind(meeting, extension_days=3)
        assert snapshot.due_on == date(2026, 2, 23)
        with pytest.raises(ServiceError, match="26/02/2026"):
            ask(meeting, cast, date(2026, 2, 27))
        assert ask(meeting, cast, date(2026, 2, 26)).pk
    with time_machine.travel("2026-02-04 03:00:00+00:00", tick=False):
        short = make_meeting(cast, state=MeetingState.HELD, day=date(2026, 2, 2), topic="Đối thoại trước Tết")
        bind(short, number=8, extension_days=5)  # due 12 February
        with pytest.raises(ServiceError, match="23/02/2026"):
            ask(short, cast, date(2026, 2, 17))


def test_after_issue_nothing_is_extended(cast, meeting):
    notice = make_notice(cast, NoticeState.APPROVED, meeting=meeting)
    waiting = ask(meeting, cast)
    issue_notice(notice, actor=cast.ward_leader)
    with pytest.raises(ServiceError, match="10/06/2026"):
        ask(meeting, cast, date(2026, 6, 18))
    with pytest.raises(ServiceError, match="10/06/2026"):
        decide(waiting, cast)
    untouched(meeting)
    assert not NoticeExtension.objects.waiting().exists()


def test_once_late_no_more_time_is_given(cast, meeting):
    with time_machine.travel("2026-06-15 03:00:00+00:00", tick=False), pytest.raises(ServiceError, match="12/06/2026"):
        ask(meeting, cast)
    untouched(meeting)


def test_asked_in_time_it_may_be_granted_until_the_asked_day_and_not_after(cast, meeting):
    extension = ask(meeting, cast)
    with time_machine.travel("2026-06-18 03:00:00+00:00", tick=False):
        with pytest.raises(ServiceError, match="17/06/2026"):
            decide(extension, cast)
        untouched(meeting)
    with time_machine.travel("2026-06-16 03:00:00+00:00", tick=False):
        decide(extension, cast)
    meeting.refresh_from_db()
    assert meeting.conclusion_due_on == date(2026, 6, 17)


def test_a_day_off_since_made_of_the_asked_day_is_not_granted(cast, meeting):
    extension = ask(meeting, cast)
    CalendarDay.objects.create(day=date(2026, 6, 17), kind=DayKind.DAY_OFF, name="Bão", locality=cast.ward)
    with pytest.raises(ServiceError, match="Bão"):
        decide(extension, cast)
    untouched(meeting)


def test_asked_twice_it_waits_once(cast, meeting):
    ask(meeting, cast)
    with pytest.raises(ServiceError):
        ask(meeting, cast)
    assert NoticeExtension.objects.count() == 1


def test_no_deadline_no_reason_or_not_held_is_said(cast, meeting):
    with pytest.raises(ServiceError) as refusal:
        ask(meeting, cast, reason="  \x00 ")
    assert refusal.value.field == "reason"
    planned = make_meeting(cast, topic="Chưa tổ chức")
    free = make_meeting(cast, state=MeetingState.HELD, day=HELD, topic="Không có quy định")
    Meeting.objects.filter(pk=free.pk).update(conclusion_due_on=None)
    for other in (planned, free):
        with pytest.raises(ServiceError):
            ask(other, cast)


def test_others_neither_ask_nor_decide(cast, meeting):
    for other in (cast.sibling_clerk, cast.department_officer, cast.front_supervisor, cast.superior_leader):
        with pytest.raises(Refused):
            ask(meeting, cast, actor=other)
    extension = ask(meeting, cast)
    for other in (cast.ward_clerk, cast.ward_leader, cast.party_leader, cast.sibling_leader, cast.front_supervisor):
        with pytest.raises(Refused):
            decide(extension, cast, actor=other)
    untouched(meeting)


def test_without_a_leader_above_the_hosts_own_leader_decides_but_never_their_own_request(cast, meeting):
    Membership.objects.filter(user=cast.superior_leader).delete()
    assert policies.deciding_unit(cast.ward_committee) == cast.ward_committee
    with pytest.raises(ServiceError):
        ask(meeting, cast, actor=cast.ward_leader)
    extension = ask(meeting, cast)
    assert list(NoticeExtension.objects.to_decide_by(cast.ward_leader, on=TODAY)) == [extension]
    decide(extension, cast, actor=User.objects.get(pk=cast.ward_leader.pk))
    meeting.refresh_from_db()
    assert meeting.conclusion_due_on == date(2026, 6, 17)


def test_who_asked_does_not_decide_even_as_leader_above(cast, meeting):
    Membership.objects.create(
        user=cast.superior_leader, unit=cast.ward_committee, role=Role.CLERK, valid_from=date(2020, 1, 1)
    )
    Membership.objects.create(
        user=cast.sibling_leader, unit=cast.province_committee, role=Role.LEADER, valid_from=date(2020, 1, 1)
    )
    person = User.objects.get(pk=cast.superior_leader.pk)
    extension = ask(meeting, cast, actor=person)
    with pytest.raises(Refused):
        decide(extension, cast, actor=person)
    assert not NoticeExtension.objects.to_decide_by(person, on=TODAY).exists()
    decide(extension, cast, actor=User.objects.get(pk=cast.sibling_leader.pk))


def test_who_is_asked_is_the_same_in_sql_as_in_the_policy(cast, meeting):
    extension = ask(meeting, cast)
    for person in cast.people.values():
        in_sql = NoticeExtension.objects.to_decide_by(person, on=TODAY).filter(pk=extension.pk).exists()
        by_policy = bool(policies.decides(person, extension)) and not person.scope.is_system_admin
        assert in_sql == by_policy, person


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_does(cast):
    meeting = make_meeting(cast, state=MeetingState.HELD, day=HELD)
    bind(meeting)
    extension = ask(meeting, cast)
    barrier, outcomes = threading.Barrier(2), []

    def run(is_granted):
        barrier.wait()
        try:
            decide(extension, cast, is_granted=is_granted, remark="Chưa cần")
            outcomes.append("done")
        except ServiceError:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(granted,)) for granted in (True, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "told"]
    meeting.refresh_from_db()
    extension.refresh_from_db()
    is_granted = extension.verdict == Verdict.ACCEPTED
    assert meeting.conclusion_due_on == (date(2026, 6, 17) if is_granted else DUE)
    assert Move.objects.count() == int(is_granted)


# --- pages ---


def test_from_the_tab_to_the_decision_and_the_history(cast, meeting, signed_in):
    clerk, leader = signed_in("ward_clerk"), signed_in("superior_leader")
    tab = reverse("notices:meeting_notice", args=[meeting.pk])
    extend = reverse("notices:extend", args=[meeting.pk])
    assert extend in clerk.get(tab).content.decode()
    assert extend not in leader.get(tab).content.decode()
    assert "19/06/2026" in clerk.get(extend).content.decode()
    assert clerk.post(extend, {"asked_until": "17/06/2026", "reason": "Chờ số liệu"}).status_code == 302
    assert "Chờ số liệu" in clerk.get(tab).content.decode()
    decide_url = reverse("notices:decide_extension", args=[NoticeExtension.objects.get().pk])
    assert decide_url not in clerk.get(tab).content.decode()
    assert decide_url in leader.get(tab).content.decode()
    assert leader.post(decide_url, {"is_granted": "True"}).status_code == 302
    entries = [entry.sentence for entry in clerk.get(tab).context["standing"].history]
    assert len(entries) == 3
    assert "12/06/2026" in entries[0]
    assert "12/06/2026" in entries[2]
    assert "17/06/2026" in entries[2]
    assert leader.post(decide_url, {"is_granted": "True"}).status_code == 409
    assert leader.get(decide_url).status_code == 409


def test_what_is_refused_stays_on_the_page(cast, meeting, signed_in):
    extend = reverse("notices:extend", args=[meeting.pk])
    refused = signed_in("ward_clerk").post(extend, {"asked_until": "30/06/2026", "reason": "Chờ đo đạc lại"})
    assert refused.status_code == 409
    page = refused.content.decode()
    assert "Chờ đo đạc lại" in page
    assert "30/06/2026" in page
    assert "19/06/2026" in page
    assert signed_in("ward_clerk").post(extend, {"asked_until": "hôm nào", "reason": "x"}).status_code == 422
    untouched(meeting)


def test_the_meetings_own_page_shows_the_extended_day_not_the_first(cast, meeting, signed_in):
    decide(ask(meeting, cast), cast)
    with time_machine.travel("2026-06-16 03:00:00+00:00", tick=False):
        rows = signed_in("ward_clerk").get(reverse("meetings:detail", args=[meeting.pk])).context["deadlines"]
        page = signed_in("ward_clerk").get(reverse("notices:meeting_notice", args=[meeting.pk]))
    assert [row.due_on for row in rows if row.obligation == Obligation.CONCLUSION_NOTICE] == [date(2026, 6, 17)]
    assert not page.context["standing"].is_late


def test_a_draft_made_before_the_extension_is_due_on_the_new_day(cast, meeting, signed_in):
    notice = make_notice(cast, NoticeState.APPROVED, meeting=meeting)
    decide(ask(meeting, cast), cast)
    with time_machine.travel("2026-06-16 03:00:00+00:00", tick=False):
        leader = signed_in("ward_leader")
        page = leader.get(reverse("notices:issue", args=[notice.pk])).content.decode()
        assert "17/06/2026" in page
        assert "12/06/2026" not in page
        listed = leader.get(reverse("notices:list"), {"timing": "overdue"})
    assert list(listed.context["page_obj"]) == []


def test_one_page_costs_no_more_than_ten_statements(cast, meeting, signed_in, django_assert_max_num_queries):
    decide(ask(meeting, cast), cast, is_granted=False, remark="Chưa cần")
    ask_for_time(cast, meeting)
    client, url = signed_in("superior_leader"), reverse("notices:meeting_notice", args=[meeting.pk])
    client.get(url)
    with django_assert_max_num_queries(10 + 3):  # session, user, memberships
        assert client.get(url).status_code == 200


def test_a_date_long_before_is_no_error_of_the_server(cast, meeting, signed_in):
    extend = reverse("notices:extend", args=[meeting.pk])
    for text in ("01/01/0001", "31/12/9999", str(TODAY - timedelta(days=400))):
        code = signed_in("ward_clerk").post(extend, {"asked_until": text, "reason": "Chờ"}).status_code
        assert code in {409, 422}
