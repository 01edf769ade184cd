"""Servers of the tests' own, which may be killed; a database for each test, copied from one that was filled once."""

import os
import shutil
import signal
import tempfile
from collections import Counter
from contextlib import closing, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import psycopg2
import pytest
import redis

from deadlines.clock import VIETNAM
from dialogue import embedded
from tests.dialogue.conftest import run
from tests.faults.programs import Programs
from tests.mail_server import MailServer

# Units, people of each, meetings of each.
SMALL = (10, 2, 10)
LARGE = (50, 5, 40)


class Servers:
    """An embedded PostgreSQL and an embedded Valkey in a folder of their own."""

    def __init__(self, folder: Path):
        self.folder, self.data_dir = folder, folder / "data"
        self.start()

    def start(self) -> None:
        embedded.keep_running(self.data_dir, postgres=True, valkey=True)

    @property
    def postgres(self):
        return embedded.Postgres(self.data_dir)

    @property
    def valkey(self):
        return embedded.Valkey(self.data_dir)

    def signal_postgres(self, number: signal.Signals) -> None:
        """To the server itself: after SIGKILL its sessions end as they notice."""
        pid = int((self.data_dir / "postgres" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, number)

    def throw_away(self) -> None:
        # An orderly end would write down what nobody will read.
        self.signal_postgres(signal.SIGQUIT)
        embedded.stop(self.data_dir, even_if_used=True)
        shutil.rmtree(self.folder)

    def connect(self, name: str):
        connection = psycopg2.connect(host=str(self.postgres.runtime), port=5432, user="dialogue", dbname=name)
        connection.autocommit = True
        return connection

    def redis(self) -> redis.Redis:
        return redis.Redis.from_url(self.redis_url)

    @property
    def redis_url(self) -> str:
        return f"unix://{self.valkey.socket}?db=0"

    def variables(self, name: str) -> dict[str, str]:
        return {
            "DATABASE_URL": f"postgres://dialogue@/{name}?host={self.postgres.runtime}",
            "REDIS_URL": self.redis_url,
            "SECRET_KEY": "only-for-this-test-and-long-enough-to-be-taken-for-one-of-production",
            "SITE_URL": "http://doithoai.example.vn",
            "ALLOWED_HOSTS": "doithoai.example.vn,testserver",
        }

    def make(self, name: str, *command: str, template: str = "template1") -> str:
        """A database on which a command has run."""
        with closing(self.connect("postgres")) as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        done = run(self.data_dir, *command, **self.variables(name))
        assert done.returncode == 0, done.stderr
        return name

    def fill(self, name: str, template: str, size: tuple[int, int, int]) -> str:
        return self.make(name, "-m", "tests.faults.data", *map(str, size), template=template)

    @contextmanager
    def copy_of(self, template: str):
        name = f"copy_{os.urandom(4).hex()}"
        with closing(self.connect("postgres")) as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        with closing(self.redis()) as client:
            client.flushall()
        yield name
        self.start()
        with closing(self.connect("postgres")) as connection, connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


class House(Programs):
    """One database with the programs that work on it, and what the tests ask of it."""

    def __init__(self, servers: Servers, name: str):
        super().__init__(servers.folder, servers.variables(name))
        self.servers, self.name = servers, name
        self.mail_servers: list[MailServer] = []

    def ask(self, statement: str, *values) -> list[tuple]:
        with closing(self.servers.connect(self.name)) as connection, connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def number(self, statement: str, *values) -> int:
        return self.ask(statement, *values)[0][0]

    def mail_server(self, **options) -> MailServer:
        server = MailServer(**options)
        self.mail_servers.append(server)
        return server

    def due(self, *, held_on: date, due_on: date) -> None:
        """Every meeting was held on that day, and its notice is due on that one."""
        start = datetime(held_on.year, held_on.month, held_on.day, 8, tzinfo=VIETNAM)
        self.ask(
            """UPDATE meetings_meeting SET held_on = %s, conclusion_due_on = %s, planned_start = %s,
               planned_end = %s::timestamptz + interval '3 hours', reminded_until = NULL""",
            *(held_on, due_on, start, start),
        )

    def ledger(self) -> Counter:
        """How often each (meeting, person, day) stands in the ledger."""
        rows = self.ask("SELECT target_id, recipient_id, for_day FROM deadlines_reminder WHERE kind LIKE 'notice_%%'")
        return Counter(rows)

    def should_be(self, *days: date) -> Counter:
        """What should stand there: each clerk, for each meeting of their unit, once a day."""
        rows = self.ask(
            """SELECT meeting.id, member.user_id FROM meetings_meeting meeting
               JOIN accounts_membership member ON member.unit_id = meeting.host_unit_id AND member.role = 'clerk'"""
        )
        return Counter((meeting, person, day) for meeting, person in rows for day in days)

    def is_complete(self, *days: date) -> bool:
        """Whether everything due is in the ledger and was mailed."""
        return self.ledger() == self.should_be(*days) and not self.unmailed()

    def has_swept(self, moment: datetime, times: int = 2) -> bool:
        """Whether the timetable has come round since a moment of the moved clock."""
        rounds = timedelta(seconds=2 * times)
        last = self.number("SELECT max(at) FROM deadlines_heartbeat WHERE name = 'queue'")
        return last is not None and last > moment + rounds

    def unmailed(self) -> int:
        return self.number("SELECT count(*) FROM deadlines_reminder WHERE mailed_at IS NULL AND is_mail_wanted")

    def letters_due(self) -> Counter:
        """Of each (address, topic) how many different letters should speak."""
        rows = self.ask(
            """SELECT person.email, meeting.topic, count(DISTINCT reminder.digest) FROM deadlines_reminder reminder
               JOIN accounts_user person ON person.id = reminder.recipient_id
               JOIN meetings_meeting meeting ON meeting.id = reminder.target_id GROUP BY 1, 2"""
        )
        return Counter({(email, topic): number for email, topic, number in rows})

    def end(self) -> None:
        super().end()
        for server in self.mail_servers:
            server.close()


def letters_by_topic(letters) -> Counter:
    """Of each (address, topic) how many different letters speak: copies of one message count once."""
    unique = {letter["Message-ID"]: letter for letter in letters}
    found: Counter = Counter()
    for letter in unique.values():
        text = letter.get_payload(decode=True).decode()
        found.update({(letter["To"], f"Đối thoại số {words[:5]}") for words in text.split("Đối thoại số ")[1:]})
    return found


def copies(letters) -> dict[str, int]:
    """The messages that arrived more than once; each copy has to be the same letter to the same person."""
    number = Counter(letter["Message-ID"] for letter in letters)
    texts = {(letter["Message-ID"], letter["To"], letter.get_payload()) for letter in letters}
    assert len(texts) == len(number), "one Message-ID, one text"
    return {message: times for message, times in number.items() if times > 1}


@pytest.fixture(scope="session")
def servers():
    # Not below tmp_path: see tests/dialogue/conftest.py.
    folder = Path(tempfile.mkdtemp(prefix="dialogue-faults-"))
    folder.chmod(0o711)
    servers = Servers(folder)
    try:
        yield servers
    finally:
        servers.throw_away()


@pytest.fixture(scope="session")
def empty(servers) -> str:
    return servers.make("empty", "manage.py", "migrate", "-v0")


@pytest.fixture(scope="session")
def small(servers, empty) -> str:
    return servers.fill("small", empty, SMALL)


@pytest.fixture(scope="session")
def large(servers, empty) -> str:
    return servers.fill("large", empty, LARGE)


@contextmanager
def house_on(servers: Servers, template: str):
    with servers.copy_of(template) as name:
        house = House(servers, name)
        try:
            yield house
        finally:
            house.end()


@pytest.fixture
def house(servers, small):
    with house_on(servers, small) as house:
        yield house


@pytest.fixture
def large_house(servers, large):
    with house_on(servers, large) as house:
        yield house
