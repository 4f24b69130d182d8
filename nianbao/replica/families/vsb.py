"""博达 VSB: further pages lie in a folder of the column's name and are numbered from the oldest."""

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

DOWNLOAD = "/system/_content/download.jsp"


def has_file(entry: Entry) -> bool:
    return entry.report is not None and entry.number % 3 == 2


def _article(entry: Entry, name: str, column: int) -> Answer:
    body = f'<div class="v_news_content">{entry.body}</div>'
    if has_file(entry):
        address = (
            f"{DOWNLOAD}?urltype=news.DownloadAttachUrl&amp;owner=1744984858&amp;wbfileid={entry.number}"
        )
        file = f'<p>附件【<a href="{address}">{entry.title}.pdf</a>】已下载</p>'
        body = f'<div class="v_news_content"></div>{file}'
    counter = f'<span id="dynclicks_wbnews_{entry.number}_{column}"></span>'
    main = f'{trail(name)}<h1>{entry.title}</h1><div id="vsb_content">{body}</div>{counter}'
    return html(f"{entry.title}-{SITE_NAME}", main, meta(name, entry))


def listing(site: Site, path: str, name: str, entries: list[Entry], column: int) -> None:
    """The column ``path.htm`` and its pages ``path/N.htm``, N counted down."""
    parts = chunks(entries)
    stem = path.rpartition("/")[2]
    for number, part in enumerate(parts, start=1):
        up = "" if number == 1 else "../"
        depth = "../" * (path.count("/") - 1)
        rows = "".join(
            link(f"{up}{depth}info/{column}/{entry.number}.htm", entry.title, entry.day) for entry in part
        )
        following = f"{stem}/{len(parts) - number}.htm" if number == 1 else f"{len(parts) - number}.htm"
        last = f"{stem}/1.htm" if number == 1 else "1.htm"
        pager = f'<span class="p_t">共{len(entries)}条</span><span class="p_t">{number}/{len(parts)}</span>'
        if number < len(parts):
            pager += f'<span class="p_next p_fun"><a href="{following}">下页</a></span>'
            pager += f'<span class="p_last p_fun"><a href="{last}">尾页</a></span>'
        main = f'{trail(name)}<ul>{rows}</ul><div class="p_pages">{pager}</div>'
        file = f"{path}.htm" if number == 1 else f"{path}/{len(parts) + 1 - number}.htm"
        site.routes[file] = html(f"{name}-{SITE_NAME}", main, meta(name))
    for entry in entries:
        site.routes[f"/info/{column}/{entry.number}.htm"] = _article(entry, name, column)


def build() -> Site:
    """Files come through a program that wants to see the page that led to it."""
    site = Site(key=key_of([*reports(), *town_reports()]), family="vsb")
    listing(site, "/zwgk/zfxxgknb", COLUMN_NAME, listed(), 1011)
    listing(site, "/zwgk/xznb", "乡镇政府信息公开年报", list(town_reports()), 1012)
    listing(site, "/xwzx", "新闻中心", list(NEWS), 1001)
    files = {str(entry.number): entry for entry in (*reports(), *town_reports()) if has_file(entry)}
    site.routes[DOWNLOAD] = lambda asked: (
        Answer(
            pdf_of(files[asked.query["wbfileid"]]),
            "application/octet-stream",
            headers=(("Content-Disposition", 'attachment;filename="%C4%EA%B1%A8.pdf"'),),
        )
        if asked.query.get("wbfileid") in files and "Referer" in {k.title() for k in asked.headers}
        else html("请输入验证码", "<p>请输入验证码</p>")
    )
    menu = link("/xwzx.htm", "新闻中心") + link("/zwgk.htm", "政务公开")
    site.routes["/"] = html(SITE_NAME, menu, meta())
    openness = link("zwgk/zfxxgkzn.htm", "政府信息公开指南") + link("zwgk/zfxxgknb.htm", COLUMN_NAME)
    openness += link("zwgk/xznb.htm", "乡镇政府信息公开年报")
    site.routes["/zwgk.htm"] = html("政务公开", menu + openness, meta("政务公开"))
    return site
