"""What every replica's web server shares: loopback only, silent, with a log of its own of what was asked."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any


@dataclass(frozen=True)
class LoggedRequest:
    """One request as the server saw it; `path` as sent, `at` in seconds of the monotonic clock."""

    method: str
    path: str
    headers: dict[str, str]
    status: int
    at: float


class Listening(ThreadingHTTPServer):
    """The server; handlers reach what it serves by `owner`."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, owner: Any, port: int, handler: type[BaseHTTPRequestHandler]) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", port), handler)


class Served(AbstractContextManager[Any]):
    """A site on the loopback address, from construction until `close`, with the log of what was asked."""

    def __init__(self, handler: type[BaseHTTPRequestHandler], port: int = 0) -> None:
        self.requests: list[LoggedRequest] = []
        self._server = Listening(self, port, handler)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The home page's address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait(self) -> None:
        """Block until the server is closed."""
        self._thread.join()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class QuietHandler(BaseHTTPRequestHandler):
    """Answers as government servers name themselves, and says nothing: the log is `Served.requests`."""

    server: Listening
    protocol_version = "HTTP/1.1"
    server_version = "nginx"
    sys_version = ""
    # One write per answer: header and body in two packets would wait for the client's delayed ACK.
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""
