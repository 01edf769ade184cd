"""`python -m dialogue.supervisor serve|stop`: see the package."""

import os
import signal
import sys
import time

from dialogue import embedded
from dialogue.supervisor.children import STOP_SECONDS, Child, stop_children
from dialogue.supervisor.starting import (
    check_port,
    commands_of,
    hold_lock,
    make_data_dir,
    number,
    prepare_database,
    wait_until_answering,
)
from dialogue.supervisor.state import end_leftovers, find, lives, read_state, write_state
from dialogue.supervisor.terminal import Refusal, Stop, tell

CHECK_SECONDS = 1


def _on_signal(which: int, _frame: object) -> None:
    raise Stop(signal.Signals(which).name)


def serve() -> None:
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, _on_signal)
    began = time.monotonic()
    port = number("PORT", 8000, 1, 65535)
    address = os.environ.get("BIND_ADDRESS") or "127.0.0.1"
    data_dir = make_data_dir()
    state_file = data_dir / "server.json"
    state = read_state(state_file)
    lock = hold_lock(data_dir / "server.lock", state)
    if ended := end_leftovers(state):
        tell("server", f"Ended {ended} processes that a killed server had left behind.")
    check_port(address, port)
    commands = commands_of(address, port)
    os.environ.setdefault("SITE_URL", f"http://127.0.0.1:{port}")
    needs = {"postgres": not os.environ.get("DATABASE_URL"), "valkey": not os.environ.get("REDIS_URL")}
    children: list[Child] = []
    try:
        if any(needs.values()):
            embedded.keep_running(data_dir, **needs)
        last_words = prepare_database(is_embedded=needs["postgres"])
        children = [Child(name, command) for name, command in commands.items()]
        for child in children:
            child.start()
        write_state(state_file, os.environ["SITE_URL"], children)
        wait_until_answering(address, port, children)
        if last_words:
            print(f"\n{last_words}", flush=True)
        seconds = time.monotonic() - began
        print(f"\nĐối thoại: {os.environ['SITE_URL']}   (ready after {seconds:.1f} s; Ctrl-C ends it)\n", flush=True)
        while True:
            time.sleep(CHECK_SECONDS)
            before = [child.process.pid for child in children]
            for child in children:
                child.revive()
            if before != [child.process.pid for child in children]:
                write_state(state_file, os.environ["SITE_URL"], children)
            if any(needs.values()):
                embedded.keep_running(data_dir, **needs)
    except Stop as stop:
        tell("server", f"{stop}: ending the web server, the worker and the timetable …")
    finally:
        # From here on nothing interrupts the orderly end; whoever is in a hurry has kill -9, and loses nothing.
        for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(one, signal.SIG_IGN)
        stop_children(children)
        state_file.unlink(missing_ok=True)
        os.close(lock)
    if any(needs.values()) and not embedded.stop(data_dir):
        tell("server", "The embedded servers keep running: another program still uses them.")
    tell("server", "Everything is stopped; the data is kept.")


def stop() -> None:
    """`script/stop`: ends a running server, or what a killed one has left, and then the embedded servers."""
    data_dir = make_data_dir()
    state = read_state(data_dir / "server.json")
    supervisor = find(state["supervisor"]) if state["supervisor"] else None
    if supervisor:
        supervisor.terminate()
        deadline = time.monotonic() + STOP_SECONDS + embedded.STOP_SECONDS
        while lives(supervisor) and time.monotonic() < deadline:
            time.sleep(0.05)
    end_leftovers(state)
    if not embedded.stop(data_dir, even_if_used="--now" in sys.argv[2:]):
        raise Refusal(
            "The embedded servers keep running: another program, like manage.py shell or the tests, still uses them. "
            "End it first, or script/stop --now."
        )
    print("Everything is stopped; the data is kept.")


def main() -> None:
    actions = {"serve": serve, "stop": stop}
    try:
        actions[sys.argv[1]]()
    except Stop as error:
        sys.exit(f"Stopped by {error} before the start was over; the data is kept.")
    except (Refusal, embedded.EmbeddedServerError) as error:
        sys.exit(f"\n{error}")


if __name__ == "__main__":
    main()
