"""A real mail server for tests, which does to each recipient what the test asks of it."""

import contextlib
import socket
import threading
from collections.abc import Callable
from email import message_from_bytes
from email.message import Message

TAKE, LATER, NEVER, STALL, LOSE = "take", "later", "never", "stall", "lose"


class MailServer:
    """Speaks just enough SMTP; ``letters`` are those whose text has come in, ``taken`` those that were also confirmed.

    ``does`` says for a recipient: take the letter, refuse it for now (451) or for good (550), stall (take the text in
    and never answer), or lose (take the text in and hang up). ``stall_after`` letters it stalls whoever comes.
    """

    def __init__(self, *, stall_after: int | None = None, does: Callable[[str], str] = lambda _: TAKE, port: int = 0):
        self.stall_after, self.does = stall_after, does
        self.letters: list[Message] = []
        self.taken: list[Message] = []
        self.stalled = threading.Event()
        self._over = threading.Event()
        self._clients: set[socket.socket] = set()
        self.socket = socket.create_server(("127.0.0.1", port))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def close(self) -> None:
        """Nobody is let in any more, and who is inside is thrown out."""
        self._over.set()
        # Closing alone would leave the thread that waits for the next client in the kernel's queue.
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for client in list(self._clients):
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)

    def _serve(self) -> None:
        while True:
            try:
                client, _address = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(client,), daemon=True).start()

    def _talk(self, client: socket.socket) -> None:
        self._clients.add(client)
        # A client that was killed hangs up in the middle of a word.
        with contextlib.suppress(OSError), client, client.makefile("rb") as lines:
            self._converse(client, lines)
        self._clients.discard(client)

    def _converse(self, client: socket.socket, lines) -> None:
        client.sendall(b"220 test\r\n")
        recipient = ""
        for line in lines:
            verb = line[:4].upper().strip()
            answer = b"250 ok\r\n"
            if verb == b"RCPT":
                recipient = line.partition(b"<")[2].partition(b">")[0].decode()
                answer = {LATER: b"451 later\r\n", NEVER: b"550 never\r\n"}.get(self.does(recipient), answer)
            elif verb == b"DATA":
                client.sendall(b"354 go on\r\n")
                letter = message_from_bytes(b"".join(iter(lines.readline, b".\r\n")))
                self.letters.append(letter)
                does = self.does(recipient)
                if does == STALL or (self.stall_after is not None and len(self.letters) > self.stall_after):
                    self.stalled.set()
                    self._over.wait(60)
                    return
                if does == LOSE:
                    return
                self.taken.append(letter)
            elif verb == b"QUIT":
                answer = b"221 bye\r\n"
            client.sendall(answer)
