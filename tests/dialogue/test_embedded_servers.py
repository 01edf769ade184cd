"""The embedded servers: found or started, by one or by many, and never at the price of committed data."""

import os
import signal
import stat
import subprocess
import time
from pathlib import Path

import psycopg2
import pytest
import redis

from dialogue import embedded
from dialogue.embedded.folders import server_account
from tests.dialogue.conftest import run

pytestmark = pytest.mark.processes

# Says where the servers are, and then uses them until its standard input ends.
USER = """
import os, sys
from pathlib import Path
from dialogue import embedded
from dialogue.embedded.folders import server_account
data_dir = Path(os.environ["DATA_DIR"])
print(embedded.database_settings(data_dir)["HOST"], embedded.redis_url(data_dir), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def use(start):
    """Starts a user of the servers and waits until it has them."""

    def use_once() -> tuple[subprocess.Popen, str, str]:
        process = start("-c", USER)
        said = process.stdout.readline()
        assert said.startswith("/"), said + process.stdout.read()
        return process, *said.split()

    return use_once


def leave(process: subprocess.Popen) -> None:
    process.stdin.close()
    assert process.wait(60) == 0


def ask(host: str, statement: str):
    connection = psycopg2.connect(host=host, port=5432, user="dialogue", dbname="dialogue")
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else None
    finally:
        connection.close()


def are_ready(data_dir: Path) -> list[bool]:
    return [embedded.Postgres(data_dir).is_ready(), embedded.Valkey(data_dir).is_ready()]


def postmaster(data_dir: Path) -> int:
    return int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0])


def valkey(data_dir: Path) -> int:
    (process,) = embedded.Valkey(data_dir)._processes()
    return process.pid


def test_the_last_user_stops_the_servers_and_not_the_first(use, data_dir):
    first, _host, _url = use()
    second, _host, _url = use()
    leave(first)
    assert are_ready(data_dir) == [True, True]
    leave(second)
    assert are_ready(data_dir) == [False, False]


def test_a_user_that_was_killed_does_not_count_any_more(use, data_dir):
    killed, _host, _url = use()
    killed.kill()
    killed.wait()
    assert are_ready(data_dir) == [True, True]
    other, _host, _url = use()
    leave(other)
    assert are_ready(data_dir) == [False, False]


def test_starters_at_the_same_moment_share_one_server(start, data_dir):
    processes = [start("-c", USER) for _ in range(4)]
    places = {process.stdout.readline() for process in processes}
    assert len(places) == 1
    host, _url = places.pop().split()
    assert ask(host, "SELECT count(*) FROM pg_database WHERE datname = 'dialogue'") == [(1,)]
    assert (data_dir / "postgres.log").read_text().count("starting PostgreSQL") == 1


def test_servers_that_run_are_found_within_fifty_milliseconds(use, data_dir):
    use()
    server = embedded.Postgres(data_dir), embedded.Valkey(data_dir)
    began = time.perf_counter()
    assert all(one.is_ready() for one in server)
    assert time.perf_counter() - began < 0.05


def test_kill_9_of_both_servers_loses_nothing_committed(use, data_dir):
    user, host, url = use()
    ask(host, "CREATE TABLE matter (name text)")
    ask(host, "INSERT INTO matter VALUES ('Đất đai')")
    client = redis.Redis.from_url(url)
    client.rpush("queue", "a reminder")
    client.close()
    for pid in (postmaster(data_dir), valkey(data_dir)):
        os.kill(pid, signal.SIGKILL)
    user.kill()
    user.wait()
    _user, host, url = use()
    assert ask(host, "SELECT name FROM matter") == [("Đất đai",)]
    client = redis.Redis.from_url(url)
    assert client.lrange("queue", 0, -1) == [b"a reminder"]
    client.close()


def test_a_dead_server_is_brought_back_while_its_user_lives(use, data_dir):
    use()
    dead = postmaster(data_dir)
    os.kill(dead, signal.SIGKILL)
    while embedded.Postgres(data_dir).is_ready():
        time.sleep(0.01)
    embedded.keep_running(data_dir, postgres=True, valkey=True)
    assert are_ready(data_dir) == [True, True]
    assert postmaster(data_dir) != dead


def test_a_pid_that_another_program_has_got_does_not_hinder_the_start(use, data_dir):
    user, _host, _url = use()
    leave(user)
    account = server_account(data_dir / "postgres")
    options = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    with subprocess.Popen(["sleep", "100"], **options) as other:
        stale = f"{other.pid}\n{data_dir / 'postgres'}\n1700000000\n5432\n{_host}\n\n 1 1\nready\n"
        (data_dir / "postgres" / "postmaster.pid").write_text(stale)
        _user, host, _url = use()
        assert ask(host, "SELECT 1") == [(1,)]
        assert other.poll() is None, "the other program must be left alone"
        other.kill()


def test_a_set_up_that_was_interrupted_is_done_anew(use, data_dir):
    (data_dir / "postgres.new").mkdir(parents=True)
    (data_dir / "postgres.new" / "PG_VERSION").write_text("18\n")
    _user, host, _url = use()
    assert ask(host, "SELECT 1") == [(1,)]


def test_a_folder_with_a_long_name_and_spaces_works(start, own_folder):
    folder = own_folder / ("Hội nghị " * 9)
    process = start("-c", USER, DATA_DIR=str(folder))
    try:
        host, url = process.stdout.readline().split()
        assert ask(host, "SELECT lower('ĐỐI THOẠI')") == [("đối thoại",)]
        assert redis.Redis.from_url(url).ping()
    finally:
        embedded.stop(folder, even_if_used=True)


def test_nothing_listens_on_the_network_and_only_the_owner_may_enter(use):
    _user, host, _url = use()
    assert ask(host, "SHOW listen_addresses") == [("",)]
    assert ask(host, "SHOW fsync") == [("on",)]
    assert stat.S_IMODE(Path(host).stat().st_mode) == 0o700


def test_the_local_secret_is_one_for_all_who_ask_at_once_and_readable_by_its_owner_alone(start, data_dir):
    code = "import os; from dialogue import embedded; print(embedded.local_secret(os.environ['DATA_DIR']))"
    processes = [start("-c", code) for _ in range(4)]
    secrets = {process.stdout.readline().strip() for process in processes}
    assert len(secrets) == 1
    assert len(secrets.pop()) >= 50
    assert stat.S_IMODE((data_dir / "secret-key").stat().st_mode) == 0o600
    assert len(list(data_dir.glob("secret-key*"))) == 1


def test_a_command_without_data_starts_nothing(data_dir):
    done = run(data_dir, "manage.py", "version")
    assert done.returncode == 0, done.stderr
    assert not (data_dir / "postgres").exists()


def test_a_lone_command_starts_the_servers_and_stops_them(data_dir):
    code = "from django.db import connection as c; k = c.cursor(); k.execute('select 40 + 2'); print(k.fetchone()[0])"
    done = run(data_dir, "manage.py", "shell", "--no-imports", "-c", code)
    assert done.stdout.strip() == "42", done.stderr
    assert are_ready(data_dir) == [False, False]


def test_a_data_folder_that_can_not_be_made_is_named_in_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    done = run(tmp_path / "file" / "data", "manage.py", "check")
    assert done.returncode == 1
    assert "DATA_DIR" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_cluster_of_another_postgresql_version_is_refused_with_a_way_out(use, data_dir):
    user, _host, _url = use()
    leave(user)
    (data_dir / "postgres" / "PG_VERSION").write_text("16\n")
    done = run(data_dir, "manage.py", "check")
    assert done.returncode == 1
    assert "docs/operations.md" in done.stderr
    assert "Traceback" not in done.stderr


def test_stop_refuses_while_another_program_uses_the_servers(use, data_dir):
    user, _host, _url = use()
    done = run(data_dir, "-m", "dialogue.embedded", "stop")
    assert done.returncode == 1
    assert "still uses" in done.stderr
    assert are_ready(data_dir) == [True, True]
    leave(user)
    assert run(data_dir, "-m", "dialogue.embedded", "stop").returncode == 0


def test_the_bundled_pg_dump_writes_a_backup(use, data_dir):
    _user, host, _url = use()
    ask(host, "CREATE TABLE matter (name text)")
    done = run(data_dir, "-m", "dialogue.embedded", "pg_dump", "--schema-only")
    assert done.returncode == 0, done.stderr
    assert "CREATE TABLE public.matter" in done.stdout
