"""What a start needs: usable values, one lock, a free port, a database that is up to date, and the commands."""

import contextlib
import fcntl
import os
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from dialogue.supervisor.children import BASE_DIR, Child
from dialogue.supervisor.terminal import Refusal, Stop, tell

READY_SECONDS = 90
# The line after which the preparation's words are kept for the end of the start.
PREPARED = "--- prepared ---"


def number(name: str, default: int, least: int, most: int) -> int:
    value = os.environ.get(name) or str(default)
    if not (value.isascii() and value.isdecimal()) or not least <= int(value) <= most:
        raise Refusal(f"{name}={value!r} is not a usable value; it has to be a number from {least} to {most}.")
    return int(value)


def make_data_dir() -> Path:
    path = Path(os.environ.get("DATA_DIR") or BASE_DIR / ".data").expanduser().resolve()
    try:
        path.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Refusal(f"The data folder {path} can't be made ({error.strerror}): set DATA_DIR to another.") from error
    return path


def hold_lock(path: Path, state: dict) -> int:
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


def check_port(address: str, port: int) -> None:
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


def prepare_database(is_embedded: bool) -> str:
    """Migrates, and loads the demonstration where the database is the embedded one. Returns what to show at the end."""
    command = [sys.executable, "-m", "dialogue.supervisor.preparing"]
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


def commands_of(address: str, port: int) -> dict[str, list[str]]:
    web_workers = number("WEB_WORKERS", 2, 1, 64)
    task_workers = number("TASK_WORKERS", 1, 1, 64)
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


def wait_until_answering(address: str, port: int, children: list[Child]) -> None:
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
