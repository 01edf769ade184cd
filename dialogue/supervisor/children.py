"""The web server, the worker and the timetable as processes: started, revived, ended."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections import deque
from pathlib import Path

from dialogue.supervisor.terminal import Refusal, read_log, tell

BASE_DIR = Path(__file__).resolve().parent.parent.parent
# Requests and tasks that are under way get this long to end.
STOP_SECONDS = 20
# A process that dies this often within this time is not going to live.
DEATHS, DEATHS_WITHIN_SECONDS = 5, 60


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
        threading.Thread(target=read_log, args=(self.name, self.process), daemon=True).start()

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


def stop_children(children: list[Child]) -> None:
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
