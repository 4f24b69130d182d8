"""Whose report it is, for which year, and when it was published: told by the text, never by file metadata."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice, pairwise

from parsers import divisions
from parsers.characters import key
from parsers.document import Document
from parsers.furniture import DATED_SOURCE

_DIGITS = str.maketrans("〇零○一二三四五六七八九０１２３４５６７８９", "00" + "0123456789" + "0123456789")
_YEAR = r"(?:[12]\s*[0-9０-９]\s*[0-9０-９]\s*[0-9０-９]|二[〇零○][〇零○一二三四五六七八九]{2})"
_SUBJECT = re.compile(
    rf"(?:政府|政务)?\s*信\s*息\s*公\s*开\s*(?:工\s*作)?\s*(?:情\s*况)?\s*(?:的)?\s*(?:(?P<year>{_YEAR})\s*年?)?"
    r"\s*(?:年\s*度|年)?\s*(?:工\s*作)?\s*(?:情\s*况)?(?:的)?\s*(?:年\s*报|报\s*告)"
)
_YEAR_IN_HEAD = re.compile(rf"[（(\[]?(?P<year>{_YEAR})\s*(?:年\s*度|年)?[）)\]]?")
_BEHIND = re.compile(rf"\s*[（(\[](?:(?P<year>{_YEAR})\s*年?度?|(?P<agency>[^）)\]\d]{{4,30}}))[）)\]]")
_ROUND_A_NAME = re.compile(r"^附件\s*\d*[:：]?|\s|[《》“”]|^关于|关于$")
_BESIDE_A_NAME = re.compile(
    r"^【[^】]*】|^[\[［][^\]］]*[\]］]|^(?:年度|度)|^(?:公布|发布|公开)(?!办|室)|(?:年度|的)$|关于$|(?:公布|发布)$|[（(]原[^）)]*[）)]"
)
_NOT_OF_NAMES = re.compile(r"[，。；：:,;!！?？|]")
_NO_NAME = re.compile(r"(?:本|我)?(?:单位|机关|部门|局)|政府|\d+年?度?|法治")
_CITING = re.compile(r"根据|按照|依照|依据|遵照|参照|比照|对照|对于|详见|附件|联系|抄送|主送|报送")
"""How words begin that name somebody else than the report's agency: its superior, or the one it follows."""
_PASSED_ON = re.compile(r"转发|转载|印发|报送|上报")
_MADE_PUBLIC = r"(?:现|特|予以|现予|向社会|面向社会|全文|对外)*(?:公布|公开|发布|如下|报告如下)"
_STATED = re.compile(
    r"(?P<verb>公布|发布|公开|编制|制作|编制了|制作了|形成)?《(?P<title>[^《》]{4,60}?(?:政府|政务)信息公开[^《》]{0,12}(?:报告|年报))》"
    rf"(?P<told>{_MADE_PUBLIC})?"
)
_MADE_BY = re.compile(
    r"本(?:年度)?报告(?:是)?由([^，。,；（(]{4,40}?)(?:根据|按照|依据|编制|，|负责|办公室根据)"
)
_IN_SHORT = re.compile(
    r"([\u4e00-\u9fff]{4,30})[（(]以下(?:简称|称)[:：]?[“\"「]?([\u4e00-\u9fff]{2,14})[”\"」]?[）)]"
)
_PERIOD = re.compile(
    rf"(?:统计期限|统计数据|数据(?:的)?(?:统计)?期限|期限)[^。]{{0,24}}?(?:从|自|为)?\s*({_YEAR})\s*年\s*1\s*月\s*1\s*日"
)
_PART_OF_YEAR = re.compile(r"[上下]半年|季度|[1-9一二三四五六七八九十]月份")
_YEAR_OF = re.compile(rf"({_YEAR})\s*年")
_YEAR_OF_REPORT = re.compile(
    rf"({_YEAR})\s*年?\s*度?\s*(?:政府|政务)信息公开(?:工作)?(?:情况)?(?:年度)?(?:报告|年报)"
)
_OFFICE = re.compile(
    r"(?:政府|局|委|委员会|办|办公室|办公厅|厅|中心|院|部|署|处|所|站|队|会|公司|学校|大学|集团|街道办事处|管委会|总队|支队|街道|镇|乡|馆|社)$"
)
_DATE = re.compile(r"(\d{4})\s*[-年/.]\s*(\d{1,2})\s*[-月/.]\s*(\d{1,2})")
_DATE_TAGS = (
    "pubdate",
    "firstpublishedtime",
    "publishdate",
    "maketime",
    "article:published_time",
    "others_publishdate",
)
_DATE_LINES = (
    "发布时间",
    "发布日期",
    "公开日期",
    "公开时间",
    "发文日期",
    "成文日期",
    "生成日期",
    "日期",
    "时间",
)
_VISIBLE_DATE = re.compile(
    r"(?:发布时间|发布日期|公开日期|公开时间)\s*[:：]?\s*(\d{4}\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2})"
)
_TIME_LINE = re.compile(
    r"(?<!统计)(?<!截止)(?<!截至)(?<!起止)(?<!打印)(?<!填报)(?<!填表)(?:时间|日期)\s*[:：]\s*"
    r"(\d{4}\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2})"
)
_SOURCE = re.compile(
    r"(?:来源|发布机构|发布单位|发布部门)\s*[:：]\s*([\u4e00-\u9fff（）()]{3,40}?)"
    r"(?=\s|$|[^\u4e00-\u9fff（）()]|发布|时间|日期|作者|浏览|点击|阅读|字体|字号|打印)"
)
_CLAUSE = re.compile(
    rf"(?:^|[，。；：:\s])(?:特|现)?(?:就|将|向社会)*(?P<verb>公布|发布|公开|编制|制作)?(?:了)?"
    rf"(?P<name>[\u4e00-\u9fff（）()]{{3,30}}?)\s*{_YEAR}\s*年?\s*度?\s*(?:政府|政务)?信息公开(?:工作)?(?:年度)?(?:报告|年报)"
    rf"(?P<told>{_MADE_PUBLIC})?"
)
_BEFORE_SITE = re.compile(r"\s*[|｜_]\s*|\s+[-–—]+\s+|-{2,}|(?<=报告)[-–—]+|(?<=年报)[-–—]+")
_SIGNATURE_REACH = 8
_SHORT_LINE = 120
_AGENCY_TAGS = ("contentsource", "发布机构", "公开机构", "发文机关", "信息来源", "来源", "author")
_TITLE_REACH = 14
_NOTICE = re.compile(
    r"通知$|通知[（(]|编制工作|关于做好|关于报送|关于印发|关于编制|的通报|的函$|填报|格式$|格式[（(]试行|模板$|解读$|指南$|目录$"
)


@dataclass(frozen=True, slots=True)
class Identity:
    """What a report says of itself. ``titled`` is true when its title is that of such a report.

    ``aliases`` are the other names that the text gives the agency; ``made_by`` is whom it names as the maker
    of the report, ``period_year`` the year that its figures are of.
    """

    title: str | None
    titled: bool
    agency: str | None
    year: int | None
    published_on: date | None
    divisions: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    made_by: str | None = None
    period_year: int | None = None


def read(document: Document) -> Identity:
    """Identify a report by its title, tags and first paragraphs."""
    title = _title(document)
    named = parse_title(title or "")
    opening = " ".join(_first(document, 30))
    short = _agency(named, document, opening)
    full = _full_name(short, opening)
    agency = full if short and short.endswith("人民政府") else short
    year = (named.year if named else None) or _year(title, opening)
    titled = named is not None and not is_notice(title or "")
    made, period = _MADE_BY.search(opening), _PERIOD.search(opening)
    return Identity(
        title,
        titled,
        agency,
        year,
        _published_on(document),
        divisions.candidates(full),
        _aliases(agency, (short, full), opening),
        made[1] if made and _OFFICE.search(made[1]) else None,
        _to_year(period[1]) if period else None,
    )


def _aliases(agency: str | None, names: tuple[str | None, ...], opening: str) -> tuple[str, ...]:
    """The agency's names that are not the one it is filed under, and its name in short (以下简称)."""
    if not agency:
        return ()
    called = _IN_SHORT.findall("".join(opening.split())) if "以下" in opening else []
    shortened = [short for name, short in called if agency.endswith(name) or name.endswith(agency)]
    return tuple(dict.fromkeys(n for n in (*names, *shortened) if n and n != agency))


@dataclass(frozen=True, slots=True)
class TitleWords:
    """The agency and the year that a report's title names, each None where it does not."""

    agency: str | None
    year: int | None


@lru_cache(maxsize=1024)
def parse_title(text: str) -> TitleWords | None:
    """Read the title of such a report (政府信息公开工作年度报告, 年报); None when the text is none."""
    subject = _SUBJECT.search(text) if len(text) <= 80 and "。" not in text else None
    if subject is None or _PART_OF_YEAR.search(text):
        return None
    head = text[: subject.start()]
    years = list(_YEAR_IN_HEAD.finditer(head))
    if len({_to_year(found["year"]) for found in years}) > 1:  # 2022年-2023年: which, the text must say
        return TitleWords(_ROUND_A_NAME.sub("", head[: years[0].start()]) or None, None)
    written = years[0] if years else None
    year = _to_year(written["year"] if written else None) or _to_year(subject["year"])
    behind = _BEHIND.match(text[subject.end() :])
    year = year or _to_year(behind["year"] if behind else None)
    name = head[: written.start()] + head[written.end() :] if written else head
    name = _ROUND_A_NAME.sub("", name)
    name = _BESIDE_A_NAME.sub("", name)
    if _is_cited(name):
        return TitleWords(None, year)
    if len(name) < 3 or _NO_NAME.fullmatch(name):
        name = behind["agency"] or "" if behind else ""
        name = name if _OFFICE.search(name) else ""
    return TitleWords(name or None, year)


def _is_cited(name: str) -> bool:
    """Whether words name somebody in passing (按照某市人民政府, 某局转发县政府), or are no name at all."""
    return bool(_CITING.match(name) or _PASSED_ON.search(name) or _NOT_OF_NAMES.search(name))


def is_report_title(text: str) -> bool:
    """Whether a line is the title of such a report."""
    return parse_title(text) is not None


def is_notice(title: str) -> bool:
    """Whether a title speaks about such reports (a notice to compile them, their form) instead of being
    one's.
    """
    return bool(_NOTICE.search(title))


def _first(document: Document, count: int) -> list[str]:
    return [p.text for p in islice(document.paragraphs(), count)]


def _title(document: Document) -> str | None:
    """The title as printed; where it stands in two lines both are joined, where the page names it shorter
    the longer.
    """
    choices = list(_title_choices(document))
    fitting = [c for c in choices if is_report_title(c)]
    with_agency = [c for c in fitting if _named_in(c)]
    if with_agency or fitting:
        return (with_agency or fitting)[0]
    return choices[0] if choices else None


def _title_choices(document: Document) -> Iterator[str]:
    if document.title:
        yield _without_site(document.title)
    lines = _first(document, _TITLE_REACH)
    for index, line in enumerate(lines):
        if not is_report_title(line) and not _ends_title(lines, index):
            continue
        above = lines[index - 1] if index else ""
        joined = "".join(lines[index : index + 2]) if not is_report_title(line) else line
        if above and len(above) <= 30 and _OFFICE.search(above) and not _named_in(joined):
            yield above + joined
        yield joined
    yield from lines[:3]


def _ends_title(lines: list[str], index: int) -> bool:
    """Whether this line and the next are a title together: 某局2023年政府信息公开 / 工作年度报告."""
    pair = "".join(lines[index : index + 2])
    return (
        index + 1 < len(lines) and len(lines[index]) <= 40 and len(lines[index + 1]) <= 20
        and not is_report_title(lines[index + 1]) and is_report_title(pair)
    )  # fmt: skip


def _without_site(title: str) -> str:
    """A page's title without the site's name behind or before it."""
    parts = [p.strip() for p in _BEFORE_SITE.split(title) if p.strip()]
    return next((p for p in parts if is_report_title(p)), parts[0] if parts else title)


def _named_in(title: str) -> str | None:
    words = parse_title(title)
    return words.agency if words else None


def _agency(title: TitleWords | None, document: Document, opening: str) -> str | None:
    if title and title.agency:
        return title.agency
    for stated in _STATED.finditer(opening):
        if (stated["verb"] or stated["told"]) and (name := _named_in(stated["title"])):
            return name
    made = _MADE_BY.search(opening)
    choices = (
        *(clause["name"] for clause in _CLAUSE.finditer(opening) if clause["verb"] or clause["told"]),
        made[1] if made else "",
        *_signed(document),
        *(document.meta.get(tag, "") for tag in _AGENCY_TAGS),
        *(found[1] for line in _short_lines(document) for found in _SOURCE.finditer(line)),
    )
    return next((c for c in choices if _is_office(c)), None)


def _is_office(name: str) -> bool:
    return (
        3 <= len(name) <= 40 and bool(_OFFICE.search(name))
        and not _NO_NAME.fullmatch(name) and not _is_cited(name)
    )  # fmt: skip


def _signed(document: Document) -> Iterator[str]:
    """Who signs at the end: a line of its own with a date above or below it."""
    lines = [p.text.strip() for p in document.paragraphs()][-_SIGNATURE_REACH:]
    for above, below in pairwise(lines):
        for name, day in ((above, below), (below, above)):
            if _DATE.fullmatch(day.rstrip("日 ")) and _is_office(name):
                yield name


def _short_lines(document: Document) -> Iterator[str]:
    """The lines that may say when and by whom a page was published."""
    return (p.text for p in document.paragraphs() if len(p.text) <= _SHORT_LINE)


def _full_name(short: str | None, opening: str) -> str | None:
    """The agency's name with the divisions above it, where the text prints it so once:
    淮安市洪泽区人民政府.
    """
    if not short:
        return None
    text = re.sub(r"\s", "", opening)
    for match in re.finditer(re.escape(re.sub(r"\s", "", short)), text):
        before = text[max(0, match.start() - 24) : match.start()]
        for start in range(len(before)):
            full = before[start:] + short
            if divisions.is_chain(before[start:]) and divisions.candidates(full):
                return full
    return short


def _year(title: str | None, opening: str) -> int | None:
    period = _PERIOD.search(opening)
    if period:
        return _to_year(period[1])
    for pattern, text in ((_YEAR_OF, title or ""), (_YEAR_OF_REPORT, opening)):
        found = {_to_year(written) for written in pattern.findall(text)}
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _to_year(text: str | None) -> int | None:
    digits = re.sub(r"\s", "", text or "").translate(_DIGITS)
    return int(digits) if digits.isdigit() and 2000 <= int(digits) <= 2100 else None


def _published_on(document: Document) -> date | None:
    """The date of publication by the page's tags, else by the line that states it."""
    meta = document.meta
    for name in (*_DATE_TAGS, *_DATE_LINES):
        found = to_date(meta.get(name) or meta.get(key(name), ""))
        if found:
            return found
    for pattern in (_VISIBLE_DATE, DATED_SOURCE, _TIME_LINE):
        for line in _short_lines(document):
            match = pattern.search(line)
            if match and (found := to_date(match[1])):
                return found
    return None


def to_date(text: str) -> date | None:
    """A date written 2024-01-31, 2024-01-31 10:20:30, 2024-01-31-10:20:30 or 2024年1月31日."""
    match = _DATE.search(text)
    if not match:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
