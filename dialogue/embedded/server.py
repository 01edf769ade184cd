"""What both embedded servers have in common: how one is started, found and ended."""

import contextlib
import importlib.util
import os
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path

from dialogue.embedded.folders import EmbeddedServerError, let_through, other_owner, runtime_folder, server_account

START_SECONDS = 120
STOP_SECONDS = 60
KEPT_LOG_BYTES = 5_000_000


class Server(ABC):
    """One embedded server. start() and stop() are called with the right lock held, is_ready() at any time."""

    name: str
    title: str
    package: str
    process_name: str

    def __init__(self, data_dir: Path):
        self.data_dir = data_dir
        self.folder = data_dir / self.name
        self.log = data_dir / f"{self.name}.log"
        self.runtime = runtime_folder(data_dir)

    @property
    @abstractmethod
    def socket(self) -> Path:
        """Where it listens."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether it answers."""

    @abstractmethod
    def arguments(self) -> list[str]:
        """The command that starts it."""

    @abstractmethod
    def stop(self) -> None:
        """Ends it without losing anything."""

    def package_folder(self) -> Path:
        spec = importlib.util.find_spec(self.package)
        if spec is None or not spec.submodule_search_locations:
            raise EmbeddedServerError(
                f"The Python package {self.package} with the embedded {self.title} is missing: run script/bootstrap."
            )
        return Path(next(iter(spec.submodule_search_locations)))

    def start(self) -> None:
        self.account = server_account(self.folder)
        self.prepare()
        self._own_folder(self.runtime, 0o700)
        self._end_leftovers()
        if self.log.exists() and self.log.stat().st_size > KEPT_LOG_BYTES:
            self.log.replace(f"{self.log}.1")
        said_before = self.log.stat().st_size if self.log.exists() else 0
        # Through a shell that ends at once: the server belongs to init, not to whoever happened to start it, and
        # neither Ctrl-C nor a closed terminal reaches it.
        with self.log.open("ab") as log:
            command = ["/bin/sh", "-c", '"$@" </dev/null >&2 & echo $!', "sh", *self.arguments()]
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=log, text=True, **self._as_account())
        pid = int(done.stdout)
        deadline = time.monotonic() + START_SECONDS
        while not self.is_ready():
            if not is_alive(pid) or time.monotonic() > deadline:
                with self.log.open(errors="replace") as log:
                    log.seek(said_before)
                    said = log.read()[-3000:].strip()
                raise EmbeddedServerError(f"The embedded {self.title} didn't start. Its log {self.log} says:\n{said}")
            time.sleep(0.01)

    def prepare(self) -> None:
        self._own_folder(self.folder, 0o700)

    def _own_folder(self, folder: Path, mode: int) -> None:
        folder.mkdir(mode=mode, exist_ok=True)
        if folder.is_symlink() or not folder.is_dir():
            raise EmbeddedServerError(f"{folder} has to be a folder.")
        owner = folder.stat().st_uid
        if self.account:
            if owner not in {0, self.account.pw_uid}:
                raise other_owner(folder)
            os.chown(folder, self.account.pw_uid, self.account.pw_gid)
            let_through(folder, self.account)
            let_through(self.package_folder() / "x", self.account)
        elif owner != os.geteuid():
            raise other_owner(folder)
        folder.chmod(mode)

    def _as_account(self) -> dict[str, object]:
        # PGDATA, PGPORT, LC_ALL and the like of whoever starts the server are not the server's.
        environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_MESSAGES": "C", "TZ": "UTC"}
        options: dict[str, object] = {"env": environment, "cwd": "/", "umask": 0o077, "start_new_session": True}
        if self.account:
            options |= {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        return options

    def _processes(self) -> list:
        """The processes that work in this server's folder: never another's that has inherited a written-down pid."""
        # Imported here because it takes longer than finding the servers running, which is what happens nearly always.
        import psutil

        found = []
        for process in psutil.process_iter(["name"]):
            with contextlib.suppress(psutil.Error):
                if process.info["name"].startswith(self.process_name) and process.cwd() == str(self.folder):
                    found.append(process)
        return found

    def _end_leftovers(self) -> None:
        """After a crash, children of the dead server may still have the data open; none may when a new one starts."""
        deadline = time.monotonic() + 5
        while left := self._processes():
            if time.monotonic() > deadline:
                for process in left:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(process.pid, signal.SIGKILL)
            time.sleep(0.05)

    def _end(self, pid: int, gentle: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, gentle)
        deadline = time.monotonic() + STOP_SECONDS
        while is_alive(pid):
            if time.monotonic() > deadline:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)


def is_alive(pid: int) -> bool:
    import psutil

    try:
        # One that has ended and waits for a slow init to take note of it holds nothing any more.
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
