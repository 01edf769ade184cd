"""Ten thousand reminders and a worker that is killed twice: while it writes the ledger, and while its mail goes out."""

from datetime import date, datetime

import pytest

from deadlines.clock import VIETNAM
from tests.faults.conftest import LARGE, copies, letters_by_topic

pytestmark = [pytest.mark.processes, pytest.mark.slow, pytest.mark.faults]

TODAY = date(2026, 9, 3)
MORNING = datetime(2026, 9, 3, 9, 0, tzinfo=VIETNAM)
IN_THREE_WORKING_DAYS = date(2026, 9, 8)
NUMBER = LARGE[0] * LARGE[1] * LARGE[2]
PEOPLE = LARGE[0] * LARGE[1]
ROWS = "SELECT count(*) FROM deadlines_reminder"


def test_a_worker_killed_in_the_middle_of_ten_thousand_reminders_loses_and_doubles_none(large_house):
    house = large_house
    house.set_clock(MORNING)
    house.due(held_on=TODAY, due_on=IN_THREE_WORKING_DAYS)
    server = house.mail_server()
    house.beat(mail=server.url)
    first = house.worker(mail=server.url)
    house.wait(lambda: house.number(ROWS), "the ledger is being written")
    first.kill()
    assert 0 < house.number(ROWS) < NUMBER, "killed in the middle of the ledger"

    second = house.worker(mail=server.url)
    house.wait(lambda: len(server.taken) > PEOPLE // 4, "mail goes out", seconds=120)
    second.kill()
    sent = len(server.taken)
    assert house.unmailed(), "killed in the middle of the mail"

    house.worker(mail=server.url)
    house.wait(lambda: house.is_complete(TODAY), "all is written and mailed", seconds=120)
    assert sum(house.ledger().values()) == NUMBER == 10_000
    assert letters_by_topic(server.letters) == house.letters_due()
    assert set(house.letters_due().values()) == {1}
    # Only the letter on the way when the worker died may come twice, and it is the same message.
    twice = copies(server.letters)
    assert len(twice) <= 1
    print(f"{NUMBER} reminders in {len(server.letters)} letters, {sent} before the kill; twice: {len(twice)}")
