"""The replica as a real web server on the loopback address, with the server's own log of what was asked."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime, parsedate_to_datetime
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from threading import Lock
from time import monotonic
from urllib.parse import unquote, urlsplit

from nianbao.replica import pages
from nianbao.replica.key import NIGHTS, ReportKey, expected
from nianbao.replica.reports import REPORTS, Report
from nianbao.replica.serving import LoggedRequest, QuietHandler, Served
from nianbao.replica.site import HTML_TYPE, Resource, build_site

BEIJING = timezone(timedelta(hours=8))
NOT_FOUND = pages.frame("提示", pages.meta(), "<h1>404</h1><p>没有找到这个地址。</p>").encode()


def _now() -> datetime:
    return datetime.now(BEIJING)


class Replica(Served):
    """The replica site. It listens from construction until `close`, or for the time of a `with` block.

    `reports` replaces the replica's own; `extra_list_pages` lengthens the report column's list; `seed`
    fixes the tokens; `clock` tells the time that the pages show.
    """

    def __init__(
        self,
        night: int = 1,
        *,
        reports: Sequence[Report] = REPORTS,
        extra_list_pages: int = 0,
        seed: int = 7,
        port: int = 0,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self.reports = tuple(reports)
        self._site_of = cache(lambda night: build_site(night, self.reports, extra_list_pages))
        self._random = random.Random(seed)
        self._visits: Counter[str] = Counter()
        self._lock = Lock()
        self._clock = clock
        self.night = night
        super().__init__(_Handler, port)

    def __enter__(self) -> "Replica":
        return self

    @property
    def night(self) -> int:
        """Which night it is: 1, or 2 when the edits are in. May be set while the site is served."""
        return self._night

    @night.setter
    def night(self, night: int) -> None:
        if night not in NIGHTS:
            raise ValueError(f"the replica has nights {NIGHTS}, not {night}")
        self._night = night
        self._site = self._site_of(night)

    @property
    def expected(self) -> tuple[ReportKey, ...]:
        """The answer key of the present night, for the reports of this replica."""
        return expected(self.night, self.reports)

    def find(self, path: str) -> Resource | None:
        return self._site.get(path + "index.html" if path.endswith("/") else path)

    def is_folder(self, path: str) -> bool:
        return f"{path}/index.html" in self._site

    def with_noise(self, path: str, body: bytes) -> bytes:
        """The page with this fetch's clock, token and visit count."""
        with self._lock:
            self._visits[path] += 1
            visits = 1000 + self._visits[path]
            token = f"{self._random.getrandbits(64):016x}"
        clock = f"{self._clock():%Y-%m-%d %H:%M:%S}"
        slots = {pages.SLOT_VISITS: str(visits), pages.SLOT_TOKEN: token, pages.SLOT_CLOCK: clock}
        for slot, text in slots.items():
            body = body.replace(slot.encode(), text.encode())
        return body


def _etag(resource: Resource) -> str:
    return f'"{sha256(resource.body).hexdigest()[:20]}"'


def _parsed(when: str) -> datetime | None:
    try:
        return parsedate_to_datetime(when)
    except ValueError:
        return None


class _Handler(QuietHandler):
    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        resource = self.server.owner.find(path)
        if resource is not None:
            self._answer(path, resource)
        elif self.server.owner.is_folder(path):
            self._send(HTTPStatus.MOVED_PERMANENTLY, b"", {"Location": path + "/"})
        else:
            body = self.server.owner.with_noise(path, NOT_FOUND)
            self._send(HTTPStatus.NOT_FOUND, body, {"Content-Type": HTML_TYPE})

    do_HEAD = do_GET

    def _answer(self, path: str, resource: Resource) -> None:
        headers = {"Content-Type": resource.media_type}
        if resource.modified is None:
            noisy = resource.media_type == HTML_TYPE
            body = self.server.owner.with_noise(path, resource.body) if noisy else resource.body
            self._send(HTTPStatus.OK, body, headers)
            return
        headers["ETag"] = _etag(resource)
        headers["Last-Modified"] = format_datetime(resource.modified.astimezone(UTC), usegmt=True)
        if self._unchanged(resource, resource.modified):
            del headers["Content-Type"]
            self._send(HTTPStatus.NOT_MODIFIED, b"", headers)
        else:
            self._send(HTTPStatus.OK, resource.body, headers)

    def _unchanged(self, resource: Resource, modified: datetime) -> bool:
        """RFC 9110 13.2.2: If-None-Match decides alone where it is given."""
        wanted = self.headers.get("If-None-Match")
        if wanted is not None:
            tags = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
            return "*" in tags or _etag(resource) in tags
        since = _parsed(self.headers.get("If-Modified-Since", ""))
        return since is not None and since.tzinfo is not None and modified <= since

    def _send(self, status: HTTPStatus, body: bytes, headers: dict[str, str]) -> None:
        asked = LoggedRequest(self.command, self.path, dict(self.headers.items()), int(status), monotonic())
        self.server.owner.requests.append(asked)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
