"""Which rules bind a meeting, and when it is due."""

from datetime import date

import pytest

from accounts.errors import ServiceError, StaleVersion
from accounts.models import Level
from audit.models import Event
from deadlines.loading import load_calendar, load_regulations
from deadlines.models import MeetingType, Obligation, Quantity, Rule
from deadlines.services import add_rule, create_regulation, deadlines_for, edit_regulation, edit_rule, remove_rule
from tests.deadlines.access import make_day, make_regulation, make_rule

pytestmark = pytest.mark.django_db
HELD = date(2026, 8, 21)


def bound(locality, **changes):
    question = {
        "level": Level.COMMUNE,
        "meeting_type": MeetingType.PERIODIC,
        "obligation": Obligation.CONCLUSION_NOTICE,
        "counted_from": HELD,
    }
    return deadlines_for(locality=locality, **question | changes)


@pytest.fixture
def laws(cast):
    load_calendar()
    load_regulations()
    return make_rule(make_regulation(cast.ward), article="Điều 5")


def test_a_local_rule_and_the_law_both_bind_and_the_earliest_stands_first(cast, laws):
    law, local = bound(cast.ward)
    assert (law.law, law.due_on) == ("Điều 43 Luật số 72/2025/QH15", date(2026, 9, 3))
    assert (local.law, local.due_on) == ("Điều 5 12-QĐ/ĐU", date(2026, 9, 8))
    assert (local.number, local.unit, local.rule) == (10, Quantity.WORKING_DAYS, laws)


def test_a_rule_binds_its_jurisdiction_and_below_alone(cast, laws):
    assert len(bound(cast.residential_area)) == 2
    assert [deadline.law for deadline in bound(cast.sibling_ward)] == ["Điều 43 Luật số 72/2025/QH15"]


def test_a_rule_binds_only_while_it_is_in_force(cast, laws):
    ended = make_regulation(
        cast.ward, "935-QĐ/TU", in_force_from=date(2017, 1, 1), in_force_to=date(2025, 6, 30), issued_on=None
    )
    make_rule(ended, number=15)
    assert [d.number for d in bound(cast.ward, counted_from=date(2025, 6, 30))] == [15]
    assert [d.law for d in bound(cast.ward, counted_from=date(2025, 7, 1))] == [
        "Điều 43 Luật số 72/2025/QH15",
        "Điều 5 12-QĐ/ĐU",
    ]
    assert bound(cast.ward, counted_from=date(2016, 12, 31)) == []


def test_a_rule_binds_its_level_and_type_alone(cast, laws):
    assert len(bound(cast.ward, meeting_type=MeetingType.CITIZEN_RECEPTION)) == 1
    assert len(bound(cast.ward, level=Level.PROVINCE)) == 1
    Rule.objects.filter(pk=laws.pk).update(meeting_type=MeetingType.SECTOR)
    assert [d.rule for d in bound(cast.ward, meeting_type=MeetingType.SECTOR)] == [laws]


def test_the_announcement_is_due_seven_days_ahead(cast, laws):
    (deadline,) = bound(cast.ward, obligation=Obligation.ANNOUNCEMENT)
    assert deadline.due_on == date(2026, 8, 14)
    assert deadline.count.is_backward


def test_a_reply_is_due_within_ten_working_days(cast, laws):
    (deadline,) = bound(cast.ward, obligation=Obligation.REPLY)
    assert (deadline.law, deadline.due_on) == ("Điều 28 Luật số 42/2013/QH13", date(2026, 9, 8))


def test_a_quota_is_no_deadline(cast, laws):
    assert bound(cast.ward, obligation=Obligation.MEETING_QUOTA) == []


def test_the_calendar_of_the_place_counts(cast, laws):
    make_day(cast.ward, date(2026, 9, 3))
    assert [d.due_on for d in bound(cast.ward)] == [date(2026, 9, 4), date(2026, 9, 9)]


def test_deadlines_take_two_queries(cast, laws, django_assert_num_queries):
    with django_assert_num_queries(2):
        bound(cast.ward)


def test_a_regulation_with_its_rules_is_written_by_services_and_recorded(cast):
    regulation = create_regulation(
        actor=cast.ward_admin,
        number=" 12-QĐ/ĐU ",
        title="Quy chế",
        issuer="Đảng ủy phường",
        in_force_from=date(2025, 7, 1),
        jurisdiction=cast.ward,
    )
    rule = add_rule(regulation, actor=cast.ward_admin, obligation="conclusion_notice", number=10, unit="working_days")
    edit_rule(rule, actor=cast.ward_admin, version=1, number=8)
    edit_regulation(regulation, actor=cast.ward_admin, version=1, in_force_to=date(2026, 12, 31))
    remove_rule(rule, actor=cast.ward_admin)
    events = list(Event.objects.about(regulation).order_by("pk"))
    assert [event.verb for event in events] == [
        "create_regulation",
        "add_rule",
        "edit_rule",
        "edit_regulation",
        "remove_rule",
    ]
    assert events[2].data == {"number": {"from": "10", "to": "8"}}
    assert events[3].data == {"in_force_to": {"from": "None", "to": "2026-12-31"}}
    assert regulation.number == "12-QĐ/ĐU"


def test_contradictions_are_refused_with_a_sentence_at_their_field(cast):
    one = make_regulation(cast.ward)
    newer = make_regulation(cast.ward, "15-QĐ/ĐU", replaces=one)
    rule = make_rule(one)

    def field_of(call, *args, **kwargs):
        with pytest.raises(ServiceError) as refusal:
            call(*args, actor=cast.ward_admin, **kwargs)
        return refusal.value.field

    assert field_of(edit_regulation, one, version=1, replaces=one) == "replaces"
    assert field_of(edit_regulation, one, version=1, replaces=newer) == "replaces"
    assert field_of(edit_regulation, one, version=1, in_force_to=date(2025, 6, 30)) == "in_force_to"
    assert field_of(edit_regulation, one, version=1, issued_on=date(2025, 7, 2)) == "in_force_from"
    assert field_of(edit_regulation, newer, version=1, number=one.number) == "number"
    notice = {"obligation": Obligation.CONCLUSION_NOTICE, "number": 5, "unit": Quantity.CALENDAR_DAYS}
    assert field_of(add_rule, one, **notice) == "obligation"
    assert field_of(add_rule, one, **notice | {"unit": Quantity.PER_YEAR}) == "unit"
    assert field_of(add_rule, one, **notice | {"number": 0}) == "number"
    assert field_of(add_rule, one, **notice | {"number": 10**9}) == "number"
    quota = {"obligation": Obligation.MEETING_QUOTA, "number": 1, "unit": Quantity.WORKING_DAYS}
    assert field_of(add_rule, one, **quota) == "unit"
    assert list(Rule.objects.all()) == [rule]


def test_a_stale_edit_of_a_rule_is_refused(cast):
    rule = make_rule(make_regulation(cast.ward))
    edit_rule(rule, actor=cast.ward_admin, version=1, number=8)
    with pytest.raises(StaleVersion):
        edit_rule(rule, actor=cast.ward_admin, version=1, number=9)
    rule.refresh_from_db()
    assert rule.number == 8


def test_a_rule_removed_twice_says_so(cast):
    rule = make_rule(make_regulation(cast.ward))
    remove_rule(rule, actor=cast.ward_admin)
    with pytest.raises(ServiceError):
        remove_rule(rule, actor=cast.system_admin)
