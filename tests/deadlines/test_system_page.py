"""The page of the system, and the dashboard's line about the last sweep."""

import os
import re
from contextlib import closing
from datetime import timedelta

import psycopg2
import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from deadlines import beat_lock, probes
from deadlines.models import Change, ChangeKind, ChangeState, Heartbeat
from deadlines.services import heartbeats
from deadlines.system import system
from tests.deadlines.access import make_reminder

PAGE = "deadlines:system"


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.mark.django_db
def test_the_page_says_who_spoke_when_and_what_waits(cast, signed_in, settings):
    heartbeats.beat("beat")
    heartbeats.beat("sweep:notice", began_at=timezone.now() - timedelta(seconds=3))
    make_reminder(cast.ward_clerk, cast.ward, mail_error="SMTPServerDisconnected")
    make_reminder(cast.ward_leader, cast.ward)
    make_reminder(cast.party_leader, cast.ward, is_mail_wanted=False)
    cast.sibling_clerk.is_active = False
    cast.sibling_clerk.save()
    make_reminder(cast.sibling_clerk, cast.ward)
    Change.objects.create(
        kind=ChangeKind.CALENDAR,
        state=ChangeState.APPLIED,
        title="Nghỉ tránh bão",
        proposed_by=cast.system_admin,
        decided_by=cast.system_admin,
        decided_at=timezone.now(),
    )
    found = system()
    assert (found.mail.waiting, found.mail.failed, found.unfinished_changes) == (2, 1, 1)
    assert found.mail.oldest is not None
    assert heartbeats.speaker() in text_of(signed_in("system_admin").get(reverse(PAGE)))


@pytest.mark.django_db
def test_a_redis_that_is_down_shows_and_breaks_nothing(cast, signed_in, monkeypatch):
    def no_answer(**_):
        raise probes.NoAnswer("refused")

    monkeypatch.setattr(probes, "queue_length", no_answer)
    response = signed_in("system_admin").get(reverse(PAGE))
    assert response.status_code == 200
    assert response.context["system"].waiting is None


@pytest.mark.django_db
def test_the_page_stays_within_ten_statements_however_much_waits(cast, signed_in, django_assert_max_num_queries):
    client = signed_in("system_admin")
    for name in ("beat", "beat-standby", "worker", "queue", *heartbeats.SWEEPS):
        heartbeats.beat(name)
    for person in cast.people.values():
        make_reminder(person, cast.ward)
    with django_assert_max_num_queries(10):
        assert client.get(reverse(PAGE)).status_code == 200


@pytest.mark.django_db
def test_host_names_are_for_the_system_administrator_alone(cast, signed_in):
    heartbeats.beat("beat")
    for person in ("ward_admin", "ward_leader", "superior_leader"):
        response = signed_in(person).get(reverse(PAGE))
        assert response.status_code == 403
        assert heartbeats.speaker() not in response.content.decode()


def _line(client) -> tuple[str, bool]:
    page = client.get("/dashboard/").content.decode()
    alert = re.search(r'<div class="alert alert-danger" role="status">(.*?)</div>', page, re.DOTALL)
    plain = re.search(r'<p class="hint last-sweep">(.*?)</p>', page, re.DOTALL)
    assert bool(alert) != bool(plain)
    return (alert or plain)[1], bool(alert)


@pytest.mark.django_db
def test_the_dashboard_says_when_the_last_sweep_ended_and_turns_red(cast, signed_in):
    client = signed_in("ward_leader")
    assert _line(client)[1], "never swept"
    ended = timezone.now() - timedelta(minutes=14)
    for name in heartbeats.SWEEPS:
        heartbeats.beat(name)
    Heartbeat.objects.filter(name="sweep:assignment").update(at=ended)
    sentence, is_red = _line(client)
    assert not is_red
    assert f"{timezone.localtime(ended):%H:%M}" in sentence
    assert f"{timezone.localtime(ended):%d/%m/%Y}" in sentence
    Heartbeat.objects.filter(name="sweep:assignment").update(at=ended - timedelta(minutes=2))
    assert _line(client)[1], "one sweep that doesn't come back is enough"


@pytest.mark.django_db
def test_a_sweep_that_never_ended_stands_on_the_page(cast):
    for name in heartbeats.SWEEPS[1:]:
        heartbeats.beat(name)
    never = [line.sign.name for line in system().lines if line.is_needed and line.sign.at is None]
    assert never == ["beat", "worker", "queue", heartbeats.SWEEPS[0]]


@pytest.mark.django_db
def test_the_page_shows_who_holds_the_lock_and_who_stands_by(cast, signed_in):
    place = connection.get_connection_params()
    place = {key: value for key, value in place.items() if key in {"host", "port", "user", "password", "dbname"}}
    names = [f"{beat_lock.APPLICATION} {host}" for host in ("may-mot:1", "may-hai:2")]
    with (
        closing(psycopg2.connect(**place, application_name=names[0])) as first,
        closing(psycopg2.connect(**place, application_name=names[1])) as second,
        first.cursor() as holder,
        second.cursor() as other,
    ):
        for cursor in (holder, other):
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [beat_lock.KEY])
        assert beat_lock.is_held_by_us(holder)
        assert not beat_lock.is_held_by_us(other)
        sessions = beat_lock.sessions()
        assert {one.by: one.holds_lock for one in sessions} == {"may-mot:1": True, "may-hai:2": False}
        page = text_of(signed_in("system_admin").get(reverse(PAGE)))
        assert "may-mot:1" in page
        assert "may-hai:2" in page


def test_the_name_of_a_session_fits_into_postgresqls(monkeypatch):
    monkeypatch.setattr("socket.gethostname", lambda: "may-chu-rat-dai" * 9)
    name = beat_lock.application_name()
    assert len(name.encode()) <= 63
    assert name.endswith(f":{os.getpid()}")


@pytest.mark.django_db
def test_the_settings_lead_nobody_to_a_page_that_would_refuse_them(cast, signed_in):
    addresses = [reverse(PAGE), reverse("deadlines:changes")]
    for person, leads in (("system_admin", [True, True]), ("ward_admin", [False, True])):
        page = signed_in(person).get(reverse("accounts:settings")).content.decode()
        assert [f'href="{address}"' in page for address in addresses] == leads, person
