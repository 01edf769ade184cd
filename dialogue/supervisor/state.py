"""What is written down for the next start: which processes are ours, and at which address they answer."""

import contextlib
import json
import os
import time
from pathlib import Path

import psutil

from dialogue.supervisor.children import Child


def describe(pid: int) -> dict[str, float]:
    # A pid alone may be another program's by the time it is read; with the second it was born it names one process.
    return {"pid": pid, "born": psutil.Process(pid).create_time()}


def find(description: dict[str, float]) -> psutil.Process | None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(int(description["pid"]))
        if abs(process.create_time() - description["born"]) < 1.5 and lives(process):
            return process
    return None


def lives(process: psutil.Process) -> bool:
    # One that has ended and waits for a slow init to take note of it holds no port and no file any more.
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def write_state(path: Path, address: str, children: list[Child]) -> None:
    processes = []
    for child in children:
        with contextlib.suppress(psutil.NoSuchProcess):
            processes.append(describe(child.process.pid))
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps({"address": address, "supervisor": describe(os.getpid()), "children": processes}))
    draft.replace(path)


def read_state(path: Path) -> dict:
    try:
        return json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {"address": "", "supervisor": None, "children": []}


def end_leftovers(state: dict) -> int:
    """Ends the web server, worker and beat of a supervisor that was killed; their pool processes as well."""
    ended = 0
    for description in state["children"]:
        process = find(description)
        # A group outlives its leader, so children of a dead leader are looked for by its number.
        group = int(description["pid"])
        members = [process] if process else []
        for candidate in psutil.process_iter(["create_time"]):
            with contextlib.suppress(ProcessLookupError, PermissionError, psutil.Error):
                is_ours = os.getpgid(candidate.pid) == group and candidate.create_time() >= description["born"] - 1.5
                if is_ours and lives(candidate):
                    members.append(candidate)
        for member in members:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.kill()
                ended += 1
        deadline = time.monotonic() + 5
        while any(lives(member) for member in members) and time.monotonic() < deadline:
            time.sleep(0.02)
    return ended
