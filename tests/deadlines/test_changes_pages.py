"""The pages on which a change is reviewed, applied or discarded."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from audit.models import Event
from deadlines import tasks
from deadlines.models import CalendarDay, Change, Move, Regulation, Rule
from meetings.models import Meeting
from tests.deadlines.access import make_day, make_regulation, make_rule
from tests.deadlines.test_pages import DAY, REGULATION, RULE, apply, page, send
from tests.meetings.factories import make_meeting

pytestmark = pytest.mark.django_db
SWAP = DAY | {"day": "12/02/2027"}


@pytest.fixture(autouse=True)
def _before_tet():
    with time_machine.travel("2027-02-01T02:00:00Z", tick=False):
        yield


@pytest.fixture
def meeting(cast):
    make_rule(make_regulation(cast.ward))
    return make_meeting(cast, state="held", day=date(2027, 1, 27), topic="Đối thoại về đất đai")


def proposed(client, name="day_new", data=SWAP, **kwargs):
    answer = send(client, name, data, **kwargs)
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


class TestReview:
    def test_it_shows_what_would_move_from_which_day_to_which_before_anything_does(self, signed_in, meeting):
        client = signed_in("system_admin")
        text = client.get(proposed(client)).content.decode()
        assert "Đối thoại về đất đai" in text
        assert 'datetime="2027-02-17"' in text
        assert 'datetime="2027-02-18"' in text
        assert "Nghỉ hoán đổi theo 1/TB-BNV" in text
        assert not CalendarDay.objects.exists()
        meeting.refresh_from_db()
        assert meeting.conclusion_due_on == date(2027, 2, 17)

    def test_applying_moves_it_and_the_page_then_shows_what_moved(
        self, signed_in, meeting, django_capture_on_commit_callbacks
    ):
        client = signed_in("system_admin")
        url = proposed(client)
        with django_capture_on_commit_callbacks(execute=True):
            assert client.post(f"{url}apply/", {"seen": "0"}).status_code == 302
        meeting.refresh_from_db()
        assert meeting.conclusion_due_on == date(2027, 2, 18)
        answer = client.get(url)
        assert answer.context["total"] == 1
        assert "Đối thoại về đất đai" in answer.content.decode()
        assert b"apply/" not in answer.content

    def test_without_a_queue_it_is_applied_all_the_same_and_the_next_sweep_moves(
        self, signed_in, meeting, monkeypatch, django_capture_on_commit_callbacks
    ):
        def unreachable(*args):
            raise ConnectionError("no broker")

        monkeypatch.setattr(tasks.recompute_deadlines, "delay", unreachable)
        client = signed_in("system_admin")
        with django_capture_on_commit_callbacks(execute=True):
            assert client.post(f"{proposed(client)}apply/", {"seen": "0"}).status_code == 302
        assert Change.objects.unfinished().count() == 1
        other = proposed(client, data=SWAP | {"day": "19/02/2027"})
        assert client.get(other).context["preview"].is_early, "its list is not this change's alone"
        assert tasks.finish_changes() == 1
        assert not client.get(other).context["preview"].is_early
        meeting.refresh_from_db()
        assert meeting.conclusion_due_on == date(2027, 2, 18)

    def test_a_double_click_applies_once(self, signed_in, meeting):
        client = signed_in("system_admin")
        url = proposed(client)
        codes = [client.post(f"{url}apply/", {"seen": "0"}).status_code for _press in range(2)]
        assert codes == [302, 409]
        assert CalendarDay.objects.count() == 1
        assert Event.objects.filter(verb="apply_change").count() == 1

    def test_a_discarded_change_is_over(self, signed_in, meeting):
        client = signed_in("system_admin")
        url = proposed(client)
        assert client.post(f"{url}discard/").status_code == 302
        assert client.post(f"{url}discard/").status_code == 409
        assert client.post(f"{url}apply/", {"seen": "0"}).status_code == 409
        assert not CalendarDay.objects.exists()
        assert client.get(url).status_code == 200

    def test_two_administrators_with_the_same_day(self, signed_in, meeting):
        client = signed_in("system_admin")
        first, second = proposed(client), proposed(client)
        assert client.post(f"{first}apply/", {"seen": "0"}).status_code == 302
        answer = client.get(second)
        assert answer.status_code == 200
        assert "12/02/2027" in answer.context["preview"].problem
        assert b"apply/" not in answer.content
        assert client.post(f"{second}apply/", {"seen": Change.objects.order_by("pk")[0].pk}).status_code == 409
        assert CalendarDay.objects.count() == 1

    def test_a_page_opened_before_another_change_has_to_be_looked_at_again(self, signed_in, meeting):
        client = signed_in("system_admin")
        first, second = proposed(client), proposed(client, data=SWAP | {"day": "15/02/2027"})
        assert client.post(f"{first}apply/", {"seen": "0"}).status_code == 302
        answer = client.post(f"{second}apply/", {"seen": "0"})
        assert answer.status_code == 409
        assert CalendarDay.objects.count() == 1
        again = answer.context["form"]["seen"].value()
        assert client.post(f"{second}apply/", {"seen": again}).status_code == 302

    @pytest.mark.parametrize("seen", ["", "-1", "x", "9" * 30])
    def test_a_senseless_answer_applies_nothing(self, signed_in, meeting, seen):
        client = signed_in("system_admin")
        assert client.post(f"{proposed(client)}apply/", {"seen": seen}).status_code in {409, 422}
        assert not CalendarDay.objects.exists()

    def test_all_moves_come_as_a_table(self, signed_in, meeting, django_capture_on_commit_callbacks):
        client = signed_in("system_admin")
        Meeting.objects.update(topic="=HYPERLINK(1)")
        url = proposed(client)
        for _state in ("proposed", "applied"):
            lines = client.get(f"{url}moves.csv").getvalue().decode("utf-8-sig").splitlines()
            assert len(lines) == 2
            assert lines[1].endswith("17/02/2027;18/02/2027")
            assert ";=" not in lines[1]
            with django_capture_on_commit_callbacks(execute=True):
                client.post(f"{url}apply/", {"seen": "0"})

    def test_the_page_takes_no_more_queries_for_many_moves(
        self, signed_in, cast, meeting, django_assert_max_num_queries
    ):
        client = signed_in("system_admin")
        url = proposed(client)
        with django_assert_max_num_queries(200) as few:
            client.get(url)
        for day in range(4, 28):
            make_meeting(cast, state="held", day=date(2027, 1, day), topic=f"Đối thoại {day}")
        with django_assert_max_num_queries(len(few.captured_queries)):
            assert client.get(url).context["total"] > 5


class TestAccess:
    def test_a_unit_administrator_reviews_the_own_place_alone(self, signed_in, cast):
        system, ward = signed_in("system_admin"), signed_in("ward_admin")
        country = proposed(system)
        of_sibling = proposed(system, data=SWAP | {"locality": "Phường Bằng Lăng"})
        own = proposed(ward, data=SWAP | {"locality": "Phường Hoa Sen"})
        assert ward.get(country).status_code == 403
        assert ward.get(of_sibling).status_code == 404
        for url, code in ((country, 403), (of_sibling, 404)):
            for action in ("apply/", "discard/"):
                assert ward.post(url + action, {"seen": "0"}).status_code == code
            assert ward.get(f"{url}moves.csv").status_code == code
        assert ward.post(f"{own}apply/", {"seen": "0"}).status_code == 302
        assert CalendarDay.objects.get().locality == cast.ward

    def test_a_day_can_not_be_carried_out_of_the_own_place(self, signed_in, cast):
        day = make_day(cast.ward, date(2027, 2, 12))
        answer = send(signed_in("ward_admin"), "day_edit", SWAP | {"version": 1, "locality": ""}, pk=day.pk)
        assert answer.status_code == 422
        assert not Change.objects.exists()

    def test_the_list_shows_states_and_progress_in_few_queries(
        self, signed_in, cast, meeting, django_assert_max_num_queries
    ):
        client = signed_in("system_admin")
        for day in (10, 11, 12, 15, 16):
            url = proposed(client, data=SWAP | {"day": f"{day}/03/2027"})
        client.post(f"{url}apply/", {"seen": "0"})
        with django_assert_max_num_queries(8):
            text = page(client, "changes").content.decode()
        assert text.count("state-warning") == 4
        assert text.count("state-success") == 1
        assert "12/02/2027" not in page(signed_in("ward_admin"), "changes").content.decode()


class TestRules:
    def test_the_review_of_a_rule_asks_whether_open_meetings_follow(
        self, signed_in, cast, meeting, django_capture_on_commit_callbacks
    ):
        client, rule = signed_in("ward_admin"), Rule.objects.get()
        url = proposed(client, "rule_edit", RULE | {"number": "7", "version": 1}, pk=rule.pk)
        answer = client.get(url)
        assert "moves_open" in answer.context["form"].fields
        assert "Đối thoại về đất đai" in answer.content.decode()
        refused = client.post(f"{url}apply/", {"seen": "0", "moves_open": "on", "reason": ""})
        assert refused.status_code == 409
        assert Rule.objects.get().number == 10
        with django_capture_on_commit_callbacks(execute=True):
            data = {"seen": "0", "moves_open": "on", "reason": "Tỉnh ủy yêu cầu"}
            assert client.post(f"{url}apply/", data).status_code == 302
        meeting.refresh_from_db()
        assert meeting.conclusion_due_on == date(2027, 2, 12)
        assert "Tỉnh ủy yêu cầu" in client.get(url).content.decode()

    def test_unticked_the_open_meetings_keep_what_bound_them(
        self, signed_in, cast, meeting, django_capture_on_commit_callbacks
    ):
        client, rule = signed_in("ward_admin"), Rule.objects.get()
        url = proposed(client, "rule_edit", RULE | {"number": "7", "version": 1}, pk=rule.pk)
        with django_capture_on_commit_callbacks(execute=True):
            assert client.post(f"{url}apply/", {"seen": "0"}).status_code == 302
        meeting.refresh_from_db()
        assert meeting.conclusion_due_on == date(2027, 2, 17)
        assert not Move.objects.exists()
        assert Change.objects.get().recomputed_at

    def test_a_successor_ends_the_regulation_it_replaces_and_says_so_first(self, signed_in, cast):
        old = make_regulation(cast.ward)
        client = signed_in("ward_admin")
        data = REGULATION | {"in_force_from": "01/03/2027", "replaces": old.pk}
        answer = send(client, "regulation_new", data)
        assert Regulation.objects.count() == 1
        text = client.get(answer.headers["Location"]).content.decode()
        assert "28/02/2027" in text
        assert apply(client, answer).status_code == 302
        old.refresh_from_db()
        assert old.in_force_to == date(2027, 2, 28)
        assert Regulation.objects.get(number="15-QĐ/ĐU").replaces == old

    def test_a_ward_does_not_end_what_binds_from_above(self, signed_in, cast):
        above = make_regulation(cast.province, "935-QĐ/TU")
        data = REGULATION | {"in_force_from": "01/03/2027", "replaces": above.pk}
        assert send(signed_in("ward_admin"), "regulation_new", data).status_code == 403
        above.refresh_from_db()
        assert above.in_force_to is None

    def test_markup_in_a_name_is_shown_as_text(self, signed_in):
        client = signed_in("system_admin")
        text = client.get(proposed(client, data=SWAP | {"name": "<script>alert(1)</script>{{ 7|add:7 }}"})).content
        assert b"<script>alert" not in text
        assert "{{ 7|add:7 }}" in text.decode()


def test_links_lead_to_the_changes(signed_in):
    url = reverse("deadlines:changes")
    for name in ("calendar", "regulations"):
        assert f'href="{url}"' in page(signed_in("ward_admin"), name).content.decode()
        assert f'href="{url}"' not in page(signed_in("ward_clerk"), name).content.decode()
