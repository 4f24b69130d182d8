"""What every family's replica publishes: the same invented county, its reports and what is near to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from html import escape

from nianbao.replica.body import render_html
from nianbao.replica.families.server import Answer
from nianbao.replica.pdf import render_pdf
from nianbao.replica.reports import HTML, Report

SITE_NAME = "沙坡头区信息公开演示网"
SITE_ID_CODE = "6405020001"
COLUMN_NAME = "政府信息公开年报"
BODIES = ("教育局", "财政局", "水务局", "审计局", "卫生健康局")
TOWNS = ("柔远镇", "镇罗镇", "宣和镇")
YEARS = (2021, 2022, 2023, 2024)
PER_PAGE = 6


@dataclass(frozen=True)
class Entry:
    """One row of a list: a report, or something that only looks like one."""

    number: int
    title: str
    day: date
    report: Report | None = None
    text: str = ""

    @property
    def body(self) -> str:
        return _body_of(self)


@cache
def _body_of(entry: Entry) -> str:
    return render_html(entry.report) if entry.report else f"<p>{escape(entry.text)}</p>"


def _report(agency: str, year: int, number: int) -> Entry:
    day = date(year + 1, 1, 9) + timedelta(days=number % 20)
    facts = {
        "disclosure/licensing/decisions": Decimal(number % 37),
        "requests/received/individual": Decimal(number % 5),
        "requests/received/total": Decimal(number % 5),
        "requests/granted/individual": Decimal(number % 5),
        "requests/granted/total": Decimal(number % 5),
        "requests/handled/individual": Decimal(number % 5),
        "requests/handled/total": Decimal(number % 5),
    }
    edition = "2021" if year >= 2021 else "2019"
    report = Report(agency, year, edition, day, number, HTML, invented=True, facts=facts)
    return Entry(number, report.title.replace(" ", ""), day, report)


NEAR_MISSES: Sequence[Entry] = (
    Entry(9001, "沙坡头区2023年法治政府建设年度报告", date(2024, 3, 1), text="学法四次。"),
    Entry(9002, "关于做好2023年政府信息公开工作年度报告编制的通知", date(2023, 12, 20), text="请按时报送。"),
    Entry(9003, "沙坡头区2023年政府网站工作年度报表", date(2024, 1, 30), text="网站运行平稳。"),
    Entry(9004, "沙坡头区政府信息公开指南", date(2022, 5, 1), text="可以当面或寄信申请。"),
)
NEWS: Sequence[Entry] = tuple(
    Entry(9100 + n, f"区里{topic}", date(2024, 3, 1) + timedelta(days=n), text="来了不少人。")
    for n, topic in enumerate(("看望老人", "办培训班", "检查食堂", "开座谈会", "清理旧文件", "查看供暖"))
)


@cache
def reports() -> tuple[Entry, ...]:
    """The reports of the county's bodies, newest first: 20 of them."""
    found = [
        _report(f"沙坡头区{body}", year, 4000 + 100 * index + year % 100)
        for year in YEARS
        for index, body in enumerate(BODIES)
    ]
    return tuple(sorted(found, key=lambda entry: entry.day, reverse=True))


@cache
def town_reports() -> tuple[Entry, ...]:
    """The reports of the towns, which most sites keep in a column of their own: 6 of them."""
    return tuple(
        _report(f"沙坡头区{town}人民政府", year, 7000 + 100 * index + year % 100)
        for year in (2022, 2023)
        for index, town in enumerate(TOWNS)
    )


def listed() -> list[Entry]:
    """The rows of the report column as most sites show them: reports and strays, newest first."""
    return sorted((*reports(), *NEAR_MISSES[:3]), key=lambda entry: entry.day, reverse=True)


@cache
def pdf_of(entry: Entry) -> bytes:
    """The entry's report as a PDF."""
    assert entry.report is not None
    return render_pdf(entry.report)


def key_of(entries: Sequence[Entry]) -> set[tuple[str, int]]:
    return {(entry.report.agency, entry.report.year) for entry in entries if entry.report}


def meta(column: str | None = None, article: Entry | None = None) -> str:
    """Page tags of 国办发〔2017〕47号."""
    tags = {"SiteName": SITE_NAME, "SiteDomain": "spt.example", "SiteIDCode": SITE_ID_CODE}
    if column is not None:
        tags |= {"ColumnName": column, "ColumnType": "政府信息公开"}
    if article is not None:
        source = article.report.agency if article.report else "沙坡头区人民政府办公室"
        tags |= {"ArticleTitle": article.title, "PubDate": f"{article.day} 09:30", "ContentSource": source}
    return "".join(f'<meta name="{name}" content="{escape(text)}">\n' for name, text in tags.items())


def page(title: str, main: str, tags: str = "", *, head: str = "", charset: str = "utf-8") -> str:
    """A whole page around its main part."""
    return f"""<!DOCTYPE html>
<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}">
<title>{escape(title)}</title>
{tags}{head}</head>
<body><div class="top">{SITE_NAME}</div>
{main}
<div class="foot">软件演示用的仿真站点，不是政府网站；数字为虚构。</div></body></html>
"""


def html(*args: str, **kwargs: str) -> Answer:
    """A whole page as an answer, in the charset that it declares."""
    charset = kwargs.get("charset", "utf-8")
    codec = "gb18030" if charset.startswith("gb") else charset
    return Answer(page(*args, **kwargs).encode(codec), f"text/html; charset={charset}")


def trail(*names: str) -> str:
    """The path a page shows for itself."""
    return f'<div class="position">当前位置：{" &gt; ".join(("首页", *names))}</div>\n'


def link(href: str, text: str, day: date | None = None) -> str:
    shown = f"<span>{day}</span>" if day else ""
    return f'<li><a href="{escape(href)}" title="{escape(text)}">{escape(text)}</a>{shown}</li>\n'


def chunks(entries: Sequence[Entry], size: int = PER_PAGE) -> list[Sequence[Entry]]:
    return [entries[start : start + size] for start in range(0, len(entries), size)]
