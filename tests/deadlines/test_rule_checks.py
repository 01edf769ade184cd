"""Rules and regulations that contradict themselves or each other: a clear sentence, and nothing applied."""

from datetime import date

import pytest

from accounts.errors import ServiceError
from audit.models import Event
from deadlines.models import Regulation, Rule
from deadlines.services import add_rule, create_regulation, edit_regulation, edit_rule
from tests.deadlines.access import make_regulation, make_rule

pytestmark = pytest.mark.django_db
NOTICE = {"obligation": "conclusion_notice", "number": 5, "unit": "working_days"}


def refusal(call, *args, **kwargs) -> ServiceError:
    before = [list(model.objects.order_by("pk").values()) for model in (Regulation, Rule, Event)]
    with pytest.raises(ServiceError) as refused:
        call(*args, **kwargs)
    assert [list(model.objects.order_by("pk").values()) for model in (Regulation, Rule, Event)] == before
    return refused.value


class TestWithinOneRegulation:
    @pytest.mark.parametrize(
        ("first", "second", "field"),
        [
            ({}, {"level": "commune"}, "level"),
            ({"level": "commune"}, {}, "level"),
            ({}, {"meeting_type": "periodic"}, "meeting_type"),
            ({"level": "commune"}, {"meeting_type": "periodic"}, "level"),
            ({"level": "commune"}, {"level": "commune"}, "obligation"),
            ({"level": "commune", "meeting_type": "periodic"}, {"level": "commune"}, "meeting_type"),
        ],
    )
    def test_two_rules_that_one_meeting_falls_under_are_refused(self, cast, first, second, field):
        one = make_regulation(cast.ward)
        add_rule(one, actor=cast.ward_admin, **NOTICE | first)
        refused = refusal(add_rule, one, actor=cast.ward_admin, **NOTICE | second | {"number": 7})
        assert refused.field == field

    def test_what_never_meets_stands_side_by_side(self, cast):
        one = make_regulation(cast.ward)
        for scope in ({"level": "commune"}, {"level": "province"}, {"obligation": "publication"}):
            add_rule(one, actor=cast.ward_admin, **NOTICE | scope)
        assert Rule.objects.count() == 3

    def test_an_edit_is_checked_as_well_but_not_against_itself(self, cast):
        one = make_regulation(cast.ward)
        rule = add_rule(one, actor=cast.ward_admin, level="commune", **NOTICE)
        other = add_rule(one, actor=cast.ward_admin, level="province", **NOTICE)
        edit_rule(rule, actor=cast.ward_admin, version=1, number=8)
        assert refusal(edit_rule, other, actor=cast.ward_admin, version=1, level="").field == "level"


class TestOneIssuer:
    def test_two_limits_for_the_same_days_contradict_each_other(self, cast):
        make_rule(make_regulation(cast.ward))
        later = make_regulation(cast.ward, "15-QĐ/ĐU", in_force_from=date(2026, 1, 1))
        refused = refusal(add_rule, later, actor=cast.ward_admin, **NOTICE)
        assert "12-QĐ/ĐU" in str(refused)
        assert refused.field == "obligation"

    def test_the_same_limit_twice_is_a_duplicate(self, cast):
        make_rule(make_regulation(cast.ward))
        later = make_regulation(cast.ward, "15-QĐ/ĐU")
        contradiction = refusal(add_rule, later, actor=cast.ward_admin, **NOTICE)
        duplicate = refusal(add_rule, later, actor=cast.ward_admin, **NOTICE | {"number": 10})
        assert str(duplicate) != str(contradiction)

    def test_the_name_of_the_issuer_is_compared_as_people_read_it(self, cast):
        make_rule(make_regulation(cast.ward))
        later = make_regulation(cast.ward, "15-QĐ/ĐU")
        Regulation.objects.filter(pk=later.pk).update(issuer="  ĐẢNG  UỶ")
        assert refusal(add_rule, later, actor=cast.ward_admin, **NOTICE)

    @pytest.mark.parametrize(
        "other",
        [
            {"issuer": "Ủy ban nhân dân phường"},
            {"in_force_from": date(2020, 1, 1), "in_force_to": date(2025, 6, 30)},
        ],
    )
    def test_another_issuer_or_another_time_may_say_something_else(self, cast, other):
        make_rule(make_regulation(cast.ward))
        later = make_regulation(cast.ward, "15-QĐ/ĐU")
        Regulation.objects.filter(pk=later.pk).update(**other)
        assert add_rule(later, actor=cast.ward_admin, **NOTICE).pk

    def test_another_place_may_say_something_else(self, cast):
        make_rule(make_regulation(cast.province))
        assert add_rule(make_regulation(cast.ward), actor=cast.ward_admin, **NOTICE).pk

    def test_a_regulation_is_not_prolonged_into_the_time_of_another(self, cast):
        make_rule(make_regulation(cast.ward))
        old = make_regulation(cast.ward, "3-QĐ/ĐU", in_force_from=date(2020, 1, 1), in_force_to=date(2025, 6, 30))
        make_rule(old, number=15)
        assert edit_regulation(old, actor=cast.ward_admin, version=1, note="Đã hết hiệu lực").version == 2
        assert refusal(edit_regulation, old, actor=cast.ward_admin, version=2, in_force_to=None).field


class TestSuccession:
    def successor(self, cast, **fields):
        values = {"number": "15-QĐ/ĐU", "title": "Quy chế", "issuer": "Đảng ủy", "in_force_from": date(2027, 3, 1)}
        return create_regulation(actor=cast.ward_admin, jurisdiction=cast.ward, **values | fields)

    def test_a_successor_ends_what_it_replaces_on_the_day_before(self, cast):
        old = make_regulation(cast.ward)
        new = self.successor(cast, replaces=old)
        old.refresh_from_db()
        assert (old.in_force_to, old.version) == (date(2027, 2, 28), 2)
        event = Event.objects.about(old).get()
        assert event.data == {"in_force_to": {"from": "None", "to": "2027-02-28"}}
        assert "15-QĐ/ĐU" in event.sentence
        assert new.replaces == old

    def test_one_that_ended_before_stays_as_it_was(self, cast):
        old = make_regulation(cast.ward, in_force_to=date(2026, 12, 31))
        self.successor(cast, replaces=old)
        old.refresh_from_db()
        assert (old.in_force_to, old.version) == (date(2026, 12, 31), 1)

    def test_a_successor_comes_after_what_it_replaces(self, cast):
        old = make_regulation(cast.ward)
        assert refusal(self.successor, cast, replaces=old, in_force_from=date(2025, 7, 1)).field == "in_force_from"

    def test_the_replaced_one_can_not_come_back_beside_its_successor(self, cast):
        old = make_regulation(cast.ward)
        new = self.successor(cast, replaces=old)
        for last_day in (None, date(2027, 3, 1)):
            refused = refusal(edit_regulation, old, actor=cast.ward_admin, version=2, in_force_to=last_day)
            assert refused.field == "in_force_to"
            assert "28/02/2027" in str(refused)
        earlier = refusal(edit_regulation, new, actor=cast.ward_admin, version=1, in_force_from=date(2027, 2, 1))
        assert earlier.field == "in_force_from"

    def test_a_regulation_replaces_neither_itself_nor_its_successor(self, cast):
        old = make_regulation(cast.ward)
        new = self.successor(cast, replaces=old)
        newest = self.successor(cast, number="20-QĐ/ĐU", replaces=new, in_force_from=date(2028, 1, 1))
        for replaced in (old, new, newest):
            refused = refusal(edit_regulation, old, actor=cast.ward_admin, version=2, replaces=replaced)
            assert refused.field == "replaces"

    def test_an_edit_that_names_what_it_replaces_ends_that_too(self, cast):
        old = make_regulation(cast.ward)
        new = self.successor(cast)
        edit_regulation(new, actor=cast.ward_admin, version=1, replaces=old)
        old.refresh_from_db()
        assert old.in_force_to == date(2027, 2, 28)

    def test_its_rules_may_say_something_else_from_then_on(self, cast):
        old = make_regulation(cast.ward)
        make_rule(old)
        new = self.successor(cast, replaces=old)
        assert add_rule(new, actor=cast.ward_admin, **NOTICE).pk


class TestMoreTime:
    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"extension_days": -1}, "extension_days"),
            ({"extension_days": 10**6}, "extension_days"),
            ({"obligation": "meeting_quota", "unit": "per_year", "extension_days": 5}, "extension_days"),
            ({"obligation": "reception_days", "unit": "days_a_month", "extension_days": 0}, "extension_days"),
            ({"allows_pause": True}, "allows_pause"),
            ({"obligation": "announcement", "allows_pause": True}, "allows_pause"),
        ],
    )
    def test_what_makes_no_sense_is_refused_at_its_field(self, cast, fields, field):
        one = make_regulation(cast.ward)
        assert refusal(add_rule, one, actor=cast.ward_admin, **NOTICE | fields).field == field

    @pytest.mark.parametrize("days", [None, 0, 10])
    def test_none_nothing_and_some_are_three_answers(self, cast, days):
        rule = add_rule(make_regulation(cast.ward), actor=cast.ward_admin, extension_days=days, **NOTICE)
        rule.refresh_from_db()
        assert rule.extension_days == days

    def test_the_clock_of_a_reply_may_be_stopped(self, cast):
        rule = add_rule(
            make_regulation(cast.ward), actor=cast.ward_admin, **NOTICE | {"obligation": "reply"}, allows_pause=True
        )
        assert rule.allows_pause
        assert (
            refusal(edit_rule, rule, actor=cast.ward_admin, version=1, obligation="publication").field == "allows_pause"
        )
