"""Two timetables, started by mistake, send each entry once; when the one that sends dies, the other goes on."""

import json
from collections import Counter
from datetime import datetime

import pytest

from deadlines.clock import VIETNAM
from tests.faults.programs import BOOT

pytestmark = [pytest.mark.processes, pytest.mark.slow, pytest.mark.faults]

MORNING = datetime(2026, 9, 3, 9, 0, tzinfo=VIETNAM)
ENTRIES = "SELECT jsonb_object_keys(detail->'runs') FROM deadlines_heartbeat WHERE name = 'beat'"


def leader(house) -> str:
    rows = house.ask("SELECT by FROM deadlines_heartbeat WHERE name = 'beat'")
    return rows[0][0] if rows else ""


def holders(house) -> list[str]:
    rows = house.ask(
        """SELECT s.application_name FROM pg_stat_activity s JOIN pg_locks l ON l.pid = s.pid
           WHERE l.locktype = 'advisory' AND l.granted AND s.datname = current_database()"""
    )
    return [name for (name,) in rows]


def sent(house) -> Counter:
    with house.servers.redis() as client:
        return Counter(json.loads(message)["headers"]["task"] for message in client.lrange("celery", 0, -1))


def test_two_beats_send_once_and_the_second_takes_over_within_seconds(house):
    assert "LockedScheduler" not in BOOT, "the scheduler is that of the settings"
    house.set_clock(MORNING)
    beats = [house.beat(every=3600), house.beat(every=3600)]
    house.wait(lambda: len(house.ask(ENTRIES)) >= 4 and sum(sent(house).values()) >= len(house.ask(ENTRIES)), "sent")
    house.wait(lambda: house.ask("SELECT 1 FROM deadlines_heartbeat WHERE name = 'beat-standby'"), "a standby")
    entries = len(house.ask(ENTRIES))
    assert set(sent(house).values()) == {1}, "each entry once"
    assert len(sent(house)) == entries
    assert len(holders(house)) == 1

    first = next(one for one in beats if leader(house).endswith(f":{one.process.pid}"))
    second = next(one for one in beats if one is not first)
    first.kill()
    house.wait(lambda: leader(house).endswith(f":{second.process.pid}"), "the other leads", seconds=20)
    assert holders(house)[0].endswith(f":{second.process.pid}")
    # An hour has not passed: what the first one sent is not sent again.
    assert set(sent(house).values()) == {1}

    # Off for four days: everything once, not once for each of ninety-six hours.
    second.kill()
    house.set_clock(MORNING.replace(day=7))
    house.beat(every=3600)
    house.wait(lambda: sum(sent(house).values()) >= 2 * entries, "made up")
    assert set(sent(house).values()) == {2}


def test_a_beat_whose_session_is_ended_sends_nothing_until_it_has_the_lock_again(house):
    house.set_clock(MORNING)
    first = house.beat(every=1)
    house.wait(lambda: leader(house).endswith(f":{first.process.pid}"), "the first leads")
    second = house.beat(every=1)
    house.wait(lambda: "standing by" in second.said(), "the second stands by")
    house.ask("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
    house.wait(lambda: len(holders(house)) == 1, "exactly one has it again", seconds=30)
    now = holders(house)[0]
    house.wait(lambda: now.endswith(leader(house).rpartition(":")[2]), "it says so")
    assert first.lives()
    assert second.lives()


def test_a_clock_that_ran_ahead_and_was_put_right_does_not_silence_the_timetable(house):
    house.set_clock(MORNING.replace(year=2027))
    house.beat(every=1)
    house.wait(lambda: sum(sent(house).values()) >= 4, "sent in 2027")
    house.set_clock(MORNING)
    before = sum(sent(house).values())
    house.wait(lambda: sum(sent(house).values()) > before + 4, "sent in 2026", seconds=30)
