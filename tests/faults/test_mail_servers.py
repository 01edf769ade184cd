"""Mail servers that refuse, stall, and take a letter without saying so: at least once, as the same message, to everybody."""

import socket
import time
from datetime import date, datetime

import pytest

from deadlines.clock import VIETNAM
from tests.faults.conftest import SMALL, copies, letters_by_topic
from tests.mail_server import LATER, LOSE, NEVER, STALL, TAKE

pytestmark = [pytest.mark.processes, pytest.mark.slow, pytest.mark.faults]

TODAY, DUE = date(2026, 9, 3), date(2026, 9, 8)
MORNING = datetime(2026, 9, 3, 9, 0, tzinfo=VIETNAM)
PEOPLE = SMALL[0] * SMALL[1]
TROUBLE = {
    "canbo0000@example.vn": LATER,
    "canbo0005@example.vn": NEVER,
    "canbo0010@example.vn": STALL,
    "canbo0015@example.vn": LOSE,
}


def addresses(letters) -> set[str]:
    return {letter["To"] for letter in letters}


def test_trouble_with_some_holds_up_nobody_else_and_loses_nothing(house):
    house.set_clock(MORNING)
    house.due(held_on=TODAY, due_on=DUE)
    trouble = dict(TROUBLE)
    server = house.mail_server(does=lambda address: trouble.get(address, TAKE))
    house.beat(mail=server.url)
    house.worker(mail=server.url)
    house.wait(lambda: server.taken, "the first letter")
    began = time.monotonic()
    house.wait(lambda: len(addresses(server.taken)) == PEOPLE - len(TROUBLE), "everybody else has their letter")
    assert time.monotonic() - began < 40, "one that stalls costs its own time-out, no more"
    assert not addresses(server.taken) & set(TROUBLE)
    failed = "SELECT count(DISTINCT recipient_id) FROM deadlines_reminder WHERE mail_error <> '' AND mailed_at IS NULL"
    house.wait(lambda: house.number(failed) == len(TROUBLE), "the failures are noted")

    trouble.clear()
    house.wait(lambda: house.is_complete(TODAY), "all is mailed", seconds=120)
    assert set(house.ledger().values()) == {1}
    assert addresses(server.taken) == {f"canbo{n:04}@example.vn" for n in range(PEOPLE)}
    assert letters_by_topic(server.letters) == house.letters_due()
    # Whoever took the text without saying so has it twice, as one message; nobody else has.
    twice = copies(server.letters)
    people = {letter["To"] for letter in server.letters if letter["Message-ID"] in twice}
    assert people == {address for address, does in TROUBLE.items() if does in {STALL, LOSE}}


def test_a_mail_server_that_is_down_is_waited_for(house):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    house.set_clock(MORNING)
    house.due(held_on=TODAY, due_on=DUE)
    house.beat(mail=f"smtp://127.0.0.1:{port}")
    house.worker(mail=f"smtp://127.0.0.1:{port}")
    refused = "SELECT count(*) FROM deadlines_reminder WHERE mail_error LIKE 'ConnectionRefusedError%%'"
    house.wait(lambda: house.number(refused), "the refusal is noted")
    assert house.ledger() == house.should_be(TODAY), "in the application it is there all the same"
    server = house.mail_server(port=port)
    house.wait(lambda: house.is_complete(TODAY), "all is mailed", seconds=120)
    assert letters_by_topic(server.letters) == house.letters_due()
    assert copies(server.letters) == {}
