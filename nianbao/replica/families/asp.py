"""A site of the ASP years: GB2312, frames, one program with a query for everything, and no page tags.

The bodies' list turns its pages by links, the towns' by ASP.NET's form that is sent back to itself.
"""

from nianbao.replica.families.content import (
    NEWS,
    Entry,
    chunks,
    html,
    key_of,
    link,
    listed,
    pdf_of,
    reports,
    town_reports,
)
from nianbao.replica.families.server import Answer, Asked, Site

GB = "gb2312"
TITLE = "沙坡头区政府网"


def _has_file(entry: Entry) -> bool:
    return entry.report is not None and entry.number % 5 == 1


def _rows(entries: list[Entry], program: str) -> str:
    rows = "".join(
        f'<tr><td>·<a href="{program}?id={entry.number}" target="_blank">{entry.title}</a></td>'
        f"<td>{entry.day}</td></tr>"
        for entry in entries
    )
    return f"<table>{rows}</table>"


def _list(columns: dict[str, tuple[str, list[Entry]]], asked: Asked) -> Answer:
    name, entries = columns.get(asked.query.get("classid", ""), ("", []))
    parts = chunks(entries)
    number = min(max(int(asked.query.get("page") or 1), 1), max(len(parts), 1))
    same = f"list.asp?classid={asked.query.get('classid')}&amp;page="
    pager = f"共{len(entries)}条 第{number}/{len(parts)}页 "
    for text, target in (("首页", 1), ("上一页", number - 1), ("下一页", number + 1), ("尾页", len(parts))):
        pager += (
            f'<a href="{same}{target}">{text}</a> ' if 0 < target <= len(parts) and target != number else text
        )
    main = f"<b>{name}</b>{_rows(list(parts[number - 1]) if parts else [], 'show.asp')}{pager}"
    return html(TITLE, main, charset=GB)


def _towns(entries: list[Entry], asked: Asked) -> Answer:
    parts = chunks(entries, 4)
    wanted = asked.form.get("__EVENTARGUMENT") if asked.form.get("__VIEWSTATE") == "dDwtMTU=" else None
    number = int(wanted or 1)
    calls = "".join(
        f"""<a href="javascript:__doPostBack('AspNetPager1','{n}')">{n}</a>"""
        for n in range(1, len(parts) + 1)
        if n != number
    )
    hidden = '<input type="hidden" name="__VIEWSTATE" value="dDwtMTU=">'
    rows = _rows(list(parts[number - 1]), "view.aspx")
    main = f'<form method="post">{hidden}{rows}共{len(parts)}页 {calls}</form>'
    return html("乡镇政府信息公开年报", main, charset=GB)


def _show(entries: dict[str, Entry], asked: Asked) -> Answer:
    entry = entries.get(asked.query.get("id", ""))
    if entry is None:
        return Answer("该文章不存在或已删除".encode("gb18030"), f"text/html; charset={GB}")
    body = entry.body
    if _has_file(entry):
        body = f'<a href="UploadFile/{entry.title}.pdf">点击下载附件</a>'
    return html(TITLE, f"<center>{entry.title}</center><div>{body}</div>发布时间：{entry.day}", charset=GB)


def build() -> Site:
    """A frameset of a head, a menu and a main frame; the menu names the columns."""
    site = Site(key=key_of([*reports(), *town_reports()]), family="asp")
    columns = {"12": ("政府信息公开年报", listed()), "3": ("新闻动态", list(NEWS))}
    entries = {str(entry.number): entry for entry in (*listed(), *NEWS, *town_reports())}
    frames = (
        '<frameset rows="90,*"><frame src="top.asp" name="top"><frame src="body.asp" name="body"></frameset>'
    )
    site.routes["/"] = html(TITLE, frames, charset=GB)
    inner = '<frameset cols="180,*"><frame src="left.asp"><frame src="main.asp" name="main"></frameset>'
    site.routes["/body.asp"] = html(TITLE, inner, charset=GB)
    site.routes["/top.asp"] = html(TITLE, "<img src='top.jpg'>", charset=GB)
    site.routes["/main.asp"] = html(TITLE, _rows(list(NEWS), "show.asp"), charset=GB)
    menu = link("list.asp?classid=3", "新闻动态") + link("list.asp?classid=12", "信息公开年报")
    menu += link("towns.aspx", "乡镇政府信息公开年报") + link("list.asp?classid=14", "信息公开指南")
    site.routes["/left.asp"] = html(TITLE, menu, charset=GB)
    site.routes["/list.asp"] = lambda asked: _list(columns, asked)
    site.routes["/towns.aspx"] = lambda asked: _towns(list(town_reports()), asked)
    site.routes["/show.asp"] = site.routes["/view.aspx"] = lambda asked: _show(entries, asked)
    for entry in entries.values():
        if _has_file(entry):
            site.routes[f"/UploadFile/{entry.title}.pdf"] = Answer(pdf_of(entry), "application/pdf")
    return site
