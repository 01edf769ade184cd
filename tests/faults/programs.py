"""The product's own programs as real processes, with the clock and the patience that a test needs.

Nothing is taken out of them: Celery's worker forks its pool, beat keeps its lock in PostgreSQL, mail goes over SMTP. What
differs is said on the command line: how often the timetable sends, how long a dead worker's claim is respected, and the
clock, which follows a file, so that it can be put forward and back under a program that runs.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import psycopg2
import redis

from tests.dialogue.conftest import BASE_DIR, environment

BOOT = """
import importlib, json, os, sys, threading, time, warnings
from datetime import datetime
import time_machine

options = json.loads(sys.argv.pop(1))
clock = options["clock"]

def read():
    with open(clock) as file:
        return file.read()

travel = time_machine.travel(datetime.fromisoformat(read()), tick=True)
traveller = travel.start()

def follow():
    seen = read()
    while True:
        time.sleep(0.05)
        if (text := read()) != seen:
            seen = text
            traveller.move_to(datetime.fromisoformat(text), tick=True)

threading.Thread(target=follow, daemon=True).start()
from celery.signals import worker_process_init
worker_process_init.connect(lambda **_: threading.Thread(target=follow, daemon=True).start(), weak=False)

from dialogue.celery import app
import django
django.setup()
for name, value in options["set"].items():
    module, _dot, attribute = name.rpartition(".")
    owner = importlib.import_module(module)
    before = getattr(owner, attribute)
    setattr(owner, attribute, type(before)(seconds=value) if hasattr(before, "total_seconds") else value)
if options["every"]:
    for entry in app.conf.beat_schedule.values():
        entry["schedule"] = options["every"]
app.conf.broker_transport_options = {**app.conf.broker_transport_options, "visibility_timeout": 5}
from django.conf import settings
settings.EMAIL_TIMEOUT = 2
exec(options["run"]) if options["run"] else app.start(sys.argv[1:])
"""
WORKER = ["worker", "--loglevel", "INFO", "--concurrency", "1", "--without-gossip", "--without-mingle"]
BEAT = ["beat", "--loglevel", "INFO", "--pidfile", ""]
# The lock is looked after every second, and a digest that was claimed by a dead worker is free again after three.
IMPATIENT = {"dialogue.beat.CHECK_SECONDS": 1, "deadlines.services.digests.LEASE": 3}


class Program:
    """A process with its log in a file."""

    def __init__(self, name: str, folder: Path, arguments: list[str], options: dict, variables: dict[str, str]):
        self.name = name
        self.log = folder / f"{name}-{time.monotonic_ns()}.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", BOOT, json.dumps(options), *arguments],
                cwd=BASE_DIR,
                env=environment(folder / "data", **variables),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def kill(self) -> None:
        """SIGKILL to the process and all that it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def lives(self) -> bool:
        return self.process.poll() is None


class Programs:
    """Starts programs on one database and one clock; what is left of them is killed at the end."""

    def __init__(self, folder: Path, variables: dict[str, str]):
        self.folder, self.variables = folder, variables
        self.started: list[Program] = []
        self.clock = folder / f"clock-{time.monotonic_ns()}"

    def set_clock(self, moment: datetime) -> None:
        draft = self.clock.with_suffix(".draft")
        draft.write_text(moment.isoformat())
        draft.replace(self.clock)

    def start(self, name, arguments=(), *, run="", every=None, mail="", sets=None) -> Program:
        options = {"clock": str(self.clock), "set": IMPATIENT | (sets or {}), "every": every, "run": run}
        variables = self.variables | ({"EMAIL_URL": mail} if mail else {})
        program = Program(name, self.folder, list(arguments), options, variables)
        self.started.append(program)
        return program

    def worker(self, **options) -> Program:
        return self.start("worker", WORKER, **options)

    def beat(self, *, every: float = 2, **options) -> Program:
        return self.start("beat", BEAT, every=every, **options)

    def run(self, code: str, **options) -> str:
        """Runs Python in the product and gives what it printed."""
        program = self.start("run", run=code, **options)
        assert program.process.wait(120) == 0, program.said()
        return program.said()

    def wait(self, condition, what: str, seconds: float = 60):
        """Asks until it is so. A server that is down meanwhile is no answer."""
        deadline = time.monotonic() + seconds
        while True:
            with contextlib.suppress(OSError, LookupError, psycopg2.Error, redis.RedisError):
                if found := condition():
                    return found
            if time.monotonic() > deadline:
                logs = "\n\n".join(f"== {one.name}\n{one.said()[-4000:]}" for one in self.started)
                raise AssertionError(f"Not within {seconds} seconds: {what}.\n{logs}")
            time.sleep(0.02)

    def end(self) -> None:
        for program in self.started:
            program.kill()
