"""Signs of life: what is silent, and since when."""

from datetime import UTC, datetime, timedelta

import pytest

from deadlines.models import Heartbeat
from deadlines.services import heartbeats
from deadlines.services.heartbeats import BEAT, QUEUE, SILENCE, SWEEPS, WORKER, judge, last_sweep_of

NOW = datetime(2026, 2, 16, 17, 5, tzinfo=UTC)  # five past midnight of Tết 2026 in Viet Nam


def sign(name, minutes):
    at = NOW - timedelta(minutes=minutes)
    return Heartbeat(name=name, at=at, by="may-chu:1", began_at=at - timedelta(seconds=2))


def all_parts(minutes=1, **changes):
    ages = dict.fromkeys((BEAT, WORKER, QUEUE, *SWEEPS), minutes) | changes
    return judge([sign(name, age) for name, age in ages.items() if age is not None], now=NOW)


def silent(status):
    return {part.name for part in status.parts if part.is_silent}


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(0), False),
        (SILENCE, False),
        (SILENCE + timedelta(microseconds=1), True),
        (timedelta(days=4), True),
        # A clock that is a few minutes ahead is nothing; one that was a year ahead proves nothing.
        (-timedelta(minutes=3), False),
        (-timedelta(days=365), True),
    ],
)
def test_fifteen_minutes_of_silence_are_borne_and_no_more(age, expected):
    assert heartbeats.Sign("beat", NOW - age, NOW).is_silent is expected


def test_all_is_well_while_every_part_speaks():
    assert not all_parts(14).is_silent


@pytest.mark.parametrize("part", [BEAT, WORKER, QUEUE])
@pytest.mark.parametrize("age", [16, None])
def test_one_silent_part_is_enough_and_it_is_named(part, age):
    status = all_parts(**{part: age})
    assert status.is_silent
    assert silent(status) == {part}


def test_nothing_has_ever_spoken_in_a_new_database():
    status = judge([], now=NOW)
    assert silent(status) == {"beat", "worker", "queue", "sweep"}
    assert status.sweep.age is None


def test_the_last_sweep_is_the_one_furthest_behind():
    rows = [sign("beat", 90), *(sign(name, {"sweep:assignment": 40}.get(name, 2)) for name in SWEEPS)]
    last = last_sweep_of(rows, now=NOW)
    assert last.age == timedelta(minutes=40)
    assert last.is_silent


def test_a_sweep_dated_in_the_future_does_not_hide():
    rows = [sign(name, {"sweep:assignment": -600}.get(name, 2)) for name in SWEEPS]
    assert last_sweep_of(rows, now=NOW).is_silent


@pytest.mark.parametrize("missing", SWEEPS)
def test_a_sweep_that_has_never_come_to_its_end_is_missed(missing):
    rows = [sign(name, 1) for name in SWEEPS if name != missing]
    assert last_sweep_of(rows, now=NOW).is_silent


def test_the_sign_of_a_sweep_that_no_longer_exists_alarms_nobody():
    rows = [sign("sweep:abandoned", 9000), *(sign(name, 1) for name in SWEEPS)]
    assert not last_sweep_of(rows, now=NOW).is_silent


def test_a_standby_is_no_sign_that_somebody_sends():
    assert silent(judge([sign("beat-standby", 0)], now=NOW)) >= {"beat"}


@pytest.mark.django_db
def test_a_sign_replaces_the_last_one_and_says_who_spoke():
    began = NOW - timedelta(seconds=5)
    heartbeats.beat("sweep:notice", began_at=began, detail={"number": 12})
    heartbeats.beat("sweep:notice", began_at=NOW)
    row = Heartbeat.objects.get()
    assert (row.began_at, row.detail, row.by) == (NOW, {}, heartbeats.speaker())


@pytest.mark.django_db
def test_the_status_costs_one_statement(django_assert_num_queries):
    for name in (BEAT, WORKER, QUEUE, *SWEEPS):
        heartbeats.beat(name)
    with django_assert_num_queries(1):
        assert not heartbeats.status().is_silent
    with django_assert_num_queries(1):
        assert not heartbeats.last_sweep().is_silent
