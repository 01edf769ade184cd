import pytest
from django.db import InternalError, connection, transaction
from django.urls import reverse
from django.utils import translation

from accounts import services
from accounts.policies import Refused
from audit.models import Event
from audit.services import record


@pytest.fixture
def event(cast):
    return record(actor=cast.ward_clerk, verb="test", target=cast.ward_committee, sentence="đã thử một việc")


def test_an_event_says_who_did_what_in_which_role(event, cast):
    assert (event.actor, event.target_id, event.target_type) == (
        cast.ward_clerk,
        cast.ward_committee.pk,
        "accounts.unit",
    )
    assert "Ủy ban nhân dân phường Hoa Sen" in event.acting_as


def test_what_is_recorded_is_vietnamese_whatever_language_the_person_reads(cast):
    with translation.override("en"):
        event = record(actor=cast.ward_leader, verb="test", target=cast.ward, sentence="đã thử")
    assert event.acting_as.startswith("Lãnh đạo")


@pytest.mark.parametrize(
    "write",
    [
        lambda event: Event.objects.filter(pk=event.pk).update(sentence="khác"),
        lambda event: event.delete(),
        lambda event: Event.objects.filter(pk=event.pk).delete(),
        lambda event: connection.cursor().execute("UPDATE audit_event SET verb = 'x'"),
        lambda event: connection.cursor().execute("DELETE FROM audit_event"),
    ],
    ids=["update", "delete one", "delete many", "raw update", "raw delete"],
)
def test_the_database_lets_nobody_change_or_delete_an_event(write, event):
    with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
        write(event)
    assert Event.objects.get(pk=event.pk).sentence == "đã thử một việc"


def test_a_refused_service_records_nothing(cast):
    with pytest.raises(Refused):
        services.deactivate_person(cast.sibling_clerk, actor=cast.ward_admin)
    assert not Event.objects.exists()


def test_an_administrator_reads_what_the_people_of_the_own_units_did(event, cast, signed_in):
    record(actor=cast.sibling_clerk, verb="test", target=cast.sibling_committee, sentence="đã làm việc của láng giềng")
    url = reverse("audit:events")
    own = signed_in("ward_admin").get(url).content.decode()
    assert "đã thử một việc" in own
    assert "láng giềng" not in own
    assert "láng giềng" in signed_in("system_admin").get(url).content.decode()


def test_the_record_is_filtered_by_person_words_and_days(event, cast, signed_in):
    client = signed_in("system_admin")
    url = reverse("audit:events")

    def found(**query):
        return len(client.get(url, query).context["page_obj"].object_list)

    assert found(who="van thu") == 1
    assert found(who="khong co ai") == 0
    assert found(q="thử một") == 1
    assert found(since="01/01/2100") == 0
    assert found(until="01/01/2100") == 1
    assert client.get(url, {"since": "30/02/2026", "page": "x"}).status_code == 200


@pytest.mark.parametrize("rows", [5, 50])
def test_the_list_costs_the_same_however_long_it_is(rows, cast, signed_in, django_assert_max_num_queries):
    for number in range(rows):
        record(actor=cast.ward_clerk, verb="test", target=cast.ward, sentence=f"việc {number}")
    client = signed_in("ward_admin")
    with django_assert_max_num_queries(8):
        assert client.get(reverse("audit:events")).status_code == 200
