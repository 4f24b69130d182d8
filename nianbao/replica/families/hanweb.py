"""Hanweb jcms: the first rows stand in a data script, the further ones come from dataproxy.jsp by POST.

The old path answers 404, as one of the two always does.
"""

from nianbao.replica.families.content import (
    COLUMN_NAME,
    NEWS,
    PER_PAGE,
    SITE_NAME,
    Entry,
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

MENU = link("/col/col10/index.html", "新闻动态") + link("/col/col20/index.html", "政务公开")
UNIT = "405463"


def path_of(entry: Entry, column: str) -> str:
    day = entry.day
    return f"/art/{day.year}/{day.month}/{day.day}/art_{column}_{entry.number}.html"


def _row(entry: Entry, column: str) -> str:
    shown = f"{entry.title[:18]}…" if len(entry.title) > 18 else entry.title
    address = path_of(entry, column)
    return f'<li><a target="_blank" href="{address}" title="{entry.title}">{shown}</a><b>{entry.day}</b></li>'


def records(entries: list[Entry], column: str) -> str:
    return "".join(f"<record><![CDATA[{_row(entry, column)}]]></record>" for entry in entries)


def listing(column: str, name: str, entries: list[Entry], per_page: int, *, named: str = "") -> Answer:
    """A column's page; `named` is the proxy's address where the page's script names it."""
    first = f"<datastore><recordset>{records(entries[:per_page], column)}</recordset></datastore>"
    script = (
        f"$('#{UNIT}').jpage({{perPage:{per_page},totalRecord:{len(entries)},webid:67,unitid:'{UNIT}',"
        f"columnid:{column},path:'/',webname:'{SITE_NAME}',permissiontype:0,appid:1{named}}});"
    )
    main = (
        f'{MENU}{trail("政务公开", name)}<div id="{UNIT}"><script type="text/xml">{first}</script></div>'
        f"<script>{script}</script>"
    )
    return html(f"{SITE_NAME} {name}", main, meta(name))


def article(entry: Entry, name: str) -> Answer:
    body = f"<!--<$[信息内容]>begin-->{entry.body}<!--<$[信息内容]>end-->"
    if _has_file(entry):
        address = f"/module/download/downfile.jsp?classid=0&amp;filename={entry.number:032x}.pdf"
        body = f'<p>全文见附件。</p><p><a href="{address}">{entry.title}.pdf</a></p>'
    main = (
        f"{MENU}{trail(name)}<!--<$[标题]>begin-->{entry.title}<!--<$[标题]>end--><div id='zoom'>{body}</div>"
    )
    return html(entry.title, main, meta(name, entry))


def _has_file(entry: Entry) -> bool:
    return entry.report is not None and entry.number % 4 == 0


def _download(entries: list[Entry]) -> dict[str, Answer]:
    return {
        f"{entry.number:032x}.pdf": Answer(pdf_of(entry), "application/octet-stream") for entry in entries
    }


def common(site: Site, columns: dict[str, tuple[str, list[Entry]]]) -> None:
    """Articles, the way to the columns, and the download program."""
    for number, (name, entries) in columns.items():
        for entry in entries:
            site.routes[path_of(entry, number)] = article(entry, name)
    files = _download([entry for _, entries in columns.values() for entry in entries if _has_file(entry)])
    site.routes["/module/download/downfile.jsp"] = lambda asked: files.get(
        asked.query.get("filename", ""), Answer(b"", status=404)
    )
    site.routes["/"] = html(SITE_NAME, MENU, meta())
    site.routes["/col/col20/index.html"] = html(
        "政务公开", MENU + link("/col/col21/index.html", "政府信息公开"), meta("政务公开")
    )
    links = "".join(link(f"/col/col{number}/index.html", name) for number, (name, _) in columns.items())
    site.routes["/col/col21/index.html"] = html("政府信息公开", MENU + links, meta("政府信息公开"))
    site.routes["/col/col10/index.html"] = html(
        "新闻动态", "".join(link(path_of(entry, "10"), entry.title) for entry in NEWS), meta("新闻动态")
    )


def columns_of() -> dict[str, tuple[str, list[Entry]]]:
    return {"1229": (COLUMN_NAME, listed()), "1230": ("乡镇街道政府信息公开年报", list(town_reports()))}


def span(entries: list[Entry], asked: Asked) -> list[Entry]:
    start, end = int(asked.query.get("startrecord", 1)), int(asked.query.get("endrecord", 0))
    return entries[start - 1 : end]


def build() -> Site:
    """The proxy takes POST only, and wants to know site, column and unit."""
    site = Site(key=key_of([*reports(), *town_reports()]), family="hanweb")
    columns = columns_of()
    common(site, columns)
    for number, (name, entries) in columns.items():
        site.routes[f"/col/col{number}/index.html"] = listing(number, name, entries, PER_PAGE)

    def answer(asked: Asked) -> Answer:
        form = asked.form
        known = form.get("columnid") in columns and form.get("unitid") == UNIT and form.get("webid") == "67"
        if asked.method != "POST" or not known:
            return Answer(b"", status=404)
        number = form["columnid"]
        entries = columns[number][1]
        text = records(span(entries, asked), number)
        xml = f"<datastore><totalrecord>{len(entries)}</totalrecord><recordset>{text}</recordset></datastore>"
        return Answer(xml.encode(), "text/xml; charset=utf-8")

    site.routes["/module/jpage/dataproxy.jsp"] = answer
    return site
