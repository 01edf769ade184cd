"""What the settings ask for, and who uses the servers: the last user stops them."""

import atexit
import contextlib
import fcntl
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from dialogue.embedded.folders import POSTGRES_PORT, make_data_dir, other_owner
from dialogue.embedded.postgres import DATABASE, Postgres
from dialogue.embedded.server import Server
from dialogue.embedded.valkey import Valkey

# These need settings but no data: they have to work on a machine where no server can be started.
COMMANDS_WITHOUT_DATA = {
    "",
    "--help",
    "--version",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "version",
}


def database_settings(data_dir: Path) -> dict[str, object]:
    """Django's settings of the embedded database, which is running when this returns."""
    server = Postgres(make_data_dir(data_dir))
    ensure_running(server)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": DATABASE,
        "USER": DATABASE,
        "PASSWORD": "",
        "HOST": str(server.runtime),
        "PORT": POSTGRES_PORT,
    }


def redis_url(data_dir: Path) -> str:
    """The address of the embedded Valkey, which is running when this returns."""
    server = Valkey(make_data_dir(data_dir))
    ensure_running(server)
    return f"unix://{server.socket}?db=0"


def keep_running(data_dir: Path, *, postgres: bool, valkey: bool) -> None:
    """Starts again what has died; cheap when nothing has. The supervisor calls it every few seconds."""
    data_dir = make_data_dir(data_dir)
    for server in [Postgres(data_dir)] * postgres + [Valkey(data_dir)] * valkey:
        ensure_running(server)


def stop(data_dir: Path, *, even_if_used: bool = False) -> bool:
    """Stops both servers cleanly, unless another program still uses them. True when they are stopped now."""
    data_dir = make_data_dir(data_dir)
    descriptor = _uses.pop(data_dir, None)
    if descriptor is None:
        descriptor = open_lock(data_dir / "embedded.users")
    try:
        if not even_if_used:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
        for server in (Valkey(data_dir), Postgres(data_dir)):
            server.stop()
            if server.runtime.parent != data_dir:
                # Stays where a socket is left in it; the next start takes care of that.
                with contextlib.suppress(OSError):
                    server.runtime.rmdir()
    finally:
        os.close(descriptor)
    return True


# --- who uses the servers ---------------------------------------------------------------------------------------

# Data folder -> descriptor of its embedded.users file, with the shared lock of this process on it.
_uses: dict[Path, int] = {}
_user_pid = 0


def ensure_running(server: "Server") -> None:
    if _is_command_without_data():
        return
    _note_use(server.data_dir)
    if server.is_ready():
        return
    with _locked(server.data_dir / "embedded.lock"):
        if not server.is_ready():
            server.start()


def _is_command_without_data() -> bool:
    if os.path.basename(sys.argv[0]) not in {"manage.py", "django-admin"}:
        return False
    return (sys.argv[1] if len(sys.argv) > 1 else "") in COMMANDS_WITHOUT_DATA


def _note_use(data_dir: Path) -> None:
    global _user_pid
    if data_dir in _uses:
        return
    descriptor = open_lock(data_dir / "embedded.users")
    # Waits here while the last user of a moment ago is stopping the servers.
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    if not _uses:
        _user_pid = os.getpid()
        atexit.register(_end_use)
    _uses[data_dir] = descriptor


def _end_use() -> None:
    # A forked child shares its parent's lock; the parent, which outlives it, is the one to let go.
    if os.getpid() == _user_pid:
        for data_dir in [folder for folder in _uses if folder.is_dir()]:
            stop(data_dir)


def open_lock(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except PermissionError as error:
        raise other_owner(path) from error


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    descriptor = open_lock(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
