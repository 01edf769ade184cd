"""What a monitoring program is told, in seconds, whatever is down."""

import json
import socket
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from deadlines.models import Heartbeat
from deadlines.services import heartbeats

PARTS = ("beat", "worker", "queue", *heartbeats.SWEEPS)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def all_speak():
    for name in PARTS:
        heartbeats.beat(name)


def ask(**headers) -> tuple[int, dict]:
    answer = Client().get("/health/", **headers)
    assert answer.headers["Content-Type"] == "application/json"
    assert "no-store" in answer.headers["Cache-Control"]
    return answer.status_code, json.loads(answer.content)


@contextmanager
def silent_server():
    """Takes connections and never says a word, like a server that is stopped in its tracks."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def point_database_to(monkeypatch, port: int) -> None:
    elsewhere = {"host": "127.0.0.1", "port": port, "user": "dialogue", "dbname": "dialogue"}
    monkeypatch.setattr(connection, "get_connection_params", lambda: elsewhere)


def test_all_is_well_while_everything_speaks(all_speak):
    code, said = ask()
    assert code == 200, said
    assert said["status"] == "ok"
    assert all(said[part]["ok"] for part in ("database", "redis", "beat", "worker", "queue", "sweep"))
    assert said["sweep"]["ended_at"].endswith("+07:00")


@pytest.mark.parametrize("name", PARTS)
def test_sixteen_minutes_of_silence_of_one_part_are_an_alarm(all_speak, name):
    Heartbeat.objects.filter(name=name).update(at=timezone.now() - timedelta(minutes=16))
    code, said = ask()
    assert code == 503
    failing = {part for part, value in said.items() if isinstance(value, dict) and not value["ok"]}
    assert failing == {name.partition(":")[0]}
    assert 959 <= said[name.partition(":")[0]]["age_seconds"] <= 970


def test_strangers_learn_no_host_names_and_nothing_about_errors(all_speak, monkeypatch):
    point_database_to(monkeypatch, closed_port())
    text = Client().get("/health/").content.decode()
    for secret in (socket.gethostname(), "127.0.0.1", "refused", "dialogue"):
        assert secret not in text
    assert heartbeats.speaker() not in json.dumps(ask()[1])


def test_a_database_that_is_down_is_an_answer_and_no_error(all_speak, monkeypatch):
    point_database_to(monkeypatch, closed_port())
    code, said = ask()
    assert (code, said["database"]["ok"], said["redis"]["ok"]) == (503, False, True)


def test_a_database_that_hangs_holds_nobody_up(all_speak, monkeypatch):
    with silent_server() as port:
        point_database_to(monkeypatch, port)
        began = time.monotonic()
        code, said = ask()
    assert (code, said["database"]["ok"]) == (503, False)
    assert time.monotonic() - began < 8


def test_a_redis_that_hangs_holds_nobody_up(all_speak, settings):
    with silent_server() as port:
        settings.BROKER_URL = f"redis://127.0.0.1:{port}/0"
        began = time.monotonic()
        code, said = ask()
    assert (code, said["database"]["ok"], said["redis"]["ok"]) == (503, True, False)
    assert time.monotonic() - began < 8


def test_a_redis_that_is_down_is_an_answer(all_speak, settings):
    settings.BROKER_URL = f"redis://:secret@127.0.0.1:{closed_port()}/0"
    code, said = ask()
    assert (code, said["redis"]) == (503, {"ok": False})


def test_monitoring_needs_neither_the_sites_name_nor_tls(all_speak, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["doithoai.example.vn"]
    assert ask(headers={"host": "10.0.0.7:8000"})[0] == 200
    assert Client().get("/health/live/", headers={"host": "10.0.0.7"}).json() == {"status": "ok"}
    # Everything else keeps its door.
    assert Client().get("/", headers={"host": "doithoai.example.vn"}).status_code == 301
    assert Client().get("/health/other/", headers={"host": "10.0.0.7"}).status_code == 400


def test_a_session_is_not_even_looked_at(cast, all_speak, django_assert_num_queries):
    client = Client()
    client.force_login(cast.ward_clerk)
    with django_assert_num_queries(0):
        assert client.get("/health/").status_code == 200
        assert client.get("/health/live/").status_code == 200


def test_only_reading_is_answered_and_nothing_is_sent():
    assert Client().post("/health/").status_code == 405
    assert mail.outbox == []
