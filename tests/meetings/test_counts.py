"""Queries are capped and do not grow with the rows."""

from datetime import timedelta

import pytest
from django.urls import reverse

from deadlines import clock
from meetings.models import Meeting, MeetingState
from meetings.services import invite
from tests.meetings.factories import make_meeting

pytestmark = pytest.mark.django_db

SESSION_AND_USER = 2


def number_of_queries(client, url, django_assert_max_num_queries, most):
    client.get(url)  # what a process warms up once
    with django_assert_max_num_queries(most + SESSION_AND_USER) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize(("name", "most"), [("list", 8), ("calendar", 8), ("year", 8)])
def test_lists_take_as_many_queries_for_50_rows_as_for_5(cast, signed_in, django_assert_max_num_queries, name, most):
    clerk, url = signed_in("superior_leader"), reverse(f"meetings:{name}")
    meeting = make_meeting(cast, day=clock.today())

    def more(number):
        copies = [
            Meeting(
                topic=f"Số {n}",
                host_unit=cast.ward_committee,
                locality=cast.ward,
                chair="A",
                planned_start=meeting.planned_start + timedelta(hours=n % 5),
                planned_end=meeting.planned_end + timedelta(hours=n % 5),
                created_by=cast.ward_clerk,
            )
            for n in range(number)
        ]
        Meeting.objects.bulk_create(copies)

    more(4)
    few = number_of_queries(clerk, url, django_assert_max_num_queries, most)
    more(45)
    assert number_of_queries(clerk, url, django_assert_max_num_queries, most) == few


@pytest.mark.parametrize("state", [MeetingState.PLANNED, MeetingState.HELD])
@pytest.mark.parametrize("name", ["detail", "record", "documents", "history"])
def test_one_meeting_takes_at_most_ten(cast, signed_in, django_assert_max_num_queries, state, name):
    meeting = make_meeting(cast, state=state, cohost_units=[cast.ward_party, cast.ward_front])
    invite(meeting, actor=cast.ward_clerk, units=[cast.ward_economy, cast.ward_culture], names=["A", "B", "C"])
    for person in ("ward_clerk", "superior_leader", "department_officer"):
        number_of_queries(
            signed_in(person), reverse(f"meetings:{name}", args=[meeting.pk]), django_assert_max_num_queries, 10
        )
