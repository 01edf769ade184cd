"""`python -m dialogue.embedded`: looks after the embedded servers of one data folder."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from dialogue.embedded import stop
from dialogue.embedded.folders import POSTGRES_PORT, make_data_dir
from dialogue.embedded.postgres import DATABASE, Postgres
from dialogue.embedded.users import ensure_running
from dialogue.embedded.valkey import Valkey

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m dialogue.embedded", description="Looks after the embedded servers of one data folder."
    )
    parser.add_argument("action", choices=["status", "stop", "psql", "pg_dump", "pg_restore"])
    parser.add_argument("--now", action="store_true", help="stop even while other programs use the servers")
    options, arguments = parser.parse_known_args()
    data_dir = make_data_dir(Path(os.environ.get("DATA_DIR") or BASE_DIR / ".data"))
    if options.action == "status":
        for server in (Postgres(data_dir), Valkey(data_dir)):
            print(f"{server.title}: {'running' if server.is_ready() else 'not running'} ({server.socket})")
    elif options.action == "stop":
        if not stop(data_dir, even_if_used=options.now):
            sys.exit("Another program still uses the embedded servers: end it first, or add --now.")
        print("The embedded servers are stopped.")
    else:
        server = Postgres(data_dir)
        ensure_running(server)
        address = ["-h", str(server.runtime), "-p", POSTGRES_PORT, "-U", DATABASE, "-d", DATABASE]
        sys.exit(subprocess.run([server.binary(options.action), *address, *arguments]).returncode)


if __name__ == "__main__":
    main()
