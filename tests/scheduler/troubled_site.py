"""Small sites for many nights: each night they may have changed, and they may be in trouble."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import Enum, auto
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from urllib.parse import unquote, urlsplit

from nianbao.replica.reports import HTML, REPORTS, Report
from nianbao.replica.site import Resource, build_site

OFFICES = (
    "教育局", "公安局", "民政局", "司法局", "财政局", "自然资源局", "生态环境局", "住房和城乡建设局",
    "交通运输局", "水务局", "农业农村局", "商务局", "卫生健康委员会", "退役军人事务局", "应急管理局",
    "审计局", "市场监督管理局", "统计局", "医疗保障局", "林业和草原局",
)  # fmt: skip
CELL = "disclosure/licensing/decisions"


class Trouble(Enum):
    """What may be wrong with a site on a night."""

    DOWN = auto()
    """It ends every connection without an answer."""
    BROKEN = auto()
    """It answers 500."""
    REFUSING = auto()
    """Its shield answers 403."""
    CUT = auto()
    """What it sends breaks off in the middle."""
    CLOSED = auto()
    """It says on every page that it is being maintained."""


SHIELD = "<html><head><title>访问被拒绝</title></head><body>您的访问可能造成安全威胁，已被拦截</body></html>"
CLOSED = "<html><head><title>系统维护</title></head><body>网站正在维护升级中，请稍后访问。</body></html>"


@dataclass(frozen=True)
class Life:
    """What happens on a site, by the night on which it does, counted from 1."""

    office: str
    edited: int | None = None
    published: int | None = None
    troubles: Mapping[int, Trouble] = field(default_factory=dict)

    @property
    def edits(self) -> int:
        """Reports that are edited; one that is published after the edit never said anything else."""
        if self.edited is None:
            return 0
        return 2 if self.published is not None and self.published < self.edited else 1

    def reports(self, night: int) -> tuple[Report, ...]:
        base = next(r for r in REPORTS if r.year == 2023 and r.media_type == HTML and not r.variants)
        agency = f"中卫市{self.office}"
        number = 4_000_000 + OFFICES.index(self.office) * 1000
        first = replace(base, agency=agency, document_id=number, first_night=1, published=date(2026, 9, 20))
        if self.edited is not None and night >= self.edited:
            first = first.with_fact(CELL, Decimal(77))
        if self.published is None or night < self.published:
            return (first,)
        second = replace(first, year=2024, document_id=number + 1, published=date(2026, 10, 2))
        return (first, second)


class TroubledSite(AbstractContextManager["TroubledSite"]):
    """A life served on loopback. ``night`` may be set while it is; ``asked`` counts the requests."""

    def __init__(self, life: Life, *, undisturbed: Callable[[], bool] = lambda: False, port: int = 0) -> None:
        self.life = life
        self.night = 1
        self.asked = 0
        self._undisturbed = undisturbed
        self._resources = cache(lambda reports: build_site(1, reports))
        self._server = _Server(self, port)
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    @property
    def trouble(self) -> Trouble | None:
        return None if self._undisturbed() else self.life.troubles.get(self.night)

    def find(self, path: str) -> Resource | None:
        resources = self._resources(self.life.reports(self.night))
        return resources.get(path + "index.html" if path.endswith("/") else path)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, site: TroubledSite, port: int) -> None:
        self.site = site
        super().__init__(("127.0.0.1", port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "nginx"
    sys_version = ""
    wbufsize = -1
    disable_nagle_algorithm = True

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The site's clock is right, by the clock of the test."""
        shift = float(os.environ.get("SIMULATED_OFFSET", "0"))
        return super().date_time_string(time.time() + shift if timestamp is None else timestamp)

    def do_GET(self) -> None:
        site = self.server.site
        site.asked += 1
        path = unquote(urlsplit(self.path).path)
        trouble = site.trouble if path != "/robots.txt" else None
        if site.trouble is Trouble.DOWN:
            self.close_connection = True
        elif trouble is Trouble.BROKEN:
            self._send(HTTPStatus.INTERNAL_SERVER_ERROR, b"<h1>500</h1>")
        elif trouble is Trouble.REFUSING:
            self._send(HTTPStatus.FORBIDDEN, SHIELD.encode())
        elif trouble is Trouble.CLOSED:
            self._send(HTTPStatus.OK, CLOSED.encode())
        else:
            self._serve(path, cut=trouble is Trouble.CUT)

    def _serve(self, path: str, *, cut: bool) -> None:
        resource = self.server.site.find(path)
        if resource is None:
            self._send(HTTPStatus.NOT_FOUND, b"<h1>404</h1>")
            return
        self._send(HTTPStatus.OK, resource.body, resource.media_type, cut=cut)

    def _send(
        self, status: HTTPStatus, body: bytes, media_type: str = "text/html; charset=utf-8", cut: bool = False
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        if cut:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""
