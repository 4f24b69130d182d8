"""Webplus: columns are numbered folders with ``list.htm`` and ``list2.htm``."""

from nianbao.replica.families.content import (
    COLUMN_NAME,
    NEWS,
    SITE_NAME,
    Entry,
    chunks,
    html,
    key_of,
    link,
    listed,
    meta,
    pdf_of,
    reports,
    town_reports,
)
from nianbao.replica.families.server import Answer, Site


def path_of(entry: Entry, column: int) -> str:
    return f"/{entry.day:%Y}/{entry.day:%m%d}/c{column}a{entry.number}/page.htm"


def _has_file(entry: Entry) -> bool:
    return entry.report is not None and entry.number % 4 == 3


def _file_of(entry: Entry) -> str:
    return f"/_upload/article/files/3d/{entry.number:08x}/{entry.number}.pdf"


def _article(entry: Entry, column: int) -> Answer:
    body = entry.body
    if _has_file(entry):
        file = _file_of(entry)
        body = f'<div class="wp_pdf_player" pdfsrc="{file}"></div><script>show("{file}")</script>'
    counter = f'<img src="/_visitcount?siteId=68&amp;type=3&amp;articleId={entry.number}">'
    main = f'<h1>{entry.title}</h1><div class="wp_articlecontent">{body}</div>{counter}'
    return html(entry.title, main, meta(None, entry))


def listing(site: Site, column: int, name: str, entries: list[Entry]) -> None:
    """A column's pages."""
    parts = chunks(entries)
    for number, part in enumerate(parts, start=1):
        rows = "".join(
            f'<li class="news"><a href="{path_of(entry, column)}">{entry.title}</a>'
            f'<span class="news_meta">{entry.day}</span></li>'
            for entry in part
        )
        following = f"list{number + 1}.htm" if number < len(parts) else "javascript:void(0);"
        pager = (
            f'<ul class="wp_paging"><li>每页 <em class="per_count">10</em> 记录 总共 <em class="all_count">'
            f'{len(entries)}</em> 记录</li><li><a class="next" href="{following}">下一页 &gt;&gt;</a></li>'
            f'<li>页码 <em class="curr_page">{number}</em>/<em class="all_pages">{len(parts)}</em></li></ul>'
        )
        file = "list.htm" if number == 1 else f"list{number}.htm"
        site.routes[f"/{column}/{file}"] = html(name, f'<ul class="wp_article_list">{rows}</ul>{pager}', "")
    for entry in entries:
        site.routes[path_of(entry, column)] = _article(entry, column)
        if _has_file(entry):
            site.routes[_file_of(entry)] = Answer(pdf_of(entry), "application/pdf")


def build() -> Site:
    """Columns bear no page tags, only a title."""
    site = Site(key=key_of([*reports(), *town_reports()]), family="webplus")
    listing(site, 1234, COLUMN_NAME, listed())
    listing(site, 1235, "乡镇信息公开年报", list(town_reports()))
    listing(site, 1200, "新闻", list(NEWS))
    menu = link("/1200/list.htm", "新闻") + link("/xxgk/main.htm", "信息公开")
    site.routes["/"] = html(SITE_NAME, menu, meta())
    columns = link("/1234/list.htm", "年度报告") + link("/1235/list.htm", "乡镇信息公开年报")
    site.routes["/xxgk/main.htm"] = html("信息公开", menu + columns + link("/1230/list.htm", "信息公开指南"))
    return site
