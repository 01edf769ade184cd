"""A database for one measurement: made before, dropped after, never the developer's.

Without ``DATABASE_URL`` the embedded servers run in a temporary data folder. With it, a database of the given name is
made on that server; one that exists already is refused. The cache is always an embedded one in the temporary folder.
"""

import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent


def number(least: int, most: int):
    """An argparse type: a bounded number."""

    def read(text: str) -> int:
        value = int(text)
        if not least <= value <= most:
            raise ValueError
        return value

    read.__name__ = f"number from {least} to {most}"
    return read


def machine() -> str:
    """The size of the machine in one line, for beside the figures."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return (
        f"{os.cpu_count()} cores, {pages * size / 2**30:.0f} GB, load {os.getloadavg()[0]:.1f}, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    )


def use_django() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "dialogue.settings"
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()


@contextmanager
def _connected(url: str) -> Iterator[Any]:
    import psycopg2

    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


@contextmanager
def _made_on(url: str, name: str) -> Iterator[str]:
    # The name can't be passed as a value: it is held to letters, digits and underscores instead.
    if not re.fullmatch(r"[a-z][a-z0-9_]{2,40}", name):
        sys.exit(f"{name!r} is no plain name for a database.")
    here = urlsplit(url)
    maintenance = urlunsplit(here._replace(path="/postgres"))
    with _connected(maintenance) as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone():
            sys.exit(f"The database {name} exists already: drop it or take another --database.")
        cursor.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0")
    try:
        yield urlunsplit(here._replace(path=f"/{name}"))
    finally:
        with _connected(maintenance) as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")


@contextmanager
def own_database(name: str) -> Iterator[str]:
    """Django set up on an empty migrated database; everything is gone when the block ends. Gives the server's kind."""
    data_dir = Path(tempfile.mkdtemp(prefix="dialogue-bench-"))
    # Run by root, the embedded PostgreSQL is another user and has to get through.
    data_dir.chmod(0o711)
    url = os.environ.pop("DATABASE_URL", "")
    os.environ.pop("REDIS_URL", None)
    os.environ |= {"DATA_DIR": str(data_dir), "SECRET_KEY": "only-for-measuring-" + "x" * 40, "DEBUG": "0"}
    os.environ |= {"SITE_URL": "http://127.0.0.1", "STATIC_ROOT": str(data_dir / "static")}
    try:
        if url:
            with _made_on(url, name) as own:
                os.environ["DATABASE_URL"] = own
                with _migrated() as server:
                    yield server
        else:
            with _migrated() as server:
                yield server
    finally:
        if "django" in sys.modules:
            from dialogue import embedded

            embedded.stop(data_dir, even_if_used=True)
        shutil.rmtree(data_dir, ignore_errors=True)


@contextmanager
def _migrated() -> Iterator[str]:
    use_django()
    from django.core.management import call_command
    from django.db import connection, connections

    try:
        call_command("migrate", verbosity=0, interactive=False)
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0].split()[0]
        yield f"PostgreSQL {version}"
    finally:
        connections.close_all()
