"""gkmlpt of Guangdong: a page without rows for each body, and a JSON interface behind it."""

import json
from datetime import UTC, datetime

from nianbao.replica.families.content import (
    BODIES,
    COLUMN_NAME,
    NEAR_MISSES,
    NEWS,
    SITE_NAME,
    TOWNS,
    Entry,
    chunks,
    html,
    key_of,
    link,
    meta,
    pdf_of,
    reports,
    town_reports,
)
from nianbao.replica.families.server import Answer, Asked, Site

SID = "755325"


def path_of(entry: Entry) -> str:
    return f"/content/{entry.number // 1000}/{entry.number}/post_{entry.number}.html"


def _has_file(entry: Entry) -> bool:
    return entry.report is not None and entry.number % 4 == 1


def _article(entry: Entry, base: str) -> Answer:
    body = entry.body
    if _has_file(entry):
        address = f"{base}/attachment/0/{entry.number}/{entry.title}.pdf"
        body = (
            f'<p>详见附件</p><a class="nfw-cms-attachment" href="{address}" alt="附件">{entry.title}.pdf</a>'
        )
    tags = meta(COLUMN_NAME, entry).replace('<meta name="', '<meta name="meta-')
    return html(entry.title, f'<h1>{entry.title}</h1><div class="article-content">{body}</div>', tags)


def _rows(base: str, entries: list[Entry], asked: Asked) -> Answer:
    if asked.query.get("sid") != SID:
        return Answer(b'{"error":"no site"}', "application/json", status=400)
    parts = chunks(entries, 10)
    number = max(int(asked.query.get("page", 1)), 1)
    rows = [
        {
            "id": entry.number,
            "title": entry.title,
            "url": f"{base}/gkmlpt{path_of(entry)}",
            "create_time": int(
                datetime(entry.day.year, entry.day.month, entry.day.day, 9, tzinfo=UTC).timestamp()
            ),
            "publisher": SITE_NAME,
        }
        for entry in (parts[number - 1] if number <= len(parts) else ())
    ]
    answer = {"total": len(entries), "articles": rows}
    return Answer(json.dumps(answer, ensure_ascii=False).encode(), "application/json")


def _platform(site: Site, base: str, entries: list[Entry], first: int) -> None:
    tree = [
        {"id": first, "name": "政府信息公开指南", "children": []},
        {"id": first + 1, "name": "法定主动公开内容", "children": [{"id": first + 2, "name": "工作动态"}]},
        {"id": first + 3, "name": COLUMN_NAME, "children": []},
        {"id": first + 4, "name": "法治政府建设年度报告", "children": []},
    ]
    script = f"window._CONFIG = {{ SID: '{SID}', TREE: {json.dumps(tree, ensure_ascii=False)} }};"
    page = html(
        f"{SITE_NAME}政府信息公开目录", f'<div id="app"></div><script>{script}</script>', meta("政府信息公开")
    )
    site.routes[f"{base}/gkmlpt/index"] = page
    site.routes[f"{base}/gkmlpt/annualreport"] = page
    api = f"{base}/gkmlpt/api/all"
    site.routes[f"{api}/{first + 3}"] = lambda asked: _rows(base, entries, asked)
    site.routes[f"{api}/{first + 4}"] = lambda asked: _rows(base, [NEAR_MISSES[0]], asked)
    site.routes[f"{api}/{first + 2}"] = lambda asked: _rows(base, list(NEWS), asked)
    for entry in (*entries, *NEAR_MISSES, *NEWS):
        site.routes[f"{base}/gkmlpt{path_of(entry)}"] = _article(entry, base)
        if _has_file(entry):
            file = Answer(pdf_of(entry), "application/pdf")
            site.routes[f"{base}/attachment/0/{entry.number}/{entry.title}.pdf"] = file


def build() -> Site:
    """The government links its reports by a fragment; bodies and towns have platforms of their own."""
    site = Site(key=key_of([*reports(), *town_reports()]), family="gkmlpt")
    _platform(site, "", [*reports()], 2600)
    bodies = ""
    for number, town in enumerate(TOWNS):
        own = [one for one in town_reports() if one.report and town in one.report.agency]
        _platform(site, f"/town{number}", own, 3000 + 10 * number)
        bodies += link(f"/town{number}/gkmlpt/index", town)
    for number, body in enumerate(BODIES):
        bodies += link(f"/body{number}/", f"{body}网站")
    menu = link("/xw/", "新闻") + link("/zwgk/", "政务公开")
    site.routes["/"] = html(SITE_NAME, menu, meta())
    openness = link("/gkmlpt/index#2601", "法定主动公开内容") + link("/gkmlpt/annualreport#2603", COLUMN_NAME)
    openness += link("/zwgk/zj/", "镇街信息公开")
    site.routes["/zwgk/"] = html("政务公开", menu + openness, meta("政务公开"))
    site.routes["/zwgk/zj/"] = html("镇街信息公开", menu + bodies, meta("镇街信息公开"))
    return site
