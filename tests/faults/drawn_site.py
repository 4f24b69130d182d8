"""A site whose reports only a script writes, so that each of them is drawn in the browser."""

from __future__ import annotations

from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType

PAGES = 4
TITLE = "局2023年政府信息公开工作年度报告"
_SCRIPT = """
fetch('/text' + location.pathname).then(r => r.text()).then(text => {
  document.title = '某局2023年政府信息公开工作年度报告';
  document.getElementById('app').innerHTML = '<h1>' + document.title + '</h1><p>' + text + '</p>';
});
"""
_SHELL = '<!doctype html><html><body><div id="app"></div><script src="/app.js"></script></body></html>'
_ROWS = "".join(f'<li><a href="/{n}.html">第{n}{TITLE}</a></li>' for n in range(PAGES))
_ANSWERS = {
    "/": ("text/html", f"<html><title>政府信息公开年报</title><ul>{_ROWS}</ul></html>"),
    "/app.js": ("application/javascript", _SCRIPT),
    **{f"/{n}.html": ("text/html", _SHELL) for n in range(PAGES)},
    **{f"/text/{n}.html": ("text/plain", "本报告由本机关编制。" * 80) for n in range(PAGES)},
}


class DrawnSite(AbstractContextManager["DrawnSite"]):
    """It listens from construction until the end of a ``with`` block."""

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        found = _ANSWERS.get(self.path)
        media_type, text = found or ("text/plain", "not here")
        body = text.encode()
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", f"{media_type}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""
