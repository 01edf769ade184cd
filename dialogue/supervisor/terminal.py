"""What the person at the terminal reads, and how they end it."""

import contextlib
import subprocess
import sys
import threading

COLOURS = {"set-up": 90, "web": 36, "worker": 35, "beat": 33, "server": 32}


class Refusal(Exception):
    """The server can't start or go on; the message is for the person at the terminal."""


class Stop(Exception):
    """The person, the terminal or the system asks for an end."""


_printing = threading.Lock()


def tell(name: str, line: str) -> None:
    label = f"{name:>6} |"
    if sys.stdout.isatty():
        label = f"\033[{COLOURS[name]}m{label}\033[0m"
    # A terminal that is gone must not keep the logs' readers from reading: a full pipe would halt the web server.
    with _printing, contextlib.suppress(OSError):
        print(f"{label} {line}", flush=True)


def read_log(name: str, process: subprocess.Popen) -> None:
    for line in process.stdout:
        tell(name, line.rstrip("\n"))
