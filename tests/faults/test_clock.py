"""The clock moves under programs that run: over Tết, over midnight, over New Year; and the machine is off for four days."""

from datetime import date, datetime, timedelta

import pytest

from deadlines.clock import VIETNAM
from tests.faults.conftest import copies, letters_by_topic

pytestmark = [pytest.mark.processes, pytest.mark.slow, pytest.mark.faults]


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=VIETNAM)


def over_midnight(house, day: date) -> None:
    """Three seconds before midnight, and on until the programs have worked on the next day."""
    house.set_clock(at(day, 23, 59, 57))
    midnight = at(day, 0) + timedelta(days=1)
    house.wait(lambda: house.has_swept(midnight, times=0), "work after midnight")


def on(house, moment: datetime) -> None:
    house.set_clock(moment)
    house.wait(lambda: house.has_swept(moment), f"work on {moment:%d/%m/%Y}")


def test_over_tet_midnight_new_year_and_four_days_off(house):
    told: list[date] = []

    def comes(*days: date) -> None:
        told.extend(days)
        house.wait(lambda: house.is_complete(*told), f"reminders of {days}")

    def nothing_comes(day: date) -> None:
        on(house, at(day, 9))
        assert house.is_complete(*told), f"nobody is reminded on {day}"

    server = house.mail_server()
    house.set_clock(at(date(2026, 2, 13), 9))
    house.due(held_on=date(2026, 2, 12), due_on=date(2026, 2, 23))
    programs = [house.beat(every=1, mail=server.url), house.worker(mail=server.url)]
    comes(date(2026, 2, 13))  # the last working day before Tết, one before the due day
    over_midnight(house, date(2026, 2, 16))  # giao thừa
    nothing_comes(date(2026, 2, 17))
    house.set_clock(at(date(2026, 2, 23), 9))
    comes(date(2026, 2, 23))

    house.due(held_on=date(2026, 9, 3), due_on=date(2026, 9, 8))
    over_midnight(house, date(2026, 9, 3))
    house.set_clock(at(date(2026, 9, 4), 9))
    comes(date(2026, 9, 3))  # what was missed yesterday, and nothing of today's

    house.set_clock(at(date(2026, 12, 31), 9))
    house.due(held_on=date(2026, 12, 31), due_on=date(2027, 1, 4))
    comes(date(2026, 12, 31))
    over_midnight(house, date(2026, 12, 31))
    nothing_comes(date(2027, 1, 1))
    house.set_clock(at(date(2027, 1, 4), 9))
    comes(date(2027, 1, 4))

    assert all(program.lives() for program in programs)
    for program in programs:
        program.kill()
    house.set_clock(at(date(2027, 1, 8), 9))
    house.beat(every=1, mail=server.url)
    house.worker(mail=server.url)
    comes(date(2027, 1, 5), date(2027, 1, 6), date(2027, 1, 7), date(2027, 1, 8))

    assert set(house.ledger().values()) == {1}
    assert letters_by_topic(server.letters) == house.letters_due()
    assert len(copies(server.letters)) <= 1
