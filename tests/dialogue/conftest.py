"""Starts programs of the project as processes of their own, in a data folder of the test's own."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from dialogue import embedded

BASE_DIR = Path(__file__).resolve().parent.parent.parent
# What pytest, its Django and its browser plugins set for themselves.
TESTS = ("PYTEST", "DJANGO_")
SETTINGS = [
    "ALLOWED_HOSTS", "DATABASE_URL", "DATA_DIR", "DEBUG", "EMAIL_URL", "LOG_LEVEL", "PORT", "REDIS_URL", "SECRET_KEY",
    "SESSION_HOURS", "SITE_URL", "STATIC_ROOT",
]  # fmt: skip


def environment(data_dir: Path, **variables: str) -> dict[str, str]:
    """The surroundings of a machine where nothing is set, but for the data folder and what the test sets."""
    clean = {name: value for name, value in os.environ.items() if name not in SETTINGS and not name.startswith(TESTS)}
    return clean | {"DATA_DIR": str(data_dir), "PYTHONWARNINGS": "default"} | variables


def run(data_dir: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=BASE_DIR,
        env=environment(data_dir, **variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def own_folder():
    """Not tmp_path: every other pytest of the same user closes the folder above it to all others as it starts, and as
    root the database is another."""
    folder = Path(tempfile.mkdtemp(prefix="dialogue-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def data_dir(own_folder):
    folder = own_folder / "data"
    yield folder
    if folder.exists():
        embedded.stop(folder, even_if_used=True)


@pytest.fixture
def start(data_dir):
    """Starts a program and gives its process; what is left of it at the end of the test is killed."""
    started = []

    def start_one(*arguments: str, **variables: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=BASE_DIR,
            env=environment(data_dir, **variables),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start_one
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        process.stdin.close()
