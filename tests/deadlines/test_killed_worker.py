"""A worker that is really killed in the middle of its digests loses none of them."""

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection

from deadlines.models import Reminder
from deadlines.services.digests import LEASE
from tests.deadlines.access import make_reminder
from tests.deadlines.test_reminding import MORNING
from tests.mail_server import MailServer

WORKER = """
import os, sys
from datetime import datetime
os.environ["DJANGO_SETTINGS_MODULE"] = "dialogue.settings"
import django
django.setup()
from django.db import connections
connections["default"].settings_dict["NAME"] = sys.argv[1]
from deadlines.services.digests import deliver_digests
print(deliver_digests(now=datetime.fromisoformat(sys.argv[2])))
"""


def _start(port, now) -> subprocess.Popen:
    environment = os.environ | {"EMAIL_URL": f"smtp://127.0.0.1:{port}"}
    command = [sys.executable, "-c", WORKER, connection.settings_dict["NAME"], now.isoformat()]
    return subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True)


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_every_digest_arrives_after_a_worker_was_killed_in_the_middle(cast):
    for person in cast.people.values():
        make_reminder(person, cast.ward)
    first = MailServer(stall_after=4)
    worker = _start(first.port, MORNING)
    try:
        assert first.stalled.wait(60), "the worker never came to its fifth letter"
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
        first.close()
    assert Reminder.objects.exclude(mailed_at=None).count() == 4

    # The claim of the dead worker runs out; those it never came to are free at once.
    Reminder.objects.exclude(mail_claimed_at=None).update(mail_claimed_at=MORNING)
    second = MailServer()
    later = _start(second.port, MORNING + LEASE + timedelta(seconds=1))
    output, _none = later.communicate(timeout=60)
    second.close()
    assert output.strip() == str(len(cast.people) - 4)
    assert not Reminder.objects.filter(mailed_at=None).exists()

    # The letter on the way when the worker died may come twice, and then it is the same message.
    arrived = Counter(letter["Message-ID"] for letter in first.letters + second.letters)
    assert len(arrived) == len(cast.people)
    twice = [number for number, times in arrived.items() if times > 1]
    assert twice == [first.letters[4]["Message-ID"]]
