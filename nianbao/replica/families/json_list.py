"""A site whose lists are plain JSON that a script fetches, or rows that stand in a script."""

import json

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
from nianbao.replica.families.server import Answer, Asked, Site


def path_of(entry: Entry) -> str:
    return f"/detail.html?id={entry.number}"


def _has_file(entry: Entry) -> bool:
    return entry.report is not None and entry.number % 3 == 0


def _article(entries: dict[str, Entry], asked: Asked) -> Answer:
    entry = entries[asked.query["id"]]
    body = (
        f'<iframe src="/viewer.html?file=/files/{entry.number}.pdf"></iframe>'
        if _has_file(entry)
        else entry.body
    )
    return html(
        entry.title, f"{trail(COLUMN_NAME)}<h1>{entry.title}</h1><div>{body}</div>", meta(COLUMN_NAME, entry)
    )


def _rows(entries: list[Entry], asked: Asked) -> Answer:
    if asked.query.get("channelId") != "12":
        return Answer(b'{"code":0,"data":{"total":0,"list":[]}}', "application/json")
    size = int(asked.query.get("pageSize", 10))
    parts = chunks(entries, size)
    number = int(asked.query.get("pageNo", 1))
    part = parts[number - 1] if number <= len(parts) else ()
    rows = [{"title": e.title, "url": path_of(e), "publishTime": f"{e.day} 08:00:00"} for e in part]
    data = {"code": 0, "data": {"total": len(entries), "pageNo": number, "list": rows}}
    return Answer(json.dumps(data, ensure_ascii=False).encode(), "application/json")


def build() -> Site:
    """One list by an interface, one in the page."""
    site = Site(key=key_of([*reports(), *town_reports()]), family="json")
    entries = {str(entry.number): entry for entry in (*listed(), *NEWS, *town_reports())}
    script = """var pageNo = 1;
    function load() {
      $.ajax({url: '/api/content/list', type: 'get', data: {channelId: '12', pageNo: pageNo, pageSize: 8},
        success: function (r) { r.data.list.forEach(function (x) { $('#list').append(x.title); }); }});
    }
    load();"""
    shell = f'{trail("信息公开", COLUMN_NAME)}<ul id="list"></ul><script>{script}</script>'
    site.routes["/nb.html"] = html(COLUMN_NAME, shell, meta(COLUMN_NAME))
    held = [{"title": e.title, "url": path_of(e), "date": str(e.day)} for e in town_reports()]
    towns = f"<ul></ul><script>var rows = {json.dumps(held, ensure_ascii=False)};draw(rows);</script>"
    site.routes["/xznb.html"] = html("乡镇政府信息公开年报", towns, meta("乡镇政府信息公开年报"))
    site.routes["/api/content/list"] = lambda asked: _rows(listed(), asked)
    site.routes["/detail.html"] = lambda asked: _article(entries, asked)
    for entry in entries.values():
        if _has_file(entry):
            site.routes[f"/files/{entry.number}.pdf"] = Answer(pdf_of(entry), "application/pdf")
    menu = link("/xw.html", "新闻") + link("/gk.html", "信息公开")
    site.routes["/"] = html(SITE_NAME, menu, meta())
    columns = link("/nb.html", COLUMN_NAME) + link("/xznb.html", "乡镇政府信息公开年报")
    site.routes["/gk.html"] = html("信息公开", menu + columns, meta("信息公开"))
    return site
