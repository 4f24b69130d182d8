"""Hanweb JPaaS: shells whose lists are asked of the server, and files behind addresses that expire.

The government's column asks the publishing server for a unit of HTML, the towns' column asks for rows.
"""

import json
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from itertools import count

from nianbao.replica.families.content import (
    COLUMN_NAME,
    NEWS,
    PER_PAGE,
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
from nianbao.replica.families.server import Answer, Asked, Site

UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"
DOWNLOAD = "/api-gateway/jpaas-web-server/front/document/download"
TREE = [("col60020", "政府信息公开"), ("col60021", COLUMN_NAME), ("col60022", "政府信息公开指南")]


def _hash(entry: Entry) -> str:
    return sha256(str(entry.number).encode()).hexdigest()[:32]


def path_of(entry: Entry, column: str) -> str:
    return f"/col/{column}/art/{entry.day.year}/art_{_hash(entry)}.html"


def _has_file(entry: Entry) -> bool:
    return entry.report is not None and entry.number % 3 == 1


def _menu() -> str:
    """The left menu: a tree that a script draws."""
    nodes = [
        {"code": code, "showName": f"<p>{name}</p>", "urls": json.dumps({"pc": f"/col/{code}/index.html"})}
        for code, name in TREE
    ]
    tree = json.dumps({"showName": "政务公开", "children": nodes}, ensure_ascii=False)
    return f"<script>renderChannelTemplate('subMenu', ({tree}).children, 'subMenu', true);</script>"


def _article(entry: Entry, fetches: Iterator[int], asked: Asked) -> Answer:
    body = entry.body
    if _has_file(entry):
        address = f"{DOWNLOAD}?fileUrl={_hash(entry)}TIMELY{next(fetches)}&amp;fileName={entry.title}.pdf"
        body = f'<p>见附件。</p><a href="{address}">{entry.title}.pdf</a>'
    text = f'{trail(COLUMN_NAME)}<h1>{entry.title}</h1><div id="con_con">{body}</div>'
    return html(entry.title, text, meta(COLUMN_NAME, entry))


def _download(files: dict[str, Entry], asked: Asked) -> Answer:
    """The address expires; what it leads to stays."""
    code = asked.query.get("fileUrl", "").partition("TIMELY")[0]
    if code not in files or not asked.headers.get("referer"):
        return Answer(b'{"code":"403"}', "application/json", status=403)
    return Answer(
        b"", status=302, headers=(("Location", f"/cms_files/filemanager/7/attach/{code.upper()}.pdf"),)
    )


def _unit(entries: list[Entry], asked: Asked) -> Answer:
    if asked.query.get("webId") != "67" or asked.query.get("pageId") != "60021":
        return Answer(b'{"success":false,"code":"500"}', "application/json")
    page = json.loads(asked.query.get("paramJson") or '{"pageNo":1}')
    parts = chunks(entries)
    number = int(page["pageNo"])
    rows = "".join(link(path_of(entry, "col60021"), entry.title, entry.day) for entry in parts[number - 1])
    text = (
        f'<div class="page-content"><ul>{rows}</ul></div>'
        f'<div class="paging" rows="{PER_PAGE}" count="{len(entries)}" pageNo="{number}"></div>'
    )
    answer = {"success": True, "code": "200", "data": {"html": text}}
    return Answer(json.dumps(answer, ensure_ascii=False).encode(), "application/json")


def _rows(entries: list[Entry], asked: Asked) -> Answer:
    form = asked.form
    if form.get("webSiteCode[]") != "spt" or form.get("channelCode[]") != "col60030":
        return Answer(b'{"code":"500"}', "application/json")
    size = int(form["pageSize"])
    part = chunks(entries, size)[int(form["current"]) - 1]
    rows = [
        {
            "source": {
                "title": entry.title,
                "pubDate": str(entry.day),
                "urls": json.dumps({"pc": path_of(entry, "col60030"), "wap": "/wap/"}),
            }
        }
        for entry in part
    ]
    answer = {"code": "200", "data": {"total": len(entries), "results": rows}}
    return Answer(json.dumps(answer, ensure_ascii=False).encode(), "application/json")


def build() -> Site:
    """The menu of openness is drawn from a tree; each list is a shell."""
    site = Site(key=key_of([*reports(), *town_reports()]), family="jpaas")
    query = (
        "{'parseType':'bulidstatic','webId':'67','tplSetId':'t1','pageType':'column','tagId':'信息列表',"
        "'editType':'null','pageId':'60021'}"
    )
    crumbs = query.replace("信息列表", "当前位置")
    shell = "".join(
        f'<script id="u{n}" src="/cms_files/default/script/unitbuild.js" parseType="bulidstatic" '
        f'url="{UNIT}" queryData="{text}"></script>'
        for n, text in enumerate((crumbs, query))
    )
    site.routes["/col/col60021/index.html"] = html(
        COLUMN_NAME, f"{_menu()}<div>{shell}</div>", meta(COLUMN_NAME)
    )
    call = (
        "var params = {current: 1,unitid: '380055',webSiteCode: ['spt'],channelCode: ['col60030'],"
        "perPage: '4',showMode: 'normal',templateContainerId: 'div380055'};loadPageData(params, '380055');"
    )
    site.routes["/col/col60030/index.html"] = html(
        "乡镇政府信息公开年报",
        f'<div id="380055"></div><script>{call}</script>',
        meta("乡镇政府信息公开年报"),
    )
    fetches = count(1)
    files = {_hash(entry): entry for entry in (*reports(), *town_reports()) if _has_file(entry)}
    for column, entries in (
        ("col60021", listed()),
        ("col60030", list(town_reports())),
        ("col60010", list(NEWS)),
    ):
        for entry in entries:
            site.routes[path_of(entry, column)] = partial(_article, entry, fetches)
    for code, entry in files.items():
        site.routes[f"/cms_files/filemanager/7/attach/{code.upper()}.pdf"] = Answer(
            pdf_of(entry), "application/pdf"
        )
    site.routes[DOWNLOAD] = lambda asked: _download(files, asked)
    site.routes[UNIT] = lambda asked: _unit(listed(), asked)
    site.routes["/queryList"] = lambda asked: _rows(list(town_reports()), asked)
    menu = link("/col/col60010/index.html", "新闻") + link("/col/col60020/index.html", "政务公开")
    site.routes["/"] = html(SITE_NAME, menu, meta())
    towns = link("/col/col60030/index.html", "乡镇政府信息公开年报")
    site.routes["/col/col60020/index.html"] = html("政务公开", menu + _menu() + towns, meta("政务公开"))
    return site
