"""The data folder: who owns it, who may pass to it, where its sockets lie, and the local secret."""

import contextlib
import hashlib
import os
import pwd
import re
import secrets
import shutil
import stat
import struct
import subprocess
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

SYSTEM_USER = "dialogue-data"
POSTGRES_PORT = "5432"  # Only part of the socket's file name: nothing listens on the network.
# The kernel's limit is 108 bytes on Linux and 104 on macOS, with the closing zero.
LONGEST_SOCKET_PATH = 103


class EmbeddedServerError(ImproperlyConfigured):
    """An embedded server can't be started; the message says why and what helps."""


def make_data_dir(path: Path) -> Path:
    path = Path(path).expanduser().resolve()
    try:
        path.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedServerError(
            f"The data folder {path} can't be made ({error.strerror}): set DATA_DIR to a folder that you may write to."
        ) from error
    return path


def readable(path: Path) -> Path:
    if path.exists() and not os.access(path, os.R_OK):
        raise other_owner(path)
    return path


def other_owner(path: Path) -> EmbeddedServerError:
    return EmbeddedServerError(
        f"{path} belongs to another user, who has run the project here before: run it as that user, "
        "or set DATA_DIR to a folder of your own."
    )


def server_account(folder: Path) -> pwd.struct_passwd | None:
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


def let_through(folder: Path, account: pwd.struct_passwd) -> None:
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


def runtime_folder(data_dir: Path) -> Path:
    """The folder of the sockets: run/ in the data folder, or one in /tmp where that path can't name a socket."""
    folder = data_dir / "run"
    longest = len(os.fsencode(folder / f".s.PGSQL.{POSTGRES_PORT}"))
    # Addresses carry the path: a comma would be a list of hosts to libpq, % and ? have a meaning in URLs.
    if longest <= LONGEST_SOCKET_PATH and re.fullmatch(r"[A-Za-z0-9/._+-]+", str(folder)):
        return folder
    # Not $TMPDIR: two programs with different ones have to meet in the same folder.
    name = hashlib.sha256(f"{data_dir}\0{data_dir.stat().st_ino}".encode()).hexdigest()[:16]
    return Path("/tmp") / f"dialogue-{name}"  # noqa: S108 - made with mode 0700 and its owner is checked


def local_secret(data_dir: Path) -> str:
    """The SECRET_KEY of this data folder, made at the first call. Of two first calls at once, one wins for both."""
    data_dir = make_data_dir(data_dir)
    path = data_dir / "secret-key"
    with contextlib.suppress(FileNotFoundError):
        return readable(path).read_text()
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
