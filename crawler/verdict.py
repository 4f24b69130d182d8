"""What a response is, before anything is compared (design rule 4: verdict before diff).

Only ``ok`` may make a change; a block, an error or a cut-off body must never count as removal, and a page
that says in words that the article is gone must, although its status is 200. A challenge (a page that is
nothing but script and cookies) is told from a block (a shield's refusal), because a browser may pass the
first and nobody argues with the second.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from crawler.addresses import resolver
from crawler.families import drawn_lists_of, family_of, items_of, paging_of
from crawler.page import Page, read_page


class Verdict(StrEnum):
    """The outcomes of one fetch."""

    OK = "ok"
    NOT_MODIFIED = "not_modified"
    GONE = "gone"
    SOFT_GONE = "soft_gone"
    MOVED = "moved"
    BLOCKED = "blocked"
    CHALLENGE = "challenge"
    TRUNCATED = "truncated"
    TOO_LARGE = "too_large"
    EXCLUDED = "excluded"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict and, for the log, what led to it.

    ``firm``: of a block, that a shield speaks for the whole host; a bare 403 may mean one folder.
    ``shell``: of a challenge, that the page is not refused, but only a script draws it.
    """

    verdict: Verdict
    reason: str
    firm: bool = False
    shell: bool = False


_REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: Seen from the firewalls of government sites: 瑞数 answers 412, 加速乐 521 and 512, others 202.
_CHALLENGES = frozenset({202, 412, 512, 521})
_BLOCKS = frozenset({401, 403, 405, 418, 444, 468, 493, 508, 530, 567})
#: Of these, the ones that any web server sends for a single folder or method.
_BARE = frozenset({401, 403, 405})
_NOT_FOUND_URL = re.compile(
    r"/(?:(?:page|err|error)?[_-]?404(?!\d)[\w-]*|err(?:or)?(?:[_-]\w+)?|(?:page)?_?not_?found)(?:\.\w+)?/?(?:[?#]|$)",
    re.I,
)

#: 瑞数 ($_ts, r='m'), wswaf ($_ss), 加速乐 (__jsl_clearance), and two that are met on clouds.
_CHALLENGE_MARKS = re.compile(
    rb"\$_ts\s*=|\$_ss\s*=|\$_ts\.|r=['\"]m['\"]|__jsl_clearance|__jsluid|acw_sc__v2|challenge-platform"
)
_COOKIE = re.compile(rb"document\s*(?:\.\s*cookie|\[\s*['\"]cookie['\"]\s*\])\s*=")
_SENT_BACK = re.compile(rb"location\s*(?:\.|\[|=)|\.reload\s*\(")
_SHIELD = re.compile(
    r"网防G01|知道创宇|创宇盾|云防护|安全狗|玄武盾|D盾|360网站卫士|百度云加速|\bWAF\b"
    r"|访问被(?:拦截|拒绝|阻断)|(?:请求|访问|操作)(?:已|可能)?(?:被|存在).{0,12}(?:拦截|威胁|阻断|危险)"
    r"|您的(?:访问|请求|IP).{0,20}(?:异常|过于频繁|被限制|被禁止|受限|拦截|黑名单)|访问(?:过于)?频繁"
    r"|\bevent[_ ]?id\b|请(?:输入|完成)(?:图形)?(?:验证码|安全验证|验证)|滑动(?:验证|完成)|人机验证|安全验证"
    r"|Request (?:blocked|rejected)|The requested URL was rejected|Access Denied",
    re.I,
)
_GONE_WORDS = re.compile(
    r"(?:页面|网页|文章|内容|信息|文件|栏目|资源|链接)(?:已经|已|可能)?"
    r"(?:不存在|未找到|找不到|已?被?删除|已?失效|下线|过期)"
    r"|(?:您|你)?(?:访问|查看|浏览|请求|查找)的(?:页面|网页|文章|内容|信息|文件|栏目|资源|网址).{0,12}"
    r"(?:不存在|删除|找不到|无法找到|失效|下线|移除|过期)"
    r"|(?:该|此|本)(?:文章|页面|信息|内容|栏目|网页|文件)(?:已经|已)?(?:被)?(?:不存在|删除|下线|失效|撤销|过期)"
    r"|(?:找不到|没有找到|未找到|无法找到)(?:您|你)?(?:要)?(?:访问|查看|请求)?的?(?:页面|网页|内容|文件)"
    r"|404 ?(?:not found|error|错误|页面)|not found|已下线",
    re.I,
)
#: Longer than any error page's own words, shorter than an article: counted without blanks, links and scripts.
_SHORT = 400
#: A shield's page has its explanations and ids, so a little more.
_SHIELD_SHORT = 800
_SHELL_TEXT = 60
_LARGEST_SHELL = 200_000
_FEW_LINKS = 20

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip container (docx, xlsx, ofd)"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE container (doc, xls, wps)"),
    (b"{\\rtf", "rtf"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf", "7z"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG", "png"),
    (b"GIF8", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
)
_MARKUP = re.compile(
    rb"<(?:!doctype|html|head|body|script|meta|div|title|table|p|a|span|h\d|center|iframe|frameset)\b", re.I
)
_ENDS = {"pdf": b"startxref", "zip container (docx, xlsx, ofd)": b"PK\x05\x06"}
_BINARY_URL = re.compile(r"\.(?:pdf|docx?|wps|xlsx?|et|ofd|rtf|odt|zip|rar|7z|pptx?)(?:$|[?#])", re.I)


class _Answer:
    """One response, its page read when first asked for."""

    def __init__(
        self,
        status: int,
        headers: Mapping[str, str],
        body: bytes,
        url: str,
        declared_length: int | None,
        page: Page | None,
    ) -> None:
        self.status, self.headers, self.body, self.url = status, headers, body, url
        self.declared_length = declared_length
        self._given = page

    @cached_property
    def page(self) -> Page | None:
        return self._given or _read(self.headers, self.body, self.url)

    @property
    def length(self) -> int:
        """Characters to read outside links."""
        return self.page.main_text_length if self.page else 0

    def says(self, words: re.Pattern[str], at_most: int) -> str:
        """The words found in the title or the text of a page no longer than `at_most`, else nothing."""
        if self.page is None or self.length > at_most:
            return ""
        match = words.search(f"{self.page.title} {self.page.main_text}")
        return match.group(0) if match else ""


def judge(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    url: str,
    final_url: str,
    home_url: str | None = None,
    declared_length: int | None = None,
    received_length: int | None = None,
    page: Page | None = None,
) -> Judgement:
    """Judge one response; header names in lower case, lengths in bytes as they came over the wire.

    `url` is what was asked for, `final_url` what answered (they differ where redirects were followed),
    `home_url` the site's home page: an article that leads there is gone, not moved. `page` spares a second
    parse to a caller that has read the body. What was never fetched whole only the caller knows, so
    ``excluded`` and ``too_large`` are given by it and never here.
    """
    answer = _Answer(status, headers, body, url, declared_length, page)
    by_status = _by_status(answer, home_url)
    if by_status is not None:
        return by_status
    if _is_cut(declared_length, received_length):
        return Judgement(Verdict.TRUNCATED, f"{received_length} of {declared_length} bytes received")
    if final_url != url and (gone := _leads_nowhere(url, final_url, home_url)):
        return gone
    return _by_content(answer)


def _by_status(answer: _Answer, home_url: str | None) -> Judgement | None:
    status = answer.status
    if status == 304:
        return Judgement(Verdict.NOT_MODIFIED, "status 304")
    if status in _REDIRECTS:
        return _redirected(answer, home_url)
    if status in {404, 410}:
        return Judgement(Verdict.GONE, f"status {status}")
    if status in _CHALLENGES or (status >= 400 and _is_challenge(answer)):
        return _challenge_or_block(answer)
    if status in _BLOCKS:
        firm = status not in _BARE or bool(answer.says(_SHIELD, _SHIELD_SHORT))
        return Judgement(Verdict.BLOCKED, f"status {status}", firm)
    if status == 206 or not 200 <= status < 300:
        return _failed(answer)
    return None


def _redirected(answer: _Answer, home_url: str | None) -> Judgement:
    target = resolver(answer.url)(answer.headers.get("location", ""))
    if target is None:
        return Judgement(Verdict.ERROR, f"status {answer.status} without a location that can be followed")
    moved = Judgement(Verdict.MOVED, f"status {answer.status} to {target}")
    return _leads_nowhere(answer.url, target, home_url) or moved


def _leads_nowhere(url: str, target: str, home_url: str | None) -> Judgement | None:
    """An error page, or the home page when something else was asked for."""
    if _NOT_FOUND_URL.search(target) and not _NOT_FOUND_URL.search(url):
        return Judgement(Verdict.SOFT_GONE, f"sent on to an error page, {target}")
    if _is_home(url, home_url) or not _is_home(target, home_url, like=url):
        return None
    return Judgement(Verdict.SOFT_GONE, f"sent on to the home page, {target}")


def _is_home(url: str, home_url: str | None, like: str | None = None) -> bool:
    """Whether the URL is the site's home, or the root of the host that `like` is on."""
    plain = _plain(url)
    if home_url is not None and plain == _plain(home_url):
        return True
    return "/" not in plain and (like is None or plain == _plain(like).partition("/")[0])


def _plain(url: str) -> str:
    """Without scheme, www and index page: http://a.cn/index.html and https://www.a.cn are one place."""
    rest = url.partition("#")[0].partition("://")[2].lower().removeprefix("www.")
    return re.sub(r"/(?:index|default)\.\w+$", "", rest).rstrip("/")


def _is_cut(declared: int | None, received: int | None) -> bool:
    return declared is not None and received is not None and received < declared


def _challenge_or_block(answer: _Answer) -> Judgement:
    if answer.status == 202 and answer.length > _SHORT:
        return _by_content(answer)
    if not _is_challenge(answer) and answer.says(_SHIELD, _SHIELD_SHORT):
        return Judgement(Verdict.BLOCKED, f"status {answer.status} with a shield's page", firm=True)
    return Judgement(Verdict.CHALLENGE, f"status {answer.status}, the answer of a script challenge")


def _failed(answer: _Answer) -> Judgement:
    if answer.status == 206:
        return Judgement(Verdict.TRUNCATED, "status 206, a part of the content")
    if answer.says(_SHIELD, _SHIELD_SHORT):
        return Judgement(Verdict.BLOCKED, f"status {answer.status} with a shield's page", firm=True)
    return Judgement(Verdict.ERROR, f"status {answer.status}")


def _by_content(answer: _Answer) -> Judgement:
    if not answer.body.strip():
        return Judgement(Verdict.ERROR, f"status {answer.status} with an empty body")
    name = _file_type(answer.body)
    if name:
        return _file(answer, name)
    return _html(answer) if answer.page is not None else Judgement(Verdict.OK, f"status {answer.status}")


def _file_type(body: bytes) -> str | None:
    """What the first bytes say; a PDF may have a few stray ones before its own."""
    for magic, name in _MAGIC:
        if body.startswith(magic):
            return name
    return "pdf" if b"%PDF-" in body[:1024] and not _MARKUP.search(body[:1024]) else None


def _file(answer: _Answer, name: str) -> Judgement:
    """Where no length was declared, a PDF and a zip still tell by their ends whether they are whole."""
    end = answer.body.rstrip(b"\0\r\n ")[-70_000:]
    if answer.declared_length is None and name in _ENDS and _ENDS[name] not in end:
        return Judgement(Verdict.TRUNCATED, f"a {name} without its end")
    return Judgement(Verdict.OK, f"a {name} by its first bytes")


def _html(answer: _Answer) -> Judgement:
    """Only a page with little to read can be an error page, a shield's or a challenge."""
    page = answer.page
    if page is None:
        return Judgement(Verdict.OK, f"status {answer.status}")
    if _is_challenge(answer):
        return Judgement(Verdict.CHALLENGE, "a page that is only script and cookies")
    if is_shell(page) and not _is_readable(page):
        return Judgement(Verdict.CHALLENGE, "a page that only a script draws", shell=True)
    few = len(page.links) <= _FEW_LINKS and not page.tags.site_name
    if few and (words := answer.says(_SHIELD, _SHIELD_SHORT)):
        return Judgement(Verdict.BLOCKED, f"a shield's page: {words}", firm=True)
    if not page.tags.article_title and (words := answer.says(_GONE_WORDS, _SHORT)):
        return Judgement(Verdict.SOFT_GONE, f"the page says: {words}")
    if _BINARY_URL.search(answer.url) and not answer.length and not page.links:
        return Judgement(Verdict.ERROR, "an empty page where a file was asked for")
    return Judgement(Verdict.OK, f"status {answer.status}")


def _is_readable(page: Page) -> bool:
    """Whether a family reads without a browser what the script would draw: its lists, its menu, its rows."""
    family = family_of(page)
    rows = paging_of(page) or drawn_lists_of(page) or items_of(page)
    return bool(rows or family.written_links(page))


def is_shell(page: Page) -> bool:
    """Whether the page shows nothing itself and has a script that may: a single-page application's frame."""
    if page.root is None or len(page.links) > 3 or page.main_text_length > _SHELL_TEXT:
        return False
    if page.main_text_length + sum(len(link.text) for link in page.links) > _SHELL_TEXT // 2:
        return False
    if any(link.kind in ("frame", "attachment") for link in page.links):
        return False
    shown = ("img", "table", "iframe", "frame", "object", "embed", "form")
    if next(page.root.iter(*shown), None) is not None:
        return False
    return any(script.get("src") or (script.text or "").strip() for script in page.root.iter("script"))


def _is_challenge(answer: _Answer) -> bool:
    """瑞数 also writes its script into ordinary pages, so a page with something to read or follow is none."""
    page = answer.page
    if len(answer.body) > _LARGEST_SHELL or (page is not None and len(page.links) > 3):
        return False
    return _challenge_marks(answer.body) and answer.length <= _SHELL_TEXT


def _challenge_marks(body: bytes) -> bool:
    if _CHALLENGE_MARKS.search(body):
        return True
    return _COOKIE.search(body) is not None and _SENT_BACK.search(body) is not None


def _read(headers: Mapping[str, str], body: bytes, url: str) -> Page | None:
    """The page, or None where the body is not HTML by what it holds."""
    content_type = headers.get("content-type")
    if not body.strip() or (b"\0" in body[:512] and not _MARKUP.search(body[:2048])):
        return None
    if not _MARKUP.search(body[:8192]) and "html" not in (content_type or "html"):
        return None
    return read_page(body, url, content_type)
