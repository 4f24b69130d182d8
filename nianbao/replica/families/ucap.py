"""UCAP (开普): columns with a number in their path, a pager of six arguments."""

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
    trail,
)
from nianbao.replica.families.server import Answer, Site

NOTE = '<meta name="others" content="页面生成时间 2026-03-24 15:09:57">'


def name_of(entry: Entry) -> str:
    return f"{entry.day:%Y%m}/{170000000 + entry.number}.shtml"


def _has_file(entry: Entry) -> bool:
    return entry.report is not None and entry.number % 5 == 0


def _article(entry: Entry, name: str) -> Answer:
    body = f'<div id="UCAP-CONTENT">{entry.body}</div>'
    if _has_file(entry):
        body = f'<div id="UCAP-CONTENT"><p><a href="/spt/attachDir/{entry.number}.doc.pdf">附件</a></p></div>'
    return html(entry.title, f"{trail(name)}<h1>{entry.title}</h1>{body}", meta(name, entry) + NOTE)


def listing(site: Site, folder: str, stem: str, name: str, entries: list[Entry]) -> None:
    """A column's pages; the pager is a call that a script runs, and a second one stands in a comment."""
    parts = chunks(entries)
    for number, part in enumerate(parts, start=1):
        rows = "".join(link(f"./{name_of(entry)}", entry.title, entry.day) for entry in part)
        call = f"createPageHTML('page_div',{len(parts)}, {number},'{stem}','shtml',{len(entries)})"
        main = f'{trail(name)}<ul>{rows}</ul><div id="page_div"></div><script>{call}</script><!-- {call} -->'
        file = f"{stem}.shtml" if number == 1 else f"{stem}_{number}.shtml"
        site.routes[f"{folder}{file}"] = html(f"{name}_{SITE_NAME}", main, meta(name) + NOTE)
    for entry in entries:
        site.routes[f"{folder}{name_of(entry)}"] = _article(entry, name)
        if _has_file(entry):
            site.routes[f"/spt/attachDir/{entry.number}.doc.pdf"] = Answer(pdf_of(entry), "application/pdf")


def build() -> Site:
    """The page of openness shows its left menu in a frame."""
    site = Site(key=key_of([*reports(), *town_reports()]), family="ucap")
    listing(site, "/spt/c100028/", "common_zfxxgknb", COLUMN_NAME, listed())
    listing(site, "/spt/c100029/", "zwgklist", "街道乡镇政府信息公开年报", list(town_reports()))
    listing(site, "/spt/c100001/", "list", "要闻", list(NEWS))
    menu = link("/spt/c100001/list.shtml", "要闻") + link("/spt/c100020/zwgk.shtml", "政务公开")
    site.routes["/"] = html(SITE_NAME, '<script>window.location.href="/spt/index.shtml";</script>')
    site.routes["/spt/index.shtml"] = html(SITE_NAME, menu, meta())
    site.routes["/spt/c100020/zwgk.shtml"] = html(
        "政务公开", f'{menu}<iframe src="/spt/c100020/left.shtml"></iframe>', meta("政务公开")
    )
    columns = (
        link("/spt/c100021/zfxxgkzn.shtml", "政府信息公开指南")
        + link("/spt/c100028/common_zfxxgknb.shtml", COLUMN_NAME)
        + link("/spt/c100029/zwgklist.shtml", "街道乡镇政府信息公开年报")
    )
    site.routes["/spt/c100020/left.shtml"] = html("", columns)
    return site
