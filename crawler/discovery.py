"""Where to go next: from a site's home page to its annual reports, and nowhere else.

Pure functions of a read page. What a title says decides most (`crawler.titles`); the words of the column
names come from the layout that 国办公开办函〔2019〕61号 sets for the openness column (政府信息公开指南,
政府信息公开制度, 法定主动公开内容, 政府信息公开年报) and from the names seen on real sites. Links that only
look like openness are explored, best first; all else is left alone, so that news columns are never crawled.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache

from archive.capture import Kind
from crawler.agencies import is_body, is_group, listed_bodies, lists_bodies
from crawler.bodies import Body, cut_body
from crawler.families import Ask, Family, ListItem, family_of, is_article_url, items_of, paging_of
from crawler.page import FILE_EXTENSION, Link, Page
from crawler.recognised import (
    FEWEST_REPORTS,
    SOFT_YEAR,
    bears_a_report,
    could_be_a_report,
    crumbs,
    first_of_title,
    is_article,
    is_column_by_rows,
    is_report_column,
    own_title,
    reads_as_article,
    report_links,
)
from crawler.report_files import LITTLE_TEXT, report_files
from crawler.scores import (
    PageContext,
    best_named,
    score_link,
    text_score,
    url_score,
)
from crawler.titles import TitleKind, bare, title_kind
from crawler.traps import TWIN_HOSTS, is_trap, plain_twin

InScope = Callable[[str], bool]

#: From a home page the column is reached in three or four steps; more is wandering.
MAX_DEPTH = 6
#: Folders of a column that name no report lead one page farther, and no more: calendars never end.
MOST_BARREN = 2
#: However promising, nothing lies so far from the start; a site that gets here writes its links anew each
#: time.
FARTHEST = 12


class CandidateKind(StrEnum):
    """What following a candidate is expected to give."""

    LISTING = "listing"
    ARTICLE = "article"
    ATTACHMENT = "attachment"
    EXPLORE = "explore"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A URL worth fetching; the higher `priority` (0 to 100), the sooner. `reason` is for people to read.

    `row` is what a list shows of it, `ask` how it is asked for where that is not by its address, `of_article`
    says that it belongs to the report of the page it was found on, `picture` that it is one of its pictures,
    `of_body` that it is one of the pages that its body is cut into.
    """

    url: str
    kind: CandidateKind
    priority: float
    reason: str
    title: str = ""
    row: ListItem | None = None
    ask: Ask | None = None
    of_article: bool = False
    picture: bool = False
    of_body: bool = False

    @property
    def shown_date(self) -> date | None:
        """The date shown beside it."""
        return self.row.shown_date if self.row else None


@dataclass(frozen=True, slots=True)
class Place:
    """How a page was come by: pages since the start, pages since the last that named a report, and as what.

    `within_report`: the page was fetched as a report, so that its files are taken whatever it is called.
    `by_hand`: a person gave the address and wants it walked.
    `within_column`: a report column led to it as a part of itself, or a link named it as one.
    `body`: the first page of the body that it is a page of.
    """

    depth: int = 0
    barren: int = 0
    within_report: bool = False
    within_column: bool = False
    by_hand: bool = False
    body: str | None = None


_OPEN = "looks like openness"
_SOFT_TITLE = re.compile(r"年报|年度报告|公开报告|(?:19|20)\d{2}年.*报告")
_DOWNLOAD = re.compile(r"download|down\.jsp|downfile", re.I)
_INDEX = re.compile(r"/(?:(?:index|list|default)\w*\.\w+)?$")
#: One entry of a system whose addresses are all queries of its start page (WordPress).
_ENTRY = re.compile(r"//[^/]+/(?:index\.php)?\?p=\d+$")
_ANNUAL = re.compile(r"年报|年度报告|公开\s*(?:<[^>]+>\s*)*年报")
_UNDER_A_HEADING = re.compile(r"(?:19|20)\d{2}\s*年?度?|\W*(?:更多|more|查看全部|查看更多|进入)\W*", re.I)
_LOOK_WORDS = r"下载|查看|详情|点击\S{0,4}|更多|浏览|阅读|全文|打开|附件\d*|pdf|word|docx?"
_LOOK = rf"(?:[\[【（(]?(?:{_LOOK_WORDS})[\]】）)]?|>+)"
_NO_NAME = re.compile(f"{_LOOK}?", re.I)
#: The number of a row, and what its links say.
_BESIDE_A_NAME = re.compile(rf"^\d{{1,3}}(?![\d年])[、.．]?|(?:\s|{_LOOK})+$", re.I)
#: A list that names so many reports among other things is followed to its next pages, a few at a time.
_REPORTS_AMONG_OTHERS = 3
_PAGES_AHEAD = 3
_MOST_FRAMES = 12


def context_of(page: Page, depth: int = 0) -> PageContext:
    """The context that `score_link` asks for."""
    where = f"{page.tags.column_name} {first_of_title(page)} {page.breadcrumb[-24:]}"
    open_page = _is_open(page)
    return PageContext(
        page.url,
        depth,
        is_report_column(page),
        lists_bodies(page, where, open_page=open_page),
        listed_bodies(page, open_page=open_page),
    )


def _is_open(page: Page) -> bool:
    """Whether the page calls itself one on openness."""
    return text_score(page.tags.column_name or first_of_title(page)) > 0


def _is_article_at(page: Page, place: Place) -> bool:
    """Whether the page is an article where it stands. Of one that a link named as a report column, and that
    lists reports, the shape of its address alone says nothing.
    """
    if place.within_column and len(report_links(page)) >= FEWEST_REPORTS and not bears_a_report(page):
        return reads_as_article(page)
    return is_article(page)


def body_shown(page: Page, kind: Kind, first: str | None) -> Body | None:
    """The body that the page, fetched as ``kind``, is a piece of; ``first`` is its first page where that is
    known. A list has a pager too, and is none.
    """
    of_report = kind in (Kind.ARTICLE, Kind.GIVEN) or bears_a_report(page)
    if not of_report or (first is None and is_report_column(page)):
        return None
    return cut_body(page, first)


def takes_as_column(page: Page, place: Place) -> bool:
    """Whether the page is walked as a list of reports."""
    if place.body is not None or _is_article_at(page, place):
        return False
    if place.by_hand and not bears_a_report(page):
        return True
    return is_report_column(page) or (place.within_column and is_column_by_rows(page))


def follow(
    page: Page, place: Place, *, in_scope: InScope, max_depth: int = MAX_DEPTH
) -> tuple[Candidate, ...]:
    """What to fetch after `page`, best first. `in_scope` says whether a URL is on the site.

    A page that is not on the site itself leads only to reports and files on its own host, never farther.
    """
    family = family_of(page)
    if place.depth > FARTHEST:
        return ()
    if _is_article_at(page, place):
        found = _from_article(page, family, place)
    elif takes_as_column(page, place):
        found = _from_column(page, family, place)
    else:
        found = _from_other(page, family, place, max_depth)
    return _best_first(_allowed(page, found, in_scope))


def list_candidates(items: Iterable[ListItem], url: str, in_scope: InScope) -> tuple[Candidate, ...]:
    """The reports among the rows of a list that came as data; `url` is the list's address."""
    rows = (_row(item) for item in items if title_kind(item.title) is not TitleKind.NEAR_MISS)
    foreign = not in_scope(url)
    allowed = (one for one in map(_untwinned, rows) if _is_allowed(one, _host(url), foreign, in_scope))
    return _best_first(allowed)


def _allowed(page: Page, found: Iterable[Candidate], in_scope: InScope) -> Iterator[Candidate]:
    home, foreign = _host(page.url), not in_scope(page.url)
    for one in map(_untwinned, found):
        if one.url != page.url and _is_allowed(one, home, foreign, in_scope):
            yield one


def _untwinned(one: Candidate) -> Candidate:
    plain = plain_twin(one.url)
    if plain == one.url:
        return one
    return replace(one, url=plain, row=replace(one.row, url=plain) if one.row else None)


def _is_allowed(one: Candidate, home: str, foreign: bool, in_scope: InScope) -> bool:
    """`home` is the host of the page it was found on, `foreign` says that this is not the site's own."""
    if is_trap(one.url) and not (one.of_article and one.kind is CandidateKind.ATTACHMENT):
        return False
    host = _host(one.url)
    if host != home and host.startswith(TWIN_HOSTS):
        return False
    if host == home:
        return not foreign or one.kind is not CandidateKind.EXPLORE
    if in_scope(one.url):
        return True
    if one.kind is CandidateKind.ATTACHMENT and one.of_article:
        return not foreign or host.partition(":")[0].endswith(".gov.cn")
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


def _from_article(page: Page, family: Family, place: Place) -> Iterator[Candidate]:
    """The files of a report and the further pages of its body; of a mere collection, the reports it names."""
    title = own_title(page)
    if not place.within_report and title_kind(title) is not TitleKind.REPORT:
        return
    yield from _files(page, family, title)
    yield from _pages_of_body(page, place, title)
    for link in report_links(page) if page.main_text_length < LITTLE_TEXT else ():
        if link.kind == "anchor":
            yield Candidate(link.url, _leaf_kind(link.url), 87.0, "titled as a report", link.label)


def _pages_of_body(page: Page, place: Place, title: str) -> Iterator[Candidate]:
    body = cut_body(page, place.body)
    for url in body.pages if body else ():
        reason = "a further page of the body"
        yield Candidate(url, CandidateKind.ARTICLE, 88.0, reason, title, of_article=True, of_body=True)


def _files(page: Page, family: Family, title: str) -> Iterator[Candidate]:
    for file in report_files(page, family):
        kind = CandidateKind.ARTICLE if file.is_page else CandidateKind.ATTACHMENT
        label = file.label or title
        yield Candidate(file.url, kind, 90.0, file.reason, label, of_article=True, picture=file.is_picture)


def _from_column(page: Page, family: Family, place: Place) -> Iterator[Candidate]:
    """Every row that is not another kind of report, every page of the list, and the folders under it."""
    items = items_of(page)
    for item in _rows_of_column(page, items):
        yield _row(item)
    paging = paging_of(page)
    for other in paging.others if paging else ():
        if not other.body:
            yield Candidate(
                other.url, CandidateKind.LISTING, 96.0, "a further page of the report column", page.title
            )
    taken = {item.url for item in items}
    context = PageContext(page.url, place.depth, True, True)
    for link in (*page.links, *family.written_links(page)):
        if link.kind != "pager" and link.url not in taken:
            yield from _branch_of_column(page, best_named(link, context), context, place)


def _rows_of_column(page: Page, items: tuple[ListItem, ...]) -> list[ListItem]:
    """The column's own rows: beside a list stand boxes of news, in other folders and with other titles.

    Where neither a title nor a folder tells the list from the boxes, every row is taken. A row whose link
    only says 下载 goes by the words beside it.
    """
    named = (
        replace(item, title=_row_name(page.row_text(item.url)) or item.title)
        if _NO_NAME.fullmatch(item.title)
        else item
        for item in items
    )
    rows = [item for item in named if title_kind(item.title) is not TitleKind.NEAR_MISS]
    here = _folder(page.url)
    shapes = {_shape(item.url) for item in rows if title_kind(item.title) is TitleKind.REPORT}
    own = [
        item
        for item in rows
        if _below(item.url, here) or _shape(item.url) in shapes or could_be_a_report(item.title)
    ]
    return own or rows


def _row_name(text: str) -> str:
    """What a row says without its number and what its links say (5 审计局 查看 查看)."""
    return _BESIDE_A_NAME.sub("", text).strip()


def _below(url: str, column: str) -> bool:
    """Below a column's folder; a column that lies at the root of its site has no folder of its own."""
    return column.count("/") > 3 and url.startswith(column)


def _row(item: ListItem) -> Candidate:
    report = title_kind(item.title) is TitleKind.REPORT
    reason = "titled as a report" if report else "a row of the report column"
    return Candidate(item.url, _leaf_kind(item.url), 94.0 if report else 84.0, reason, item.title, row=item)


@lru_cache(maxsize=16384)
def _leaf_kind(url: str) -> CandidateKind:
    path = url.partition("?")[0]
    if FILE_EXTENSION.search(path) or _DOWNLOAD.search(path):
        return CandidateKind.ATTACHMENT
    if is_article_url(url) or _ENTRY.search(url):
        return CandidateKind.ARTICLE
    return CandidateKind.LISTING if _INDEX.search(path) else CandidateKind.ARTICLE


def _is_leaf(url: str) -> bool:
    return _leaf_kind(url) is not CandidateKind.LISTING


def _shape(url: str) -> str:
    """The URL's folder with its numbers levelled: /zwgk/nb/202301/ and /zwgk/nb/202402/ are one shape."""
    return re.sub(r"\d+", "0", _folder(url))


def _folder(url: str) -> str:
    path = url.partition("?")[0]
    return path[: path.rfind("/") + 1]


def _branch_of_column(page: Page, link: Link, context: PageContext, place: Place) -> Iterator[Candidate]:
    """A folder of the column: a year, a body, or one whose URL lies below the column's."""
    label, kind = link.label, title_kind(link.label)
    if kind is TitleKind.REPORT:
        leaf = _leaf_kind(link.url)
        row = (
            ListItem(link.url, label, page.shown_date(link.url))
            if leaf is not CandidateKind.LISTING
            else None
        )
        yield Candidate(link.url, leaf, 92.0, "titled as a report", label, row=row)
        return
    if place.barren >= MOST_BARREN:
        return
    if kind is TitleKind.COLUMN or link.kind == "frame":
        yield _column(page, link, 90.0)
        return
    here = _folder(page.url)
    near = _below(link.url, here) or _folder(link.url) == here
    below = near and _folder(link.url) != here
    if kind is TitleKind.NEAR_MISS or is_article_url(link.url):
        return
    if near and (_SOFT_TITLE.search(label) or _is_body_s_page_of_a_year(page, link)):
        row = ListItem(link.url, label, page.shown_date(link.url))
        yield Candidate(link.url, _leaf_kind(link.url), 83.0, "named like a report", label, row=row)
        return
    if SOFT_YEAR.fullmatch(bare(label)):
        yield Candidate(link.url, CandidateKind.LISTING, 86.0, "a year within the report column", label)
    elif below and link.kind == "anchor":
        yield Candidate(link.url, CandidateKind.LISTING, 80.0, "a folder of the report column", label)
    elif is_body(label) and link.kind == "anchor":
        yield Candidate(link.url, CandidateKind.EXPLORE, 72.0, "a body named in the report column", label)
    elif context.depth < MAX_DEPTH and text_score(label):
        yield Candidate(link.url, CandidateKind.EXPLORE, score_link(link, context), _OPEN, label)


def _is_body_s_page_of_a_year(page: Page, link: Link) -> bool:
    """What a page that is called by a year names by a body alone is that body's report."""
    if not is_body(link.label) or not _is_leaf(link.url):
        return False
    names = (page.tags.column_name, first_of_title(page), *crumbs(page)[-1:])
    return any(SOFT_YEAR.fullmatch(bare(name)) for name in names)


def _column(page: Page, link: Link, score: float) -> Candidate:
    """A list named as one of reports; some are asked for at another address than their own."""
    ask = family_of(page).ask_for(page, link.url)
    reason = "a frame of the report column" if link.kind == "frame" else "named as a report column"
    return Candidate(link.url, CandidateKind.LISTING, score, reason, link.label, ask=ask)


def _from_other(page: Page, family: Family, place: Place, max_depth: int) -> Iterator[Candidate]:
    """Columns and reports wherever they are linked; below `max_depth` also what looks like openness."""
    if place.within_report:
        yield from _files(page, family, "")
        yield from _pages_of_body(page, place, "")
    context = context_of(page, place.depth)
    exploring = place.depth < max_depth
    headed = _ANNUAL.search(page.text) is not None
    open_page = _is_open(page)
    for link in (*page.links, *family.written_links(page)):
        if link.kind == "frame":
            if exploring and _looks_into_frames(page, place):
                yield Candidate(
                    link.url, CandidateKind.EXPLORE, 68.0, "a frame of an openness page", link.text
                )
        elif headed and _names_a_part(link.label) and (name := _column_heading(page, link)):
            yield _under_heading(page, link, name)
        elif link.kind != "pager" and (score := score_link(named := best_named(link, context), context)):
            yield from _linked(page, named, score, exploring)
        elif open_page and SOFT_YEAR.fullmatch(bare(link.label)) and _is_leaf(link.url):
            row = ListItem(link.url, link.label, page.shown_date(link.url))
            reason = "named by a year alone, on an openness page"
            yield Candidate(link.url, _leaf_kind(link.url), 64.0, reason, link.label, row=row)
    if exploring:
        yield from _next_pages(page)


def _next_pages(page: Page) -> Iterator[Candidate]:
    """Of a list that names reports among other things, as a tab of a column or a board of notices may.

    It is no column, so that nothing but the reports is taken from it; each page with reports leads a few on.
    """
    reports = report_links(page)
    if len(reports) < _REPORTS_AMONG_OTHERS:
        return
    rows = {item.url for item in items_of(page)}
    listed = [a for a in reports if a.url in rows or page.shown_date(a.url) is not None]
    paging = paging_of(page) if len(listed) >= _REPORTS_AMONG_OTHERS else None
    if paging is None:
        return
    for ask in paging.others[paging.current - 1 :][:_PAGES_AHEAD]:
        if not ask.body:
            reason = "a further page of a list that names reports"
            yield Candidate(ask.url, CandidateKind.EXPLORE, 60.0, reason, page.title)


def _names_a_part(label: str) -> bool:
    """A year, a body, several bodies, or 更多: what may be a part of the column it stands under."""
    return _UNDER_A_HEADING.fullmatch(label) is not None or is_body(label) or is_group(label)


def _column_heading(page: Page, link: Link) -> str:
    """The name of a report column under which a link of no name stands: a year, a body, 更多."""
    return next((text for text in page.headings(link.url) if title_kind(text) is TitleKind.COLUMN), "")


def _under_heading(page: Page, link: Link, name: str) -> Candidate:
    """A part of the column, or a report's file that is named by its year or body alone."""
    reason = f"under the heading {name}"
    if link.kind != "attachment":
        return Candidate(link.url, CandidateKind.LISTING, 95.0, reason, name)
    row = ListItem(link.url, link.label, page.shown_date(link.url))
    return Candidate(link.url, CandidateKind.ATTACHMENT, 84.0, reason, link.label, row=row)


def _looks_into_frames(page: Page, place: Place) -> bool:
    """A frame or a refresh is part of its page, where that is on the way to the reports or nothing else."""
    name = page.tags.column_name or first_of_title(page)
    if place.depth == 0 or url_score(page.url) or text_score(name):
        return True
    frames = sum(link.kind == "frame" for link in page.links)
    return frames <= _MOST_FRAMES and len(page.links) - frames <= 3


def _linked(page: Page, link: Link, score: float, exploring: bool) -> Iterator[Candidate]:
    kind = title_kind(link.label)
    if kind is TitleKind.REPORT:
        row = ListItem(link.url, link.label, page.shown_date(link.url))
        yield Candidate(link.url, _leaf_kind(link.url), score, "titled as a report", link.label, row=row)
    elif link.kind == "attachment":
        return
    elif kind is TitleKind.COLUMN:
        yield _column(page, link, score)
    elif exploring:
        yield Candidate(link.url, CandidateKind.EXPLORE, score, _OPEN, link.label)
