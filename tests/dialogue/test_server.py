"""`script/server`'s supervisor with everything below it, as a production start on the database of the tests."""

import os
import signal
import socket
import subprocess
import threading
import time
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import psutil
import psycopg2
import pytest
from django.conf import settings
from django.db import connections

from tests.dialogue.conftest import run

pytestmark = [pytest.mark.processes, pytest.mark.slow]

READY = "Đối thoại: http://127.0.0.1:"


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def database():
    """An empty database beside that of the tests; the first start fills it with tables."""
    own = connections["default"].settings_dict
    place = {"host": own["HOST"], "port": own["PORT"] or None, "user": own["USER"], "password": own["PASSWORD"] or None}
    name = f"server_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}_{os.getpid()}"
    admin = psycopg2.connect(dbname="postgres", **place)
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    yield place | {"dbname": name}
    with admin.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    admin.close()


@pytest.fixture(scope="module")
def static_root(tmp_path_factory):
    """The collected static files: those of the settings, or, where nobody has collected any yet, our own."""
    if (settings.STATIC_ROOT / "staticfiles.json").exists():
        return settings.STATIC_ROOT
    folder = tmp_path_factory.mktemp("static")
    done = run(folder.parent, "manage.py", "collectstatic", "--noinput", "--verbosity", "0", STATIC_ROOT=str(folder))
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def production(port, database, static_root):
    who = f"{database['user']}:{database['password'] or ''}"
    # The address of a server behind a socket has its folder where others have the host.
    where = f"//{database['host'].strip('/')}" if database["host"].startswith("/") else database["host"]
    if database["host"] == where and database["port"]:
        where += f":{database['port']}"
    return {
        "DATABASE_URL": f"postgres://{who}@{where}/{database['dbname']}",
        "REDIS_URL": settings.BROKER_URL,
        "SECRET_KEY": "only-for-this-test-and-long-enough-to-be-taken-for-one-of-production",
        "STATIC_ROOT": str(static_root),
        "PORT": str(port),
    }


def serve(start, variables) -> tuple[subprocess.Popen, list[str]]:
    """Starts a server and waits until it is ready. Its log goes on growing in the list that is returned."""
    process = start("-m", "dialogue.supervisor", "serve", **variables)
    said: list[str] = []
    for line in process.stdout:
        said.append(line)
        if READY in line:
            # Read on: a log that nobody reads would hold up the server as soon as the pipe is full.
            threading.Thread(target=said.extend, args=[process.stdout], daemon=True).start()
            return process, said
    raise AssertionError(f"The server has not started:\n{''.join(said)}")


def status(port: int) -> int:
    """The answer of the first page; 0 when nobody answers."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/", timeout=20) as answer:
            return answer.status
    except HTTPError as error:
        with error:
            return error.code
    except URLError:
        return 0


def wait_for(condition) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def children_of(process: subprocess.Popen) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def is_gone(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def are_gone(processes: list[psutil.Process]) -> bool:
    return all(is_gone(process) for process in processes)


def test_a_closed_terminal_stops_everything_and_production_loads_no_demonstration(start, production, port, database):
    server, said = serve(start, production)
    assert status(port) == 200
    assert "minh" not in "".join(said).lower(), "no demonstration, no demonstration logins"
    children = children_of(server)
    assert len(children) >= 5, "web, its two workers, worker, its pool, beat"
    server.send_signal(signal.SIGHUP)
    assert server.wait(60) == 0
    wait_for(lambda: are_gone(children))
    assert status(port) == 0
    connection = psycopg2.connect(**database)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_user")
        assert cursor.fetchone() == (0,)
    connection.close()


def test_what_a_killed_server_left_is_ended_by_the_next_start(start, production, port):
    killed, _said = serve(start, production)
    left = children_of(killed)
    killed.kill()
    killed.wait()
    assert not are_gone(left)
    server, said = serve(start, production)
    assert "had left behind" in "".join(said)
    assert are_gone(left)
    assert status(port) == 200
    server.terminate()
    assert server.wait(60) == 0


def test_a_process_that_dies_is_started_again_and_stop_ends_all(start, production, port, data_dir):
    server, said = serve(start, production)
    beat = next(process for process in children_of(server) if "beat" in process.cmdline())
    os.kill(beat.pid, signal.SIGKILL)
    wait_for(lambda: "beat has ended with exit code -9" in "".join(said))
    wait_for(lambda: any("beat" in process.cmdline() for process in children_of(server)))
    children = children_of(server)
    done = run(data_dir, "-m", "dialogue.supervisor", "stop", **production)
    assert done.returncode == 0, done.stderr
    wait_for(lambda: are_gone(children))


def test_a_second_server_on_the_same_data_is_refused(start, production, data_dir, port):
    server, _said = serve(start, production)
    done = run(data_dir, "-m", "dialogue.supervisor", "serve", **production)
    assert done.returncode == 1
    assert "already running at http://127.0.0.1:" in done.stderr
    server.terminate()
    server.wait(60)


def test_a_taken_port_is_named_with_a_way_out(production, data_dir, port):
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        done = run(data_dir, "-m", "dialogue.supervisor", "serve", **production)
    assert done.returncode == 1
    assert f"Port {port} on 127.0.0.1 can't be used" in done.stderr
    assert "script/server" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("value", ["80a", "-1", "0", "65536", "８０００"])
def test_an_impossible_port_is_refused_with_a_sentence(data_dir, value):
    done = run(data_dir, "-m", "dialogue.supervisor", "serve", PORT=value)
    assert done.returncode == 1
    assert "PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_does_not_answer_is_named_in_a_sentence(production, data_dir):
    production["DATABASE_URL"] = "postgres://dialogue:secret@127.0.0.1:1/dialogue"
    done = run(data_dir, "-m", "dialogue.supervisor", "serve", **production)
    assert done.returncode == 1
    assert "The database doesn't answer" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
