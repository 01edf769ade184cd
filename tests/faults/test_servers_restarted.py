"""Redis and PostgreSQL go away under the timetable and the worker, and what is due comes all the same."""

import signal
import time
from datetime import date, datetime

import pytest

from deadlines.clock import VIETNAM
from tests.faults.conftest import copies, letters_by_topic
from tests.faults.test_two_beats import holders, leader

pytestmark = [pytest.mark.processes, pytest.mark.slow, pytest.mark.faults]

# Three working days before the due day, and one.
FIRST, SECOND, DUE = date(2026, 9, 3), date(2026, 9, 7), date(2026, 9, 8)


def morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, 0, tzinfo=VIETNAM)


@pytest.fixture
def running(house):
    """The timetable and the worker at work, and the first reminders delivered."""
    house.set_clock(morning(FIRST))
    house.due(held_on=FIRST, due_on=DUE)
    server = house.mail_server()
    programs = [house.beat(mail=server.url), house.worker(mail=server.url)]
    house.wait(lambda: house.is_complete(FIRST), "the first day's reminders are out")
    yield house, server, programs
    assert all(program.lives() for program in programs), "nobody had to be started again"


def all_came(house, server) -> None:
    house.wait(lambda: house.is_complete(FIRST, SECOND), "the second day's reminders are out", seconds=120)
    assert set(house.ledger().values()) == {1}
    assert letters_by_topic(server.letters) == house.letters_due()
    copies(server.letters)  # as many as PostgreSQL may have forgotten to have sent, each the same message


def test_redis_stopped_flushed_and_restarted(running):
    house, server, _programs = running
    with house.servers.redis() as client:
        client.flushall()
    house.servers.valkey.stop()
    house.set_clock(morning(SECOND))
    time.sleep(2)
    assert not house.has_swept(morning(SECOND), times=0), "nothing can come through a queue that is off"
    house.servers.start()
    with house.servers.redis() as client:
        client.flushall()
    all_came(house, server)


def test_redis_flushed_under_running_programs(running):
    house, server, _programs = running
    with house.servers.redis() as client:
        client.flushall()
    house.set_clock(morning(SECOND))
    all_came(house, server)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["stopped", "killed"])
def test_postgresql_restarted(running, how):
    house, server, _programs = running
    assert len(holders(house)) == 1
    spare = house.beat(mail=server.url)
    house.wait(lambda: "standing by" in spare.said(), "a second timetable stands by")
    house.servers.signal_postgres(how)
    house.wait(lambda: not house.servers.postgres.is_ready(), "PostgreSQL is gone")
    house.set_clock(morning(SECOND))
    time.sleep(1)
    house.servers.start()
    house.wait(lambda: len(holders(house)) == 1, "the lock is taken again, by one", seconds=30)
    all_came(house, server)
    assert len(holders(house)) == 1
    assert holders(house)[0].endswith(leader(house).rpartition(":")[2])
    assert spare.lives()
