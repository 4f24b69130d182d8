"""The replica's content: which pages and files stand at which path on a given night."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from nianbao.replica import pages
from nianbao.replica.body import paragraph, render_html
from nianbao.replica.key import COLUMN, edited_on, published
from nianbao.replica.pages import Column, Link
from nianbao.replica.pdf import render_pdf
from nianbao.replica.reports import PDF, Report

HTML_TYPE = "text/html; charset=utf-8"
PER_PAGE = 5
ROBOTS = b"User-agent: *\nDisallow: /private/\n"
NIGHT_TWO = datetime(2025, 3, 2, 1, 15, tzinfo=UTC)
FIRST_BUILT = datetime(2023, 5, 4, 2, 0, tzinfo=UTC)

REPORTS_COLUMN = Column(COLUMN, "政府信息公开年报", "政府信息公开")
OFFICE = "中卫市民政局"


@dataclass(frozen=True)
class Resource:
    """What is served at one path; `modified` is set where the server offers ETag and Last-Modified."""

    body: bytes
    media_type: str
    modified: datetime | None = None


@dataclass(frozen=True)
class Article:
    """A page that is no report."""

    column: Column
    name: str
    title: str
    day: date
    text: str

    def link(self) -> Link:
        return Link(f"./{self.name}", self.title, self.day)


def _article(column: Column, day: str, number: int, title: str, text: str) -> Article:
    when = date.fromisoformat(day)
    return Article(column, f"{when:%Y%m}/t{when:%Y%m%d}_{number}.html", title, when, text)


GUIDE = Column("/zwgk/bmxxgkml/mzj/zfxxgkzn_49466/", "政府信息公开指南", "政府信息公开")
RULES = Column("/zwgk/bmxxgkml/mzj/zfxxgkzd_49467/", "政府信息公开制度", "政府信息公开")
LAW = Column("/zwgk/fzzf/", "法治政府建设年度报告", "法治政府")
BUDGET = Column("/zwgk/czyjs/", "部门预算决算", "财政信息")
NEWS = Column("/xwzx/bmdt/", "部门动态", "新闻")
DIRECTORY = Column("/zwgk/bmxxgkml/", "政府信息公开", "政府信息公开")
OPENNESS = Column("/zwgk/", "政务公开", "政务公开")

NEIGHBOURS = (
    _article(GUIDE, "2023-05-10", 4120031, "中卫市民政局政府信息公开指南", "可以当面或寄信申请。"),
    _article(RULES, "2022-06-01", 3560212, "政府信息公开审核制度", "先审后发，谁审谁签名。"),
    _article(RULES, "2022-06-02", 3560377, "政府信息公开年度报告编制办法", "每年一月写好上年的报告。"),
    _article(LAW, "2024-03-12", 4431090, "中卫市民政局 2023 年法治政府建设年度报告", "学法四次。"),
    _article(LAW, "2023-03-09", 4077315, "中卫市民政局 2022 年法治政府建设年度报告", "学法三次。"),
    _article(BUDGET, "2025-02-07", 4830711, "中卫市民政局 2025 年部门预算", "收入和支出都列在表里。"),
    _article(BUDGET, "2024-09-20", 4655102, "中卫市民政局 2023 年度部门决算报告", "收支相抵，略有结余。"),
    _article(BUDGET, "2024-02-05", 4410266, "中卫市民政局 2024 年部门预算报告", "收入和支出都列在表里。"),
    _article(NEWS, "2025-01-09", 4805533, "市民政局布置政府信息公开年报编写工作", "会上分了工。"),
)
NEWS_ITEMS = tuple(
    _article(NEWS, f"2024-{month:02d}-15", 4390000 + month * 997, f"市民政局{topic}", "来了不少人。")
    for month, topic in enumerate(
        ("看望独居老人", "办养老护理培训", "检查儿童福利院", "开社区座谈会", "清理旧文件",
         "试用新的办事窗口", "慰问困难家庭", "查看冬季取暖", "组织志愿服务", "公布婚姻登记安排"),
        start=1,
    )
)  # fmt: skip

# Stand inside the report column itself, as strays do on real sites.
STRAYS = tuple(
    _article(REPORTS_COLUMN, day, number, title, "这里是一份短文，没有表格。")
    for day, number, title in (
        ("2024-03-15", 4433370, "中卫市 2023 年法治政府建设年度报告"),
        ("2025-01-10", 4806118, "市政府办布置 2024 年政府信息公开工作年度报告发布事宜"),
        ("2022-04-20", 3501126, "政府信息公开年报栏目调整说明"),
        ("2021-03-30", 2760049, "2021 年政务公开工作要点"),
        ("2019-05-17", 1510238, "政府信息公开目录编制说明"),
    )
)
_TITLE = "中卫市民政局 {} 年政府信息公开工作年度报告"
BROKEN = Link("./201901/t20190129_1402207.html", _TITLE.format(2018), date(2019, 1, 29))
GONE = Link("./201701/t20170126_410873.html", _TITLE.format(2016), date(2017, 1, 26))


def _extra_articles(count: int) -> tuple[Article, ...]:
    return tuple(
        _article(REPORTS_COLUMN, f"{2014 - n // 12}-{12 - n % 12:02d}-10", 300000 - n * 37,
                 f"政务公开工作小结（第 {count - n} 期）", "这一期记了三件事。")
        for n in range(count)
    )  # fmt: skip


def _html(text: str) -> Resource:
    return Resource(text.encode(), HTML_TYPE)


def _article_page(item: Article) -> tuple[str, Resource]:
    page = pages.article(item.column, item.title, item.day, OFFICE, paragraph(item.text))
    return item.column.path + item.name, _html(page)


def _report_pages(report: Report, night: int) -> Iterator[tuple[str, Resource]]:
    body = render_html(report)
    if report.media_type == PDF:
        body = paragraph("报告全文见附件。") + pages.attachment(report.file_name, f"{report.title}.pdf")
        stamp = NIGHT_TWO if edited_on(report, night) else datetime.combine(report.published, time(3), UTC)
        yield COLUMN + report.file_name, Resource(render_pdf(report), PDF, stamp)
    page = pages.article(REPORTS_COLUMN, report.title, report.published, report.agency, body)
    yield COLUMN + report.page_name, _html(page)


def _list_pages(column: Column, links: Sequence[Link]) -> Iterator[tuple[str, Resource]]:
    newest = sorted(links, key=lambda link: link.day or date.min, reverse=True)
    count = -(-len(newest) // PER_PAGE)
    for page in range(count):
        name = "index.html" if page == 0 else f"index_{page}.html"
        part = newest[page * PER_PAGE : (page + 1) * PER_PAGE]
        yield column.path + name, _html(pages.listing(column, part, page, count))


def _portals() -> Iterator[tuple[str, Resource]]:
    home = [*pages.NAVIGATION[1:], Link("/private/", "内部登录")]
    yield "/index.html", _html(pages.portal(pages.SITE_NAME, None, home))
    openness = [Link(c.path, c.name) for c in (DIRECTORY, LAW, BUDGET)]
    yield "/zwgk/index.html", _html(pages.portal(OPENNESS.name, OPENNESS, openness))
    directory = [Link(c.path, c.name) for c in (GUIDE, RULES, REPORTS_COLUMN)]
    yield DIRECTORY.path + "index.html", _html(pages.portal(DIRECTORY.name, DIRECTORY, directory))
    yield "/private/index.html", _html(pages.frame("内部登录", pages.meta(), "<p>这里不对外开放。</p>"))


def _fixed() -> Iterator[tuple[str, Resource]]:
    yield "/robots.txt", Resource(ROBOTS, "text/plain; charset=utf-8")
    yield "/static/site.css", Resource(pages.CSS.encode(), "text/css", FIRST_BUILT)
    yield "/static/pager.js", Resource(pages.PAGER_JS.encode(), "application/javascript", FIRST_BUILT)
    gone = pages.frame("提示", pages.meta(), "<h1>页面不存在</h1><p>您要看的页面不存在或已经删除。</p>")
    yield COLUMN + GONE.href.removeprefix("./"), _html(gone)


def build_site(night: int, reports: Sequence[Report], extra_list_pages: int = 0) -> Mapping[str, Resource]:
    """Every path of the site on that night; a path that is not here answers 404."""
    shown = published(night, reports)
    articles = [*NEIGHBOURS, *NEWS_ITEMS, *STRAYS, *_extra_articles(extra_list_pages * PER_PAGE)]
    links = {REPORTS_COLUMN: [Link(f"./{r.page_name}", r.title, r.published) for r in shown] + [BROKEN, GONE]}
    for item in articles:
        links.setdefault(item.column, []).append(item.link())
    site = dict([*_portals(), *_fixed(), *map(_article_page, articles)])
    for report in shown:
        site.update(_report_pages(report, night))
    for column, column_links in links.items():
        site.update(_list_pages(column, column_links))
    return site
