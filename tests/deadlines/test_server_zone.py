"""Local midnight is Viet Nam's, whatever zone the server stands in: real processes with other zones."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

ROOT = Path(settings.BASE_DIR)
ZONES = ("UTC", "America/Los_Angeles", "Pacific/Kiritimati", "Asia/Ho_Chi_Minh")

# The settings of this run in a process of its own, on the database of the tests.
SETUP = """
import sys
import django
django.setup()
from django.db import connections
connections["default"].settings_dict["NAME"] = sys.argv.pop(1)
"""
# What the process says at each instant: its day and hour, and the words of a deadline on 8 September 2026.
SAYS = """
from datetime import date
import time_machine
from django.utils import translation
from deadlines import clock
from deadlines.templatetags.deadlines import deadline_words
translation.activate("en")
for instant in sys.argv[1:]:
    with time_machine.travel(instant, tick=False):
        print(instant, clock.today(), f"{clock.now():%H:%M}", deadline_words(date(2026, 9, 8))[1], sep="|")
"""
COMMAND = """
from django.core.management import call_command
call_command(*sys.argv[1:])
"""
INSTANTS = {
    # The evening before in UTC is already the due day here; between 00:00 and 07:00 the two dates differ.
    "2026-09-07T16:59:59Z": "2026-09-07|23:59|1 working day left",
    "2026-09-07T17:00:00Z": "2026-09-08|00:00|due today",
    "2026-09-07T17:30:00Z": "2026-09-08|00:30|due today",
    "2026-09-07T23:59:59Z": "2026-09-08|06:59|due today",
    "2026-09-08T00:00:00Z": "2026-09-08|07:00|due today",
    "2026-09-08T16:59:59Z": "2026-09-08|23:59|due today",
    "2026-09-08T17:00:00Z": "2026-09-09|00:00|1 working day overdue",
    # Over New Year, and over a leap day.
    "2026-12-31T17:00:00Z": "2027-01-01|00:00|",
    "2028-02-28T17:00:00Z": "2028-02-29|00:00|",
}


def _run(zone: str, program: str, *args: str) -> str:
    env = os.environ | {"TZ": zone, "DJANGO_SETTINGS_MODULE": "dialogue.settings", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", SETUP + program, connection.settings_dict["NAME"], *args]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ZONES)
def test_the_day_turns_at_midnight_in_viet_nam(zone):
    lines = _run(zone, SAYS, *INSTANTS).splitlines()
    assert len(lines) == len(INSTANTS)
    for line, (instant, expected) in zip(lines, INSTANTS.items(), strict=True):
        assert line.startswith(f"{instant}|{expected}")


@pytest.mark.django_db
def test_the_command_prints_the_same_in_every_zone():
    printed = {_run(zone, COMMAND, "due_on", "2026-09-03", "--working-days=10") for zone in ZONES}
    assert len(printed) == 1
    assert printed.pop().splitlines()[-1] == "2026-09-17"
