"""When the worker is gone: what monitoring, the dashboard and the pages say."""

import json
from datetime import date, datetime, timedelta

import pytest

from deadlines.clock import VIETNAM
from deadlines.services.heartbeats import SWEEPS

pytestmark = [pytest.mark.processes, pytest.mark.slow, pytest.mark.faults]

TODAY, DUE = date(2026, 9, 3), date(2026, 9, 8)
MORNING = datetime(2026, 9, 3, 9, 0, tzinfo=VIETNAM)

LOOK = """
import logging, re
from django.test import Client
from django.test.utils import override_settings
from accounts.models import User
logging.disable(logging.WARNING)
PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
with override_settings(STORAGES=PLAIN):
    client = Client()
    answer = client.get("/health/")
    said = {"code": answer.status_code, "health": answer.json()}
    client.force_login(User.objects.get(username="hethong"))
    page = client.get("/dashboard/").content.decode()
    said["is_red"] = "alert alert-danger" in page
    said["is_plain"] = "last-sweep" in page
    said["late"] = re.findall(r'class="board-late">([^<]*)<', client.get("/late/").content.decode())
print("=" + json.dumps(said))
"""


def look(house) -> dict:
    (line,) = [line for line in house.run(LOOK).splitlines() if line.startswith("=")]
    return json.loads(line[1:])


def test_a_dead_worker_is_seen_after_fifteen_minutes_and_lateness_is_right_all_the_same(house):
    house.set_clock(MORNING)
    house.due(held_on=TODAY, due_on=DUE)
    house.beat()
    worker = house.worker()
    house.wait(lambda: house.ledger() == house.should_be(TODAY), "a sweep")
    signs = "SELECT count(*) FROM deadlines_heartbeat WHERE name LIKE 'sweep:%%' OR name = 'queue'"
    house.wait(lambda: house.number(signs) == len(SWEEPS) + 1, "every sweep has come to its end")
    said = look(house)
    assert (said["code"], said["is_red"], said["is_plain"]) == (200, False, True), said

    worker.kill()
    later = MORNING + timedelta(minutes=17)
    house.set_clock(later)
    beat_at = "SELECT at FROM deadlines_heartbeat WHERE name = 'beat'"
    house.wait(lambda: house.number(beat_at) > later, "the timetable still speaks")
    said = look(house)
    assert (said["code"], said["is_red"], said["is_plain"]) == (503, True, False), said
    failing = {name for name, part in said["health"].items() if isinstance(part, dict) and not part["ok"]}
    assert failing == {"worker", "queue", "sweep"}

    # Two working days after the due day, without any job having run since: late is late.
    house.set_clock(datetime(2026, 9, 10, 0, 5, tzinfo=VIETNAM))
    said = look(house)
    assert house.ledger() == house.should_be(TODAY), "no job has run"
    assert set(said["late"]) == {"2"}, said["late"]
