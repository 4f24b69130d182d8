"""``python -m benchmarks.browser [--pages 40]``: how many pages a second the crawler draws in its browser.

A column on loopback links so many reports, each a shell whose script fetches its text. The crawl draws up to
four pages at once, but sends one request at a time, as everywhere; it waits no time between two. Each page
costs three requests: its document, the script (once), its text.
"""

from __future__ import annotations

import argparse
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from benchmarks.crawl.measure import CrawlFailed, our_crawl

_SCRIPT = """
fetch('/text' + location.pathname).then(r => r.text()).then(text => {
  document.title = '某局2023年政府信息公开工作年度报告';
  document.getElementById('app').innerHTML = '<h1>' + document.title + '</h1><p>' + text + '</p>';
});
"""
_SHELL = '<!doctype html><html><body><div id="app"></div><script src="/app.js"></script></body></html>'
_TEXT = "本报告由本机关编制，所列数据截至年底。" * 400


class _Site(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, pages: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages = pages
        self.drawn: set[str] = set()
        self.url = f"http://127.0.0.1:{self.server_address[1]}/"

    def answer(self, path: str) -> tuple[str, str]:
        """Media type and body."""
        if path == "/":
            title = "局2023年政府信息公开工作年度报告"
            rows = "".join(f'<li><a href="/{n}.html">第{n}{title}</a></li>' for n in range(self.pages))
            return "text/html", f"<html><title>政府信息公开年报</title><ul>{rows}</ul></html>"
        if path == "/app.js":
            return "application/javascript", _SCRIPT
        if path.startswith("/text/"):
            self.drawn.add(path)
            return "text/plain", _TEXT
        return ("text/html", _SHELL) if path.endswith(".html") else ("text/plain", "")


class _Handler(BaseHTTPRequestHandler):
    server: _Site
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        media_type, text = self.server.answer(self.path)
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", f"{media_type}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.browser", description=__doc__)
    parser.add_argument("--pages", type=int, default=40, help="reports that are drawn, 200 at most")
    pages = parser.parse_args().pages
    site = _Site(pages)
    thread = Thread(target=site.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        one = our_crawl(site.url)
    except CrawlFailed as error:
        print(f"failed: {error}", file=sys.stderr)
        return 1
    finally:
        site.shutdown()
    if len(site.drawn) != pages:
        print(f"failed: {len(site.drawn)} of {pages} pages were drawn", file=sys.stderr)
        return 1
    print(f"{pages} pages drawn in {one.wall:.1f} s, the starts of crawl and browser included:")
    print(f"  {pages / one.wall:.1f} pages/s; the crawl process alone {one.cpu:.1f} CPU s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
