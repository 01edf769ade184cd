"""Numbers without gap or repeat, the frozen text, and on time or how late."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.db import DatabaseError, connections, transaction

from accounts.errors import ServiceError
from accounts.models import Unit, User
from accounts.policies import Refused
from audit.models import Event
from deadlines import clock
from meetings.models import Meeting, MeetingState
from notices.models import Conclusion, Notice, NoticeState, NoticeTask, Register
from notices.registers import register_period
from notices.services import issue_notice
from tests.cast import make_cast
from tests.meetings.factories import make_meeting
from tests.notices.factories import make_notice, many_conclusions, many_tasks


def _approved(cast, held_on=None, **values):
    meeting = make_meeting(cast, state=MeetingState.HELD, day=held_on, **values)
    return make_notice(cast, NoticeState.APPROVED, meeting=meeting)


def test_issuing_gives_the_number_freezes_the_pdf_and_concludes_the_meeting(cast):
    notice = make_notice(cast, NoticeState.ISSUED)
    assert (notice.number, notice.document_code) == (1, "01/TB-UBND")
    assert notice.issued_on == clock.today()
    assert bytes(notice.document.pdf).startswith(b"%PDF")
    assert notice.document.sha256 == hashlib.sha256(bytes(notice.document.pdf)).hexdigest()
    assert Meeting.objects.get().concluded_on == notice.issued_on
    event = Event.objects.of(notice).first()
    assert event.verb == "issue_notice"
    assert "01/TB-UBND" in event.sentence


def test_numbers_below_ten_carry_a_zero_and_those_above_do_not(cast):
    Register.objects.create(unit=cast.ward_committee, document_type="TB", period=str(clock.today().year), last_number=8)
    codes = [make_notice(cast, NoticeState.ISSUED).document_code for _ in range(3)]
    assert codes == ["09/TB-UBND", "10/TB-UBND", "11/TB-UBND"]


def test_state_numbers_start_again_on_the_first_of_january(cast):
    codes = []
    for issued_on in (date(2025, 12, 30), date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 5)):
        notice = _approved(cast, held_on=date(2025, 12, 22))
        codes.append(issue_notice(notice, actor=cast.ward_leader, issued_on=issued_on).document_code)
    assert codes == ["01/TB-UBND", "02/TB-UBND", "01/TB-UBND", "02/TB-UBND"]
    assert set(Notice.objects.values_list("period", "number")) == {
        ("2025", 1),
        ("2025", 2),
        ("2026", 1),
        ("2026", 2),
    }


def test_party_numbers_go_on_over_the_new_year_within_a_term(cast):
    codes = []
    for issued_on in (date(2025, 12, 31), date(2026, 1, 2)):
        notice = _approved(cast, held_on=date(2025, 12, 22), host_unit=cast.ward_party)
        codes.append(issue_notice(notice, actor=cast.party_leader, issued_on=issued_on).document_code)
    assert codes == ["01-TB/ĐU", "02-TB/ĐU"]
    assert set(Notice.objects.values_list("period", flat=True)) == {"2025-2030"}


@pytest.mark.parametrize(
    ("day", "term"),
    [
        (date(2025, 1, 1), "2025-2030"),
        (date(2030, 12, 31), "2025-2030"),
        (date(2024, 12, 31), "2020-2025"),
        (date(2017, 6, 1), "2015-2020"),
    ],
)
def test_a_party_number_belongs_to_the_term_of_its_day(day, term):
    assert register_period(Unit(name="Đảng ủy", term="2025-2030"), "party", day) == term


@pytest.mark.parametrize("term", ["", "nhiệm kỳ này", "2015-2020"])
def test_without_the_term_of_the_day_a_party_notice_is_not_issued(term):
    with pytest.raises(ServiceError):
        register_period(Unit(name="Đảng ủy", term=term), "party", date(2026, 1, 1))


# A meeting on Friday 21/8/2026 under "10 working days" is due on Tuesday 8/9/2026.
@pytest.mark.parametrize(
    ("issued_on", "days_late"),
    [
        (date(2026, 8, 21), 0),
        (date(2026, 9, 8), 0),
        (date(2026, 9, 9), 1),
        (date(2026, 9, 11), 3),
        (date(2026, 9, 12), 3),  # a Saturday
        (date(2026, 9, 14), 4),
    ],
)
def test_lateness_is_counted_in_working_days(cast, issued_on, days_late):
    notice = _approved(cast, held_on=date(2026, 8, 21))
    Meeting.objects.filter(pk=notice.meeting_id).update(conclusion_due_on=date(2026, 9, 8))
    assert issue_notice(notice, actor=cast.ward_leader, issued_on=issued_on).days_late == days_late


def test_without_a_binding_rule_nothing_is_late(cast):
    notice = _approved(cast)
    Meeting.objects.filter(pk=notice.meeting_id).update(conclusion_due_on=None)
    assert issue_notice(notice, actor=cast.ward_leader).days_late == 0


@pytest.mark.parametrize("offset", [-6, 1])
def test_it_is_not_issued_before_the_meeting_nor_in_the_future(cast, offset):
    notice = _approved(cast)
    with pytest.raises(ServiceError):
        issue_notice(notice, actor=cast.ward_leader, issued_on=clock.today() + timedelta(days=offset))
    assert not Register.objects.exists()


def test_the_clerk_does_not_issue(cast):
    with pytest.raises(Refused):
        issue_notice(_approved(cast), actor=cast.ward_clerk)


def test_a_second_click_is_told_the_number_and_takes_none(cast):
    notice = make_notice(cast, NoticeState.ISSUED)
    with pytest.raises(ServiceError, match="01/TB-UBND"):
        issue_notice(notice, actor=cast.ward_leader)
    assert Register.objects.get().last_number == 1


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "khác"},
        {"opening": "khác"},
        {"closing": "khác"},
        {"place": "khác"},
        {"signer_title": "khác"},
        {"signing_authority": "khác"},
        {"number": 99},
        {"issued_on": date(2026, 1, 1)},
        {"days_late": 0, "verification_code": "AAAAAAAAAAAA"},
        {"state": "draft"},
    ],
)
def test_the_database_refuses_to_change_an_issued_notice(cast, change):
    notice = make_notice(cast, NoticeState.ISSUED)
    with pytest.raises(DatabaseError), transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(**change)


def test_the_database_refuses_to_change_the_parts_and_the_pdf_of_an_issued_notice(cast):
    notice = make_notice(cast, NoticeState.ISSUED, conclusions=many_conclusions(1), tasks=many_tasks(1))
    attempts = [
        lambda: notice.conclusions.update(text="khác"),
        lambda: notice.conclusions.all().delete(),
        lambda: Conclusion.objects.create(notice=notice, text="thêm"),
        lambda: notice.tasks.update(task="khác"),
        lambda: NoticeTask.objects.create(notice=notice, task="thêm", lead_department="x"),
        lambda: type(notice.document).objects.update(pdf=b"khac"),
        lambda: notice.document.delete(),
        lambda: Notice.objects.filter(pk=notice.pk).delete(),
    ]
    for attempt in attempts:
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_parts_of_a_draft_may_be_changed_and_removed(cast):
    notice = make_notice(cast, conclusions=many_conclusions(2), tasks=many_tasks(2))
    notice.conclusions.update(text="khác")
    notice.tasks.all().delete()
    assert list(notice.conclusions.values_list("text", flat=True)) == ["khác", "khác"]


def _at_once(work, arguments):
    """Runs the work for all arguments in threads that start together, each with its own connection."""
    barrier = Barrier(len(arguments))

    def one(argument):
        try:
            barrier.wait(timeout=20)
            return work(argument)
        except ServiceError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(arguments)) as pool:
        return list(pool.map(one, arguments))


@pytest.mark.django_db(transaction=True)
def test_eight_leaders_issuing_at_once_get_numbers_without_gap_or_repeat():
    cast = make_cast()
    notices = [_approved(cast).pk for _ in range(8)]

    def issue(pk):
        return issue_notice(Notice.objects.get(pk=pk), actor=User.objects.get(pk=cast.ward_leader.pk)).number

    assert sorted(_at_once(issue, notices)) == list(range(1, 9))
    assert Register.objects.get().last_number == 8


@pytest.mark.django_db(transaction=True)
def test_of_two_leaders_issuing_the_same_notice_one_gets_the_number_and_the_other_a_sentence():
    cast = make_cast()
    pk = _approved(cast).pk

    def issue(person):
        return issue_notice(Notice.objects.get(pk=pk), actor=User.objects.get(pk=person))

    answers = _at_once(issue, [cast.ward_leader.pk, cast.system_admin.pk])
    assert sorted(type(answer).__name__ for answer in answers) == ["Notice", "ServiceError"]
    refusal = next(answer for answer in answers if isinstance(answer, ServiceError))
    assert "01/TB-UBND" in str(refusal.message)
    assert Register.objects.get().last_number == 1


@pytest.mark.django_db(transaction=True)
def test_a_rendering_that_fails_gives_the_number_back(monkeypatch):
    cast = make_cast()
    notice = _approved(cast)
    monkeypatch.setattr("notices.services.issuing.render_notice", lambda notice: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        issue_notice(notice, actor=cast.ward_leader)
    monkeypatch.undo()
    assert issue_notice(notice, actor=cast.ward_leader).number == 1
