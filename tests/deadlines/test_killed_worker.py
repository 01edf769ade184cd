"""A worker that is really killed in the middle of its digests loses none of them."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta
from email import message_from_bytes

import pytest
from django.conf import settings
from django.db import connection

from deadlines.models import Reminder
from deadlines.services.digests import LEASE
from tests.deadlines.access import make_reminder
from tests.deadlines.test_reminding import MORNING

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


class MailServer:
    """Speaks just enough SMTP. After ``stall_after`` letters it takes the next one in and never answers."""

    def __init__(self, stall_after=None):
        self.stall_after, self.letters = stall_after, []
        self.stalled = threading.Event()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                client, _address = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(client,), daemon=True).start()

    def _talk(self, client):
        with client, client.makefile("rb") as lines:
            client.sendall(b"220 test\r\n")
            for line in lines:
                verb = line[:4].upper().strip()
                if verb == b"DATA":
                    client.sendall(b"354 go on\r\n")
                    letter = b"".join(iter(lines.readline, b".\r\n"))
                    self.letters.append(message_from_bytes(letter))
                    if self.stall_after is not None and len(self.letters) > self.stall_after:
                        self.stalled.set()
                        threading.Event().wait(60)
                        return
                client.sendall(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")

    def close(self):
        self.socket.close()


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
