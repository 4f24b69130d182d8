"""A large plain site for measuring crawlers: every page is built beforehand and answered from memory.

Start page → list pages of ten columns (half with links in their pager, half with a pager written by a
script) → articles of about 20 KB, all with the same sixty navigation links.
"""

import argparse
import asyncio
import random
import subprocess
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from types import TracebackType

COLUMNS = 10
PER_LIST = 20
FEATURED = 49
PARAGRAPHS = 9
WORDS = (
    "信息公开栏目申请答复文件目录群众科室时限更新审核登记网站办理数据统计会议培训检查意见电话"
    "窗口材料制度年度部门服务公布核对整理说明安排完成增加减少按时逐项及时本年上年全部"
)
PAGER_JS = """function createPageHTML(total, current, name, ext) {
  for (var n = 0; n < total; n++) {
    document.write('<a href="' + name + (n ? "_" + n : "") + "." + ext + '">' + (n + 1) + "</a> ");
  }
}
"""
_TYPES = {"html": "text/html; charset=utf-8", "js": "application/javascript", "txt": "text/plain"}


def _column_path(column: int) -> str:
    return f"/zwgk/bmxxgkml/bm{column:02d}/zfxxgknb_{40000 + column}/"


def _article_path(number: int) -> str:
    month, day = number // 28 % 12 + 1, number % 28 + 1
    name = f"2024{month:02d}/t2024{month:02d}{day:02d}_{5000000 + number}.html"
    return _column_path(number % COLUMNS) + name


def _title(number: int) -> str:
    return f"示范县第{number + 1}单位 {2021 + number % 4} 年政府信息公开工作年度报告"


def _list_name(page: int) -> str:
    return f"index_{page}.html" if page else "index.html"


def _anchor(path: str, text: str) -> str:
    return f'<li><a class="nav-item" href="{path}" target="_blank">{text}</a></li>\n'


def _navigation(pages: int) -> str:
    """Sixty links that every page repeats: home, ten columns, forty-nine articles."""
    columns = "".join(_anchor(_column_path(c), f"第{c + 1}栏政府信息公开年报") for c in range(COLUMNS))
    articles = "".join(_anchor(_article_path(n), _title(n)) for n in range(min(FEATURED, pages)))
    return _anchor("/", "首页") + columns + articles


def _page(title: str, column: str, navigation: str, main: str, article_tag: str = "") -> bytes:
    text = f"""<!DOCTYPE html>
<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<title>{title}</title>
<meta name="SiteName" content="示范县人民政府"><meta name="SiteDomain" content="plain.example">
<meta name="SiteIDCode" content="6405990001"><meta name="ColumnName" content="{column}">
<meta name="ColumnType" content="政府信息公开">{article_tag}
<script src="/static/pager.js"></script></head>
<body><ul class="nav">
{navigation}</ul>
{main}
</body></html>
"""
    return text.encode()


def _sentence(rng: random.Random) -> str:
    return "".join(rng.choices(WORDS, k=28)) + "，" + "".join(rng.choices(WORDS, k=20)) + "。"


def _article(number: int, navigation: str, rng: random.Random) -> bytes:
    style = "margin:0pt;text-indent:32pt;line-height:28pt;mso-pagination:none;"
    body = "".join(
        f'<p class="MsoNormal" style="{style}">{"".join(_sentence(rng) for _ in range(6))}</p>\n'
        for _ in range(PARAGRAPHS)
    )
    title = _title(number)
    main = f'<h1>{title}</h1>\n<div class="view TRS_UEDITOR trs_paper_default trs_word">\n{body}</div>'
    tag = f'<meta name="ArticleTitle" content="{title}">'
    return _page(title, "政府信息公开年报", navigation, main, tag)


def _pager(column: int, page: int, count: int) -> str:
    if column % 2:
        call = f'createPageHTML({count}, {page}, "index", "html");'
        return f"<script>var countPage = {count} //共多少页\nvar currentPage = {page};\n{call}</script>"
    return "".join(f'<a href="{_list_name(n)}">{n + 1}</a> ' for n in range(count))


def _item(number: int) -> str:
    return f'<li><span>2024-01-18</span><a href="{_article_path(number)}">{_title(number)}</a></li>\n'


def _lists(pages: int, column: int, navigation: str) -> dict[str, bytes]:
    numbers = range(column, pages, COLUMNS)
    count = max(1, -(-len(numbers) // PER_LIST))
    built = {}
    for page in range(count):
        part = numbers[page * PER_LIST : (page + 1) * PER_LIST]
        items = "".join(map(_item, part))
        main = f'<ul class="gl-list">\n{items}</ul>\n{_pager(column, page, count)}'
        built[_column_path(column) + _list_name(page)] = _page("年报", "政府信息公开年报", navigation, main)
    return built


def build(pages: int, seed: int = 7) -> Mapping[str, bytes]:
    """Every path of the site and its body; `/` and the folders are not doubled as index.html."""
    rng = random.Random(seed)
    navigation = _navigation(pages)
    site = {"/index.html": _page("示范县人民政府", "首页", navigation, "<h1>政府信息公开年报</h1>")}
    for column in range(COLUMNS):
        site.update(_lists(pages, column, navigation))
    for number in range(pages):
        site[_article_path(number)] = _article(number, navigation, rng)
    site["/static/pager.js"] = PAGER_JS.encode()
    site["/robots.txt"] = b"User-agent: *\nDisallow:\n"
    return site


def article_paths(pages: int) -> frozenset[str]:
    """What a crawl from the start page has to reach."""
    return frozenset(map(_article_path, range(pages)))


def _response(path: str, body: bytes, status: str = "200 OK") -> bytes:
    media_type = _TYPES[path.rsplit(".", 1)[-1]]
    head = f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


class _Connection(asyncio.Protocol):
    """One keep-alive connection; requests are GETs without a body."""

    def __init__(self, responses: Mapping[bytes, bytes], missing: bytes) -> None:
        self._responses = responses
        self._missing = missing
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        *requests, self._buffer = self._buffer.split(b"\r\n\r\n")
        for request in requests:
            target = request.split(b" ", 2)[1].partition(b"?")[0]
            self._transport.write(self._responses.get(target, self._missing))


def _responses(pages: int) -> dict[bytes, bytes]:
    ready = {path.encode(): _response(path, body) for path, body in build(pages).items()}
    index = b"index.html"
    folders = {path.removesuffix(index): r for path, r in ready.items() if path.endswith(b"/" + index)}
    return ready | folders


async def _serve(pages: int, port: int) -> None:
    responses = _responses(pages)
    missing = _response("/404.html", b"404", "404 Not Found")
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(responses, missing), "127.0.0.1", port)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


class PlainSite(AbstractContextManager["PlainSite"]):
    """The plain site in a process of its own, so that it takes no time from the crawler that is measured."""

    def __init__(self, pages: int = 2000) -> None:
        self.pages = pages
        command = [sys.executable, "-m", "nianbao.replica.plain", "--pages", str(pages)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        if not line:
            raise RuntimeError(f"the plain site ended with code {self._process.wait()} before it listened")
        self.port = int(line)

    @property
    def url(self) -> str:
        """The start page's address."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def articles(self) -> frozenset[str]:
        """The paths of all articles."""
        return article_paths(self.pages)

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m nianbao.replica.plain", description=__doc__)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    try:
        asyncio.run(_serve(options.pages, options.port))
    except KeyboardInterrupt:
        print("closed")


if __name__ == "__main__":
    main()
