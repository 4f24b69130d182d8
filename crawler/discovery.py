"""Where to go next: from a site's home page to its annual reports, and nowhere else.

Pure functions of a read page. What a title says decides most (`title_kind`); the words of the column names
come from the layout that 国办公开办函〔2019〕61号 sets for the openness column (政府信息公开指南,
政府信息公开制度, 法定主动公开内容, 政府信息公开年报) and from the names seen on real sites. Links that only
look like openness are explored, best first; all else is left alone, so that news columns are never crawled.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from urllib.parse import urlsplit

from crawler.families import Family, ListItem, family_of, is_article_url, paging_of
from crawler.page import Link, Page

InScope = Callable[[str], bool]

#: From a home page the column is reached in three or four steps; more is wandering.
MAX_DEPTH = 6


class TitleKind(StrEnum):
    """What a title says of the thing it names."""

    REPORT = "report"
    COLUMN = "column"
    NEAR_MISS = "near_miss"
    NEUTRAL = "neutral"


class CandidateKind(StrEnum):
    """What following a candidate is expected to give."""

    LISTING = "listing"
    ARTICLE = "article"
    ATTACHMENT = "attachment"
    EXPLORE = "explore"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A URL worth fetching; the higher `priority` (0 to 100), the sooner. `reason` is for people to read."""

    url: str
    kind: CandidateKind
    priority: float
    reason: str
    title: str = ""
    shown_date: date | None = None


@dataclass(frozen=True, slots=True)
class PageContext:
    """What the score of a link needs to know of the page it stands on."""

    url: str
    depth: int = 0
    in_report_column: bool = False
    lists_bodies: bool = False


_OPEN = "looks like openness"
_YEAR = r"(?:(?:19|20)\d{2}|二[〇○Ｏ零0O][〇○Ｏ零0O一二][〇○Ｏ零0O一二三四五六七八九])"
_HAS_YEAR = re.compile(_YEAR)
_DISCLOSURE = r"(?:政府信息公开|政务信息公开|信息公开|政务公开|政府公开|公开)"
_ANNUAL = r"(?:年度?(?:工作)?(?:情况)?的?(?:报告|报表|总结报告)|年报|工作报告|(?:工作)?情况的?(?:年度)?报告)"

#: An annual report on disclosure, whoever the body is: 政府信息公开 … 年度报告 or 年报, in either order.
_REPORT = re.compile(
    rf"{_DISCLOSURE}(?:工作)?(?:的)?{_YEAR}?年?(?:年度)?(?:工作)?{_ANNUAL}"
    rf"|(?:年度报告|年报)[（(]?.{{0,4}}{_DISCLOSURE}"
    rf"|{_YEAR}年?度?.{{0,20}}信息公开(?:工作)?(?:总结)?报告"
)
#: The same words with no body and no year before or after them: the name of a column.
_COLUMN = re.compile(
    r"(?:政府|政务)?(?:信息)?公开(?:工作)?(?:年度(?:工作)?报告|年报)(?:专栏|栏目|列表|汇总|目录|公开|查询|展示|>){0,4}"
    r"|(?:历年|各?年度|各?部门|县区|区县|乡镇|镇街|街道|各?单位|本机关|本级|市直|[省市区县州]级?|政府){1,6}"
    r"(?:政府|政务)?(?:信息)?(?:公开)?(?:工作)?(?:年度(?:工作)?报告|年报)(?:专栏|列表|汇总)?"
    r"|年报|年度报告|工作年报|(?:政府)?信息公开(?:工作)?报告|年度工作报告|年报(?:专栏|列表|汇总|公开)"
)
#: Where 年报 or 年度报告 stands, and what says that it is another kind of report, or not a report at all.
_OTHER_REPORT = re.compile(
    r"法治政府|依法行政|普法|法治建设|政府网站(?:工作)?年度|网站(?:工作)?年度(?:工作)?报表|年度工作报表"
    r"|企业(?:信息)?(?:公示)?年报|企业年度报告|工商年报|市场主体|个体工商|农民专业合作社|合作社年报"
    r"|上市公司|住房公积金|公积金|统计(?:公报|年报|年鉴|信息)|财务(?:会计)?报告|事业单位法人|慈善|基金会"
    r"|社会组织|社会团体|民办非企业|环境信息依法披露|企业环境|环境(?:状况|质量)|质量年度报告|就业质量|社会责任"
    r"|国有资产|内部控制|绩效|审计|部门预算|预算|决算|三公经费|知识产权|水资源|海洋|地质|气象公报|消费者"
)
_NOT_A_REPORT = re.compile(
    r"(?:编制|编写|撰写|起草|报送|上报|填报|填写|做好|汇总|准备).{0,40}(?:通知|函|方案|要求|说明)$"
    r"|(?:编制|编写|报送|填报).{0,12}(?:工作|培训|会议)|(?:模板|格式|样式|范本|样表)(?:的通知)?$"
    r"|布置|部署|事宜$|(?:栏目|编制|填报|调整).{0,6}说明$|(?:政策)?解读|图解|一图读懂|第三方评估|培训班|工作会议|召开|考核|督查|测评|问卷|意见建议|征求"
)
#: The title ends as a report's does, so that the words before it are the body's name (市考核办, 督查室).
_ENDS_AS_REPORT = re.compile(rf"{_ANNUAL}(?:[（(].*[）)])?(?:\.\w{{2,4}})?$")
#: What may follow the words of a report: its kinds of copies, and notices that publish it.
_REPORT_TAIL = re.compile(
    rf"(?:{_ANNUAL})(?:[（(][^）)]*[）)])?(?:的?(?:公告|公示|通知|通告|函)|及?.{{0,4}}(?:统计表|附表|附件|报表|全文|正文)|"
    r".{0,6}版|\d{4}年?(?:度)?|(?:19|20)\d{2}.{0,6}|的?报告)?[）)]?(?:\.\w{2,4})?$"
)
#: A row cut by the list, 某局2023年政府信息公开工…
_CUT = re.compile(r"(?:…|\.{2,})\s*$")
_CUT_REPORT = re.compile(rf"{_YEAR}年?度?(?:政府|政务)?信息公开(?:工作?)?(?:年度?)?(?:工作?)?报?$")
_NEAR = re.compile(
    r"公开指南|公开制度|制度(?:规定|建设)?$|公开规定|依申请(?:公开)?$|依申请公开(?!.*(?:年度报告|年报))"
    r"|公开(?:事项)?目录|目录$|工作要点|年度工作总结|工作总结$|工作计划|工作方案|实施方案|统计公报"
    r"|政府工作报告|公开条例|公开年度计划|意见箱|监督保障|公开申请|指南$|公开标准"
)
_OPENNESS: tuple[tuple[re.Pattern[str], float], ...] = (
    (re.compile(r"政府信息公开(?:平台|专栏|专区|目录|网)?|(?:政务)?信息公开(?:平台|专栏|专区|网)?"), 70.0),
    (re.compile(r"(?:法定|政府信息)?主动公开(?:内容|目录|基本目录|信息)?|法定公开内容"), 66.0),
    (re.compile(r"(?:政府)?信息公开(?:目录|内容)|公开目录"), 62.0),
    (re.compile(r"政务公开(?:平台|专栏|专区)?|基层政务公开.*|政府公开|公开|我要看公开"), 60.0),
    (re.compile(r".{0,8}(?:部门|单位|乡镇|街道|镇街|县区|区县|机构)(?:政府|政务)?(?:信息)?公开.{0,6}"), 58.0),
    (re.compile(r"[市区县州省]?(?:政府|直属|直)?各?(?:部门|工作部门|单位|乡镇|街道|镇街|乡镇街道)"), 40.0),
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
#: The folder that holds one column per department, on which a link is followed by its name.
_BODIES_URL = re.compile(r"/(?:bm|xz|jd|zj|xzjd|jz|dw|qx|xq|zsbm)[a-z]*(?:xxgk|gk)\w*(?:/|$)", re.I)
_BODIES_TEXT = re.compile(r"部门|乡镇|街道|镇街|单位|县区|区县")
_BODY_NAME = re.compile(
    r"(?!.*(?:新闻|要闻|互动|便民|图片|视频|投诉|办事|网站|全部|通办|马上办|网办|服务中心$))"
    r"[\u4e00-\u9fff·（）()]{2,22}"
    r"(?:局|委|办|厅|院|会|署|司|处|所|队|站|中心|镇|乡|街道|办事处|政府|管委会|公司|学校|联社|协会|海关|支行|部)"
)
_SOFT_YEAR = re.compile(r"(?:19|20)\d{2}\s*年?度?")
_TRAP = re.compile(
    r"/(?:search|so|sousuo|was5|irs|govsearch|igs|nxsearch|jsearch\w*|calendar|rili|login|register|reg|print|wap|"
    r"mobile|big5|gate/big5|en|english|rss|ewm|captcha|user|sso)(?:/|$)|/(?:search|so|sousuo|login|print)\w*\."
    r"(?:s?html?|jsp|do|aspx|php)|_(?:wap|ewm)\.s?html?$|[?&](?:searchword|keyword|searchWord|q|kw|day|month|date|"
    r"riqi|print)=",
    re.I,
)
_HEAVY = re.compile(
    r"\.(?:apk|ipa|exe|msi|dmg|iso|mp4|mp3|flv|avi|wmv|wma|mov|m3u8|rmvb|swf|jpe?g|png|gif|bmp|webp|svg|ico|css|js|"
    r"json|xml|woff2?|ttf)$",
    re.I,
)
_TWIN_HOSTS = ("big5.", "wap.", "m.", "en.", "english.", "mail.", "search.")
_INDEX_NAMES = ("index", "list", "default")
_LONGEST_TITLE = 200
_LONGEST_URL = 400
_DEEPEST_PATH = 14
_TITLE_PARTS = re.compile(r"\s*[-_|—–]+\s*")
_EDGES = re.compile(r"^[\s·•●◆■▪>»\-—*]+|[\s.…>»]+$")
_BRACKETED_DATE = re.compile(r"[\[（(]?\d{4}[-./]\d{1,2}[-./]\d{1,2}[\]）)]?$")
_QUOTES = str.maketrans("", "", " \u3000\xa0\u200b《》“”\"'「」")


@lru_cache(maxsize=8192)
def title_kind(title: str) -> TitleKind:
    """Judge a title or the text of a link.

    A REPORT names disclosure and an annual report (or 年报) together with a body or a year; the same words
    alone name the COLUMN. A NEAR_MISS is an annual report on something else, or talk about disclosure that is
    no report.
    """
    text = _bare(title[:_LONGEST_TITLE])
    if len(text) < 2:
        return TitleKind.NEUTRAL
    if _COLUMN.fullmatch(text):
        return TitleKind.COLUMN
    is_report = _REPORT.search(text) is not None
    if is_report and _ENDS_AS_REPORT.search(text) and "读懂" not in text:
        return _report_or_column(text)
    if _NOT_A_REPORT.search(text):
        return TitleKind.NEAR_MISS
    if is_report and _REPORT_TAIL.search(text):
        return _report_or_column(text)
    if _CUT.search(title) and _CUT_REPORT.search(text):
        return TitleKind.REPORT
    if _OTHER_REPORT.search(text) or _NEAR.search(text):
        return TitleKind.NEAR_MISS
    return TitleKind.NEUTRAL


def _report_or_column(text: str) -> TitleKind:
    """A year or a body's name makes a report; law-based government and website tables stay other reports."""
    if re.search(r"法治政府|依法行政|政府网站(?:工作)?年度|网站年度", text):
        return TitleKind.NEAR_MISS
    if _HAS_YEAR.search(text) or len(text) > 14:
        return TitleKind.REPORT
    return TitleKind.COLUMN if text.endswith(("年报", "专栏", "列表")) else TitleKind.REPORT


def _bare(title: str) -> str:
    text = _EDGES.sub("", title.translate(_QUOTES))
    return _EDGES.sub("", _BRACKETED_DATE.sub("", text))


def is_trap(url: str) -> bool:
    """Calendars, searches, logins, mobile twins, media, and paths that grow by repeating themselves."""
    if len(url) > _LONGEST_URL:
        return True
    parts = urlsplit(url)
    if _HEAVY.search(parts.path) or _TRAP.search(url[len(parts.scheme) + 3 + len(parts.netloc) :]):
        return True
    segments = [segment for segment in parts.path.split("/") if segment]
    return len(segments) > _DEEPEST_PATH or _repeats(segments)


def _repeats(segments: list[str]) -> bool:
    """One segment three times, or a pair of segments twice in a row (/a/b/a/b/)."""
    if len(segments) < 3 or len(set(segments)) == len(segments):
        return False
    if any(segments.count(segment) > 2 for segment in segments):
        return True
    return any(segments[i : i + 2] == segments[i + 2 : i + 4] for i in range(len(segments) - 3))


def context_of(page: Page, depth: int = 0) -> PageContext:
    """The context that `score_link` asks for."""
    where = f"{page.tags.column_name} {_first_of_title(page)} {page.breadcrumb[-24:]}"
    bodies = _BODIES_URL.search(page.url) is not None or _BODIES_TEXT.search(where) is not None
    return PageContext(page.url, depth, is_report_column(page), bodies)


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
    best = max(_text_score(link.label), _url_score(link.url))
    if not best and context.lists_bodies and _BODY_NAME.fullmatch(link.label):
        best = 36.0
    return _deeper(best, context) if best else 0.0


def _deeper(score: float, context: PageContext) -> float:
    return max(1.0, score - 3.0 * context.depth)


@lru_cache(maxsize=8192)
def _text_score(label: str) -> float:
    text = _bare(label)
    return next((score for pattern, score in _OPENNESS if pattern.fullmatch(text)), 0.0)


def _url_score(url: str) -> float:
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


def is_article(page: Page) -> bool:
    """Whether the page is an article: by its tags (an article alone carries ArticleTitle) or its URL."""
    return bool(page.tags.article_title) or is_article_url(page.url)


def is_report_column(page: Page) -> bool:
    """Whether the page lists annual reports.

    By the name it gives itself (ColumnName, title, breadcrumb), or because most of its rows are titled as
    reports.
    """
    if is_article(page):
        return False
    names = (page.tags.column_name, *_TITLE_PARTS.split(page.title), *_crumbs(page)[-3:])
    if any(name and title_kind(name) is TitleKind.COLUMN for name in names):
        return True
    reports = [a for a in page.links if title_kind(a.label) is TitleKind.REPORT]
    if len(reports) < 3:
        return False
    items = family_of(page).items(page)
    return 2 * len(reports) >= len(items)


def _first_of_title(page: Page) -> str:
    return _TITLE_PARTS.split(page.title, maxsplit=1)[0]


def _crumbs(page: Page) -> list[str]:
    parts = re.split(r"\s*(?:>+|»|›|/|→|\||-{1,2}>?|::)\s*|\s{2,}|\s+", page.breadcrumb)
    return [part for part in parts if part]


def follow(
    page: Page, depth: int = 0, *, in_scope: InScope, within_report: bool = False, max_depth: int = MAX_DEPTH
) -> tuple[Candidate, ...]:
    """What to fetch after `page`, best first.

    `depth` counts the steps from the start page, `in_scope` says whether a URL is on the site,
    `within_report` that the page was fetched as an ARTICLE candidate (its files are then taken whatever it
    is called).
    A page that is not on the site itself leads only to reports and files on its own host, never farther.
    """
    family = family_of(page)
    if is_article(page):
        found = _from_article(page, family, within_report)
    elif is_report_column(page):
        found = _from_column(page, family, depth)
    else:
        found = _from_other(page, depth, within_report, max_depth)
    home = _host(page.url)
    foreign = not in_scope(page.url)
    allowed = (one for one in found if _allowed(one, page.url, home, foreign, in_scope))
    return _best_first(allowed)


def _allowed(one: Candidate, page_url: str, home: str, foreign: bool, in_scope: InScope) -> bool:
    if one.url == page_url or is_trap(one.url):
        return False
    host = _host(one.url)
    if host != home and host.startswith(_TWIN_HOSTS):
        return False
    if host == home:
        return not foreign or one.kind is not CandidateKind.EXPLORE
    if in_scope(one.url):
        return True
    named = title_kind(one.title) in {TitleKind.REPORT, TitleKind.COLUMN}
    named = named or one.kind is CandidateKind.ATTACHMENT
    return named and not foreign and host.partition(":")[0].endswith(".gov.cn")


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0]


def _best_first(found: Iterable[Candidate]) -> tuple[Candidate, ...]:
    best: dict[str, Candidate] = {}
    for one in found:
        known = best.get(one.url)
        if known is None or one.priority > known.priority:
            best[one.url] = one
    return tuple(sorted(best.values(), key=lambda one: -one.priority))


def _from_article(page: Page, family: Family, within_report: bool) -> Iterable[Candidate]:
    """The files of a report and the further pages of its body; an article that is no report leads nowhere."""
    title = page.tags.article_title or _first_of_title(page)
    if not within_report and title_kind(title) is not TitleKind.REPORT:
        return
    for link in family.attachments(page):
        yield Candidate(link.url, CandidateKind.ATTACHMENT, 90.0, "a file of the report", link.label or title)
    paging = paging_of(page)
    for url in paging.urls if paging else ():
        yield Candidate(url, CandidateKind.ARTICLE, 88.0, "a further page of the body", title)


def _from_column(page: Page, family: Family, depth: int) -> Iterable[Candidate]:
    """Every row that is not another kind of report, every page of the list, and the folders under it."""
    items = family.items(page)
    for item in _rows_of_column(page, items):
        yield _row(item)
    paging = paging_of(page)
    for url in paging.urls if paging else ():
        yield Candidate(url, CandidateKind.LISTING, 96.0, "a further page of the report column", page.title)
    taken = {item.url for item in items}
    context = PageContext(page.url, depth, True, True)
    for link in page.links:
        if link.kind != "pager" and link.url not in taken:
            yield from _branch_of_column(page, link, context)


def _rows_of_column(page: Page, items: tuple[ListItem, ...]) -> list[ListItem]:
    """The column's own rows: beside a list stand boxes of news, in other folders and with other titles.

    Where neither a title nor a folder tells the list from the boxes, every row is taken.
    """
    rows = [item for item in items if title_kind(item.title) is not TitleKind.NEAR_MISS]
    here = _folder(page.url)
    shapes = {_shape(item.url) for item in rows if title_kind(item.title) is TitleKind.REPORT}
    own = [
        item
        for item in rows
        if _below(item.url, here) or _shape(item.url) in shapes or _SOFT_YEAR.search(item.title)
    ]
    return own or rows


def _below(url: str, column: str) -> bool:
    """Below a column's folder; a column that lies at the root of its site has no folder of its own."""
    return column.count("/") > 3 and url.startswith(column)


def _row(item: ListItem) -> Candidate:
    report = title_kind(item.title) is TitleKind.REPORT
    reason = "titled as a report" if report else "a row of the report column"
    return Candidate(
        item.url, _leaf_kind(item.url), 94.0 if report else 84.0, reason, item.title, item.shown_date
    )


def _leaf_kind(url: str) -> CandidateKind:
    path = url.partition("?")[0]
    if re.search(r"\.(?:pdf|docx?|wps|xlsx?|et|ofd|rtf|zip|rar|7z|pptx?|txt|csv)$", path, re.I):
        return CandidateKind.ATTACHMENT
    if "download" in path or "down.jsp" in path or "downfile" in path:
        return CandidateKind.ATTACHMENT
    if not is_article_url(url) and re.search(r"/(?:(?:index|list|default)\w*\.\w+)?$", path):
        return CandidateKind.LISTING
    return CandidateKind.ARTICLE


def _shape(url: str) -> str:
    """The URL's folder with its numbers levelled: /zwgk/nb/202301/ and /zwgk/nb/202402/ are one shape."""
    return re.sub(r"\d+", "0", _folder(url))


def _folder(url: str) -> str:
    path = url.partition("?")[0]
    return path[: path.rfind("/") + 1]


def _branch_of_column(page: Page, link: Link, context: PageContext) -> Iterable[Candidate]:
    """A folder of the column: a year, a body, or one whose URL lies below the column's."""
    label, kind = link.label, title_kind(link.label)
    if kind is TitleKind.REPORT:
        yield Candidate(link.url, _leaf_kind(link.url), 92.0, "titled as a report", label)
        return
    if kind is TitleKind.COLUMN or link.kind == "frame":
        yield Candidate(link.url, CandidateKind.LISTING, 90.0, "named as a report column", label)
        return
    here = _folder(page.url)
    below = _below(link.url, here) and _folder(link.url) != here
    if kind is TitleKind.NEAR_MISS or is_article_url(link.url):
        return
    if _SOFT_YEAR.fullmatch(_bare(label)):
        yield Candidate(link.url, CandidateKind.LISTING, 86.0, "a year within the report column", label)
    elif below and link.kind == "anchor":
        yield Candidate(link.url, CandidateKind.LISTING, 80.0, "a folder of the report column", label)
    elif context.depth < MAX_DEPTH and _text_score(label):
        yield Candidate(link.url, CandidateKind.EXPLORE, score_link(link, context), _OPEN, label)


def _from_other(page: Page, depth: int, within_report: bool, max_depth: int) -> Iterable[Candidate]:
    """Columns and reports wherever they are linked; below `max_depth` also what looks like openness."""
    if within_report:
        for link in family_of(page).attachments(page):
            yield Candidate(link.url, CandidateKind.ATTACHMENT, 90.0, "a file of the report", link.label)
    context = context_of(page, depth)
    for link in page.links:
        if link.kind == "frame":
            yield from _frame(page, link, depth)
        elif link.kind != "pager" and (score := score_link(link, context)):
            yield from _linked(page, link, score, depth < max_depth)


def _frame(page: Page, link: Link, depth: int) -> Iterable[Candidate]:
    """A frame or a refresh is part of the page it stands on, where that page is on the way to the reports."""
    name = page.tags.column_name or _first_of_title(page)
    if depth == 0 or _url_score(page.url) or _text_score(name):
        yield Candidate(link.url, CandidateKind.EXPLORE, 68.0, "a frame of an openness page", link.text)


def _linked(page: Page, link: Link, score: float, exploring: bool) -> Iterable[Candidate]:
    kind = title_kind(link.label)
    if kind is TitleKind.REPORT:
        shown = page.shown_date(link.url)
        yield Candidate(link.url, _leaf_kind(link.url), score, "titled as a report", link.label, shown)
    elif link.kind == "attachment":
        return
    elif kind is TitleKind.COLUMN:
        yield Candidate(link.url, CandidateKind.LISTING, score, "named as a report column", link.label)
    elif exploring:
        yield Candidate(link.url, CandidateKind.EXPLORE, score, _OPEN, link.label)
