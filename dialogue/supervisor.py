"""`script/server`: the web server, the worker and the timetable in one terminal, and the embedded servers below them.

Written out here rather than left to a Procfile runner, because what such a runner leaves open is what matters: a
closed terminal (SIGHUP) stops everything as Ctrl-C does; a process that dies is started again, one that keeps dying
stops everything loudly; a dead database or queue is brought back; and what a kill -9 has left behind is found by
the next start and ended, after a look at whether those pids are still ours.
"""

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from dialogue import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
CHECK_SECONDS = 1
READY_SECONDS = 90
# Requests and tasks that are under way get this long to end.
STOP_SECONDS = 20
# A process that dies this often within this time is not going to live.
DEATHS, DEATHS_WITHIN_SECONDS = 5, 60
COLOURS = {"set-up": 90, "web": 36, "worker": 35, "beat": 33, "server": 32}


class Refusal(Exception):
    """The server can't start or go on; the message is for the person at the terminal."""


class Stop(Exception):
    """The person, the terminal or the system asks for an end."""


# --- the terminal -------------------------------------------------------------------------------------------------

_printing = threading.Lock()


def tell(name: str, line: str) -> None:
    label = f"{name:>6} |"
    if sys.stdout.isatty():
        label = f"\033[{COLOURS[name]}m{label}\033[0m"
    # A terminal that is gone must not keep the logs' readers from reading: a full pipe would halt the web server.
    with _printing, contextlib.suppress(OSError):
        print(f"{label} {line}", flush=True)


def _read_log(name: str, process: subprocess.Popen) -> None:
    for line in process.stdout:
        tell(name, line.rstrip("\n"))


# --- processes ----------------------------------------------------------------------------------------------------


class Child:
    """One of our processes, in a session of its own, so that Ctrl-C reaches it through us and in order."""

    def __init__(self, name: str, command: list[str]):
        self.name = name
        self.command = command
        self.deaths: deque[float] = deque(maxlen=DEATHS)
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command,
            cwd=BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        threading.Thread(target=_read_log, args=(self.name, self.process), daemon=True).start()

    def revive(self) -> None:
        """Starts the process again if it has ended, and gives up when that happens over and over."""
        code = self.process.poll()
        if code is None:
            return
        self.end_group()
        now = time.monotonic()
        self.deaths.append(now)
        if len(self.deaths) == DEATHS and now - self.deaths[0] < DEATHS_WITHIN_SECONDS:
            raise Refusal(f"{self.name} has ended {DEATHS} times in a minute (last exit code {code}), see above.")
        tell("server", f"{self.name} has ended with exit code {code} and is started again.")
        self.start()

    def end_group(self) -> None:
        """Whatever the process has started itself goes with it."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)


def _stop_children(children: list[Child]) -> None:
    running = [child for child in children if child.process and child.process.poll() is None]
    for child in running:
        child.process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in running:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.process.wait(max(0.1, deadline - time.monotonic()))
    for child in children:
        if child.process:
            child.end_group()
            child.process.wait()


# --- what is written down for the next start ----------------------------------------------------------------------


def _describe(pid: int) -> dict[str, float]:
    # A pid alone may be another program's by the time it is read; with the second it was born it names one process.
    return {"pid": pid, "born": psutil.Process(pid).create_time()}


def _find(description: dict[str, float]) -> psutil.Process | None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(int(description["pid"]))
        if abs(process.create_time() - description["born"]) < 1.5 and _lives(process):
            return process
    return None


def _lives(process: psutil.Process) -> bool:
    # One that has ended and waits for a slow init to take note of it holds no port and no file any more.
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def _write_state(path: Path, address: str, children: list[Child]) -> None:
    processes = []
    for child in children:
        with contextlib.suppress(psutil.NoSuchProcess):
            processes.append(_describe(child.process.pid))
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps({"address": address, "supervisor": _describe(os.getpid()), "children": processes}))
    draft.replace(path)


def _read_state(path: Path) -> dict:
    try:
        return json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {"address": "", "supervisor": None, "children": []}


def _end_leftovers(state: dict) -> int:
    """Ends the web server, worker and beat of a supervisor that was killed; their pool processes as well."""
    ended = 0
    for description in state["children"]:
        process = _find(description)
        # A group outlives its leader, so children of a dead leader are looked for by its number.
        group = int(description["pid"])
        members = [process] if process else []
        for candidate in psutil.process_iter(["create_time"]):
            with contextlib.suppress(ProcessLookupError, PermissionError, psutil.Error):
                is_ours = os.getpgid(candidate.pid) == group and candidate.create_time() >= description["born"] - 1.5
                if is_ours and _lives(candidate):
                    members.append(candidate)
        for member in members:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.kill()
                ended += 1
        deadline = time.monotonic() + 5
        while any(_lives(member) for member in members) and time.monotonic() < deadline:
            time.sleep(0.02)
    return ended


# --- start --------------------------------------------------------------------------------------------------------


def _number(name: str, default: int, least: int, most: int) -> int:
    value = os.environ.get(name) or str(default)
    if not (value.isascii() and value.isdecimal()) or not least <= int(value) <= most:
        raise Refusal(f"{name}={value!r} is not a usable value; it has to be a number from {least} to {most}.")
    return int(value)


def _data_dir() -> Path:
    path = Path(os.environ.get("DATA_DIR") or BASE_DIR / ".data").expanduser().resolve()
    try:
        path.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Refusal(f"The data folder {path} can't be made ({error.strerror}): set DATA_DIR to another.") from error
    return path


def _hold_lock(path: Path, state: dict) -> int:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except PermissionError as error:
        raise Refusal(f"{path} belongs to another user: run the project as that user, or set DATA_DIR.") from error
    except BlockingIOError as error:
        raise Refusal(
            f"The server is already running at {state['address'] or 'another terminal'}. script/stop ends it."
        ) from error
    return descriptor


def _check_port(address: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except PermissionError as error:
            raise Refusal(
                f"Port {port} is for the system's own programs: take one above 1023, e.g. PORT=8000."
            ) from error
        except OSError as error:
            free = port + 1 if port < 65535 else 8000
            raise Refusal(
                f"Port {port} on {address} can't be used ({error.strerror}). If another program has it, take another "
                f"port: PORT={free} script/server"
            ) from error


def _prepare_database(is_embedded: bool) -> str:
    """Migrates, and loads the demonstration where the database is the embedded one. Returns what to show at the end."""
    command = [sys.executable, "-m", "dialogue.supervisor", "prepare"]
    shown_later: list[str] | None = None
    with subprocess.Popen(
        command,
        cwd=BASE_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            for line in process.stdout:
                line = line.rstrip("\n")
                if line == PREPARED:
                    shown_later = []
                elif shown_later is None:
                    tell("set-up", line)
                else:
                    shown_later.append(line)
        except Stop:
            # Migrations and the demonstration are transactions: what is not finished has not happened.
            process.kill()
            raise
    if process.returncode:
        for line in shown_later or ():
            tell("set-up", line)
        raise Refusal("The database could not be prepared, see above.")
    return "\n".join(shown_later or ()) if is_embedded else ""


PREPARED = "--- prepared ---"


def prepare() -> None:
    """The part of the start that needs Django; a process of its own, so that the supervisor stays small."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dialogue.settings")
    import django
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError, call_command
    from django.db import OperationalError

    try:
        django.setup()
        print("Bringing the database up to date …", flush=True)
        call_command("migrate", interactive=False, verbosity=1)
        if settings.IS_EMBEDDED and settings.DEMONSTRATION_ALLOWED:
            print("Looking for data; an empty database gets the demonstration (a minute or so) …", flush=True)
            print(PREPARED, flush=True)
            call_command("load_demonstration", if_empty=True)
    except (ImproperlyConfigured, CommandError) as error:
        sys.exit(str(error))
    except OperationalError as error:
        sys.exit(f"The database doesn't answer: {error}")


def _commands(address: str, port: int) -> dict[str, list[str]]:
    web_workers = _number("WEB_WORKERS", 2, 1, 64)
    task_workers = _number("TASK_WORKERS", 1, 1, 64)
    host = f"[{address}]" if ":" in address else address
    web = ["gunicorn", "dialogue.wsgi", "--bind", f"{host}:{port}", "--workers", str(web_workers)]
    # The application is loaded once and shared by the workers; a worker is renewed now and then. Query strings
    # stay out of the log: they can hold what a citizen searched for.
    web += ["--preload", "--no-control-socket", "--timeout", "60", "--graceful-timeout", "15"]
    web += ["--max-requests", "5000", "--max-requests-jitter", "500"]
    web += ["--access-logfile", "-", "--access-logformat", '%(h)s "%(m)s %(U)s" %(s)s %(B)s bytes %(M)s ms']
    celery = ["celery", "--quiet", "--app", "dialogue"]
    worker = [*celery, "worker", "--loglevel", "INFO", "--concurrency", str(task_workers)]
    worker += ["--without-gossip", "--without-mingle"]
    beat = [*celery, "beat", "--loglevel", "INFO", "--pidfile", ""]
    named = {"web": web, "worker": worker, "beat": beat}
    # Celery warns of root at every start; whoever tries the product in a container can't help it.
    quiet = ["-W", "ignore:You're running the worker with superuser privileges"]
    return {
        name: [sys.executable, *(quiet if name == "worker" else ()), "-m", *command] for name, command in named.items()
    }


def _wait_until_answering(address: str, port: int, children: list[Child]) -> None:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)  # noqa: S104 - only compared
    site = urlsplit(os.environ["SITE_URL"])
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        for child in children:
            child.revive()
        connection = HTTPConnection(host, port, timeout=30)
        with contextlib.closing(connection), contextlib.suppress(OSError, HTTPException):
            # As the proxy would ask: any other host name is refused, and http is sent to https.
            connection.request("GET", "/", headers={"Host": site.netloc, "X-Forwarded-Proto": site.scheme})
            connection.getresponse()
            return
        time.sleep(0.1)
    raise Refusal(f"The web server doesn't answer after {READY_SECONDS} seconds, see above.")


def _on_signal(number: int, _frame: object) -> None:
    raise Stop(signal.Signals(number).name)


def serve() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _on_signal)
    began = time.monotonic()
    port = _number("PORT", 8000, 1, 65535)
    address = os.environ.get("BIND_ADDRESS") or "127.0.0.1"
    data_dir = _data_dir()
    state_file = data_dir / "server.json"
    state = _read_state(state_file)
    lock = _hold_lock(data_dir / "server.lock", state)
    if ended := _end_leftovers(state):
        tell("server", f"Ended {ended} processes that a killed server had left behind.")
    _check_port(address, port)
    commands = _commands(address, port)
    os.environ.setdefault("SITE_URL", f"http://127.0.0.1:{port}")
    needs = {"postgres": not os.environ.get("DATABASE_URL"), "valkey": not os.environ.get("REDIS_URL")}
    children: list[Child] = []
    try:
        if any(needs.values()):
            embedded.keep_running(data_dir, **needs)
        last_words = _prepare_database(is_embedded=needs["postgres"])
        children = [Child(name, command) for name, command in commands.items()]
        for child in children:
            child.start()
        _write_state(state_file, os.environ["SITE_URL"], children)
        _wait_until_answering(address, port, children)
        if last_words:
            print(f"\n{last_words}", flush=True)
        seconds = time.monotonic() - began
        print(f"\nĐối thoại: {os.environ['SITE_URL']}   (ready after {seconds:.1f} s; Ctrl-C ends it)\n", flush=True)
        while True:
            time.sleep(CHECK_SECONDS)
            before = [child.process.pid for child in children]
            for child in children:
                child.revive()
            if before != [child.process.pid for child in children]:
                _write_state(state_file, os.environ["SITE_URL"], children)
            if any(needs.values()):
                embedded.keep_running(data_dir, **needs)
    except Stop as stop:
        tell("server", f"{stop}: ending the web server, the worker and the timetable …")
    finally:
        # From here on nothing interrupts the orderly end; whoever is in a hurry has kill -9, and loses nothing.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        _stop_children(children)
        state_file.unlink(missing_ok=True)
        os.close(lock)
    if any(needs.values()) and not embedded.stop(data_dir):
        tell("server", "The embedded servers keep running: another program still uses them.")
    tell("server", "Everything is stopped; the data is kept.")


def stop() -> None:
    """`script/stop`: ends a running server, or what a killed one has left, and then the embedded servers."""
    data_dir = _data_dir()
    state = _read_state(data_dir / "server.json")
    supervisor = _find(state["supervisor"]) if state["supervisor"] else None
    if supervisor:
        supervisor.terminate()
        deadline = time.monotonic() + STOP_SECONDS + embedded.STOP_SECONDS
        while _lives(supervisor) and time.monotonic() < deadline:
            time.sleep(0.05)
    _end_leftovers(state)
    if not embedded.stop(data_dir, even_if_used="--now" in sys.argv[2:]):
        raise Refusal(
            "The embedded servers keep running: another program, like manage.py shell or the tests, still uses them. "
            "End it first, or script/stop --now."
        )
    print("Everything is stopped; the data is kept.")


def main() -> None:
    actions = {"serve": serve, "prepare": prepare, "stop": stop}
    try:
        actions[sys.argv[1]]()
    except Stop as error:
        sys.exit(f"Stopped by {error} before the start was over; the data is kept.")
    except (Refusal, embedded.EmbeddedServerError) as error:
        sys.exit(f"\n{error}")


if __name__ == "__main__":
    main()
