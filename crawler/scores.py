"""How much a link is worth: its words and its address, weighed from the page it stands on."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from crawler.agencies import is_body
from crawler.families import is_article_url
from crawler.page import Link
from crawler.titles import TitleKind, bare, title_kind


@dataclass(frozen=True, slots=True)
class PageContext:
    """What the score of a link needs to know of the page it stands on.

    `bodies` are the addresses of bodies that a part of it lists; `lists_bodies` says that the whole does.
    """

    url: str
    depth: int = 0
    in_report_column: bool = False
    lists_bodies: bool = False
    bodies: frozenset[str] = frozenset()


_OPENNESS: tuple[tuple[re.Pattern[str], float], ...] = (
    (
        re.compile(r".{0,10}?(?:政府|政务)?信息公开(?:平台|专栏|专区|专题|目录|系统|栏目?|网站?|门户|首页)?"),
        70.0,
    ),
    (re.compile(r"(?:法定|政府信息)?主动公开(?:内容|目录|基本目录|信息)?|法定公开内容"), 66.0),
    (re.compile(r"(?:政府)?信息公开(?:目录|内容)|公开目录"), 62.0),
    (
        re.compile(
            r"政务公开(?:平台|专栏|专区|栏目?)?|基层政务公开.*|政府公开|公开|我要看公开|阳光政[务府]|透明政府"
        ),
        60.0,
    ),
    (re.compile(r".{0,8}(?:部门|单位|乡镇|街道|镇街|县区|区县|机构)(?:政府|政务)?(?:信息)?公开.{0,6}"), 58.0),
    (
        re.compile(
            r"(?:.{0,6}政府)?[市区县州省]?(?:直属|直)?各?(?:部门|工作部门|单位|乡镇|街道|镇街|乡镇街道)"
        ),
        40.0,
    ),
    (re.compile(r"(?:网站|站点|站内)(?:地图|导航)"), 30.0),
)
_URL_WORDS: tuple[tuple[re.Pattern[str], float], ...] = (
    (re.compile(r"(?:zf|zw)?(?:xx)?gk(?:gz)?n(?:d)?b(?:g)?|xxgknb|xxgkAnnualReport", re.I), 88.0),
    (re.compile(r"(?:^|[_\W\d])(?:nb|ndbg|gzndbg)(?:$|[_\W\d])|(?:19|20)\d\dnb", re.I), 80.0),
)
#: Words for openness itself count only as a folder's whole name: ``zwgklist.shtml`` is a template's name.
_URL_OPENNESS: tuple[tuple[re.Pattern[str], float], ...] = (
    (
        re.compile(r"(?:zf|zw)xxgk(?:ml|zl|pt|w|zt|gz)?(?:[_-]?\d+)?|xxgk(?:ml|zl|pt)(?:[_-]?\d+)?", re.I),
        60.0,
    ),
    (re.compile(r"xxgk(?:[_-]?\d+)?|[a-z]{2,4}gk(?:ml|zl|nr)?(?:[_-]?\d+)?|fdzdgk\w*|bmxxgk\w*", re.I), 52.0),
)
#: 概况 is written gk, too.
_PROFILE = re.compile(r"概况|概览|简介|介绍")
_HOME_PATH = re.compile(r"(?:\w+/)?(?:(?:index|default)\.\w+)?")
_INDEX_NAMES = ("index", "list", "default")


def best_named(link: Link, context: PageContext) -> Link:
    """The link under the most promising of the texts by which its page links to it."""
    if not link.also:
        return link
    named = (link, *(replace(link, text=text, title="") for text in link.also))
    return max(named, key=lambda one: score_link(one, context))


def score_link(link: Link, context: PageContext) -> float:
    """Priority of a link, 0 for one that is not to be followed, 100 for the column itself.

    Its own words come first, then the last segment of its URL: every page of an openness section has ``zwgk``
    somewhere in its path, and only a column that is itself so named is worth exploring.
    """
    kind = title_kind(link.label)
    if kind is TitleKind.COLUMN:
        return _deeper(100.0, context)
    if kind is TitleKind.REPORT:
        return _deeper(92.0, context)
    if kind is TitleKind.NEAR_MISS or is_article_url(link.url):
        return 0.0
    best = 0.0 if _PROFILE.search(link.label) else max(text_score(link.label), url_score(link.url))
    if not best and is_body(link.label) and _is_among_bodies(link, context):
        best = 36.0
    return _deeper(best, context) if best else 0.0


def _is_among_bodies(link: Link, context: PageContext) -> bool:
    return context.lists_bodies or link.url in context.bodies or _is_sister(link, context)


def _is_sister(link: Link, context: PageContext) -> bool:
    """The home page of another host, as sites link to those of their departments."""
    host, _, path = link.url.partition("://")[2].partition("/")
    return (
        host != context.url.partition("://")[2].partition("/")[0] and _HOME_PATH.fullmatch(path) is not None
    )


def _deeper(score: float, context: PageContext) -> float:
    return max(1.0, score - 3.0 * context.depth)


@lru_cache(maxsize=8192)
def text_score(label: str) -> float:
    """How much the words of a link promise that openness is behind it."""
    text = bare(label)
    return next((score for pattern, score in _OPENNESS if pattern.fullmatch(text)), 0.0)


def url_score(url: str) -> float:
    """The vocabulary of the URL's last segment; a number after it is the system's own (fdzdgknr_51950)."""
    path = url.partition("?")[0].partition("://")[2].partition("/")[2]
    segments = [part for part in path.split("/") if part and not part.lower().startswith(_INDEX_NAMES)]
    return _segment_score(segments[-1]) if segments else 0.0


@lru_cache(maxsize=8192)
def _segment_score(segment: str) -> float:
    name, dot, _ = segment.partition(".")
    score = next((score for pattern, score in _URL_WORDS if pattern.search(name)), 0.0)
    if score or dot:
        return score
    return next((score for pattern, score in _URL_OPENNESS if pattern.fullmatch(name)), 0.0)
