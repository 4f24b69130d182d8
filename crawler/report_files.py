"""The files that a report's page leads to: links, frames, viewers, scripts, and images of its pages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl

from lxml import etree

from crawler.families import Family
from crawler.page import FILE_EXTENSION, Link, Page
from crawler.titles import TitleKind, title_kind

#: A page with less to read than this bears its report elsewhere, in a file or in images.
LITTLE_TEXT = 600

_DOWNLOAD_WORD = re.compile(r"附件|下载|点击(?:查看|下载|这里)|全文|原文|正文|PDF|Word|扫描件|文本", re.I)
_DOWNLOAD_URL = re.compile(r"down|attach|file|upload|annex|fujian|fj\b|getdoc|readfile|stream", re.I)
_VIEWER_FIELDS = ("file", "url", "src", "pdf", "path", "furl")
_IN_SCRIPT = re.compile(
    r"""["']([^"'\s<>\\]{1,300}\.(?:pdf|docx?|wps|ofd|xlsx?))(?:\?[^"'\s<>]{0,200})?["']""", re.I
)
_PICTURE = re.compile(r"\.(?:jpe?g|png|bmp|gif|tiff?)$", re.I)
_ORNAMENT = re.compile(
    r"logo|icon|banner|ewm|qr|erweima|weixin|wechat|weibo|share|btn|button|arrow|jiucuo|conac|dzjg|gongan|beian|"
    r"red\.png|blank|space|dot|line|bg|head|foot|/static/|/theme|/skin|/template|/style|/css/",
    re.I,
)
_SMALL = 200
_MOST_PICTURES = 40


@dataclass(frozen=True, slots=True)
class ReportFile:
    """One file, and why it is taken for the report's; `is_page` where it is a page within the page,
    `is_picture` where it is one of several pictures that are the report together.
    """

    url: str
    label: str
    reason: str
    is_page: bool = False
    is_picture: bool = False


def report_files(page: Page, family: Family) -> Iterator[ReportFile]:
    """Every file of a report's page; what its label names as something else is left out."""
    offered = {link.url: link for link in (*family.attachments(page), *_downloads(page))}
    for link in offered.values():
        if title_kind(link.label) is not TitleKind.NEAR_MISS:
            yield ReportFile(link.url, link.label, "a file of the report")
    yield from _framed(page)
    for match in _IN_SCRIPT.finditer(page.scripts_text):
        if url := page.resolve(match.group(1)):
            yield ReportFile(url, "", "a file that the page's script shows")
    pictures = _pictures(page)
    if pictures and page.main_text_length < LITTLE_TEXT:
        for url in pictures:
            yield ReportFile(url, "", "a page of the report as an image", is_picture=len(pictures) > 1)


def _downloads(page: Page) -> Iterator[Link]:
    """Links whose words offer a file and whose address is a download program's."""
    for link in page.links:
        if link.kind != "anchor":
            continue
        if _offers_file(link.label, link.url):
            yield link


@lru_cache(maxsize=16384)
def _offers_file(label: str, url: str) -> bool:
    if FILE_EXTENSION.search(label):
        return True
    return bool(_DOWNLOAD_WORD.search(label) and _DOWNLOAD_URL.search(url.partition("://")[2]))


def _framed(page: Page) -> Iterator[ReportFile]:
    """What a frame or a viewer shows: a file, or a page of the same host."""
    host = page.url.partition("://")[2].partition("/")[0]
    for link in page.links:
        if link.kind != "frame":
            continue
        path, _, query = link.url.partition("?")
        fields = dict(parse_qsl(query))
        shown = next(
            (fields[name] for name in _VIEWER_FIELDS if FILE_EXTENSION.search(fields.get(name, ""))), ""
        )
        if shown and (url := page.resolve(shown)):
            yield ReportFile(url, link.text, "a file in a viewer")
        elif FILE_EXTENSION.search(path):
            yield ReportFile(link.url, link.text, "a file in a frame")
        elif path.partition("://")[2].startswith(f"{host}/"):
            yield ReportFile(link.url, link.text, "a frame of the report", is_page=True)


def _pictures(page: Page) -> list[str]:
    """The images of the page's body, in order, without ornaments."""
    if page.root is None:
        return []
    found = (_picture(page, element) for element in page.root.iter("img"))
    return list(dict.fromkeys(url for url in found if url))[:_MOST_PICTURES]


def _picture(page: Page, element: etree._Element) -> str | None:
    source = element.get("data-original") or element.get("data-src") or element.get("src") or ""
    sizes = (_pixels(element.get(name, "")) for name in ("width", "height"))
    if any(0 < size < _SMALL for size in sizes) or _ORNAMENT.search(source.rpartition("://")[2]):
        return None
    url = page.resolve(source)
    return url if url and _PICTURE.search(url.partition("?")[0]) else None


def _pixels(text: str) -> int:
    match = re.match(r"\s*(\d+)(?:px)?\s*$", text)
    return int(match.group(1)) if match else 0
