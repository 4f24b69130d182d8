"""A small web server for family replicas: routes by path, answered from memory or by a function."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookies import SimpleCookie
from time import monotonic, sleep
from urllib.parse import parse_qsl, unquote, urlsplit

from nianbao.replica.serving import LoggedRequest, QuietHandler, Served

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Asked:
    """One request; `path` is decoded, `form` is the decoded body of a POST, `body` as it was sent."""

    method: str
    path: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    cookies: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""
    raw_path: str = ""


@dataclass(frozen=True)
class Answer:
    """One answer. `cut` sends only so many of the bytes that were declared, `trickle` waits so many seconds
    behind each.
    """

    body: bytes
    media_type: str = HTML
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    cut: int | None = None
    trickle: float = 0.0


Route = Answer | Callable[[Asked], Answer]


@dataclass
class Site:
    """What a replica serves, and its key: the (agency, year) of every report that is to be found.

    `routes` goes by the decoded path, `raw_routes` by the path as it was sent; `before` sees every request.
    """

    routes: dict[str, Route] = field(default_factory=dict)
    raw_routes: dict[str, Answer] = field(default_factory=dict)
    key: set[tuple[str, int]] = field(default_factory=set)
    family: str = ""
    before: Callable[[Asked], Answer | None] | None = None

    def answer(self, asked: Asked) -> Answer:
        if self.before is not None and (answer := self.before(asked)) is not None:
            return answer
        route = self.raw_routes.get(asked.raw_path) or self.routes.get(asked.path)
        if route is None:
            return MISSING
        return route if isinstance(route, Answer) else route(asked)


MISSING = Answer("<html><title>404</title><body>没有找到这个地址。</body></html>".encode(), status=404)
ROBOTS = Answer(b"User-agent: *\nDisallow: /private/\n", "text/plain")


class FamilySite(Served):
    """A replica of one family while it is served."""

    def __init__(self, site: Site, port: int = 0) -> None:
        self.site = site
        self.site.routes.setdefault("/robots.txt", ROBOTS)
        super().__init__(_Handler, port)

    def __enter__(self) -> "FamilySite":
        return self


class _Handler(QuietHandler):
    def do_GET(self) -> None:
        answer = self.server.owner.site.answer(self._asked(b""))
        self._send(answer)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._send(self.server.owner.site.answer(self._asked(body)))

    def _asked(self, body: bytes) -> Asked:
        parts = urlsplit(self.path)
        cookies = SimpleCookie(self.headers.get("Cookie", ""))
        return Asked(
            method=self.command,
            path=unquote(parts.path),
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            form=dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)),
            cookies={name: morsel.value for name, morsel in cookies.items()},
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
            raw_path=parts.path,
        )

    def _send(self, answer: Answer) -> None:
        headers = dict(self.headers.items())
        self.server.owner.requests.append(
            LoggedRequest(self.command, self.path, headers, answer.status, monotonic())
        )
        self.send_response(HTTPStatus(answer.status) if answer.status in _STATUSES else answer.status, "X")
        self.send_header("Content-Type", answer.media_type)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self._write(answer)
        if answer.cut is not None:
            self.close_connection = True

    def _write(self, answer: Answer) -> None:
        if not answer.trickle:
            self.wfile.write(answer.body if answer.cut is None else answer.body[: answer.cut])
            return
        self.close_connection = True
        with suppress(OSError):  # the other side has had enough
            for byte in answer.body:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                sleep(answer.trickle)


_STATUSES = frozenset(int(status) for status in HTTPStatus)
