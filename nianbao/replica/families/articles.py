"""One list whose reports are each published in another way: in the page, behind links, in frames."""

from collections.abc import Iterator
from functools import partial
from itertools import count, cycle

from nianbao.replica.families.content import (
    COLUMN_NAME,
    SITE_NAME,
    Entry,
    html,
    key_of,
    link,
    meta,
    pdf_of,
    reports,
    trail,
)
from nianbao.replica.families.server import Answer, Asked, Site

PDF = "application/pdf"
ENTRIES = reports()[:16]
FOLDER = "/xxgk/nb/"
PIXEL = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")


def page_of(entry: Entry) -> str:
    return f"{FOLDER}{entry.day:%Y%m}/t{entry.day:%Y%m%d}_{entry.number}.html"


def _article(entry: Entry, body: str) -> Answer:
    main = f"{trail(COLUMN_NAME)}<h1>{entry.title}</h1><div class='TRS_Editor'>{body}</div>"
    feet = '<a href="/private/form.doc">依申请公开申请表</a><img src="/images/logo.png">'
    return html(entry.title, main + feet, meta(COLUMN_NAME, entry))


def in_the_page(site: Site, entry: Entry) -> None:
    site.routes[page_of(entry)] = _article(entry, entry.body)


def behind_two_links(site: Site, entry: Entry) -> None:
    """The report, and a file with the figures alone that another office made."""
    site.routes[f"{FOLDER}files/{entry.number}.pdf"] = Answer(pdf_of(entry), PDF)
    report = f'<a href="../files/{entry.number}.pdf">报告</a>'
    body = f'<p>附件：1. {report} 2. <a href="../files/none.xls">统计表</a></p>'
    site.routes[page_of(entry)] = _article(entry, body)


def by_a_servlet(site: Site, entry: Entry) -> None:
    """The server tells the file's name in GBK, and its type not at all."""
    name = f"attachment; filename={entry.title}.pdf".encode("gb18030").decode("latin-1")
    file = Answer(pdf_of(entry), "application/octet-stream", headers=(("Content-Disposition", name),))
    site.routes[f"/servlet/FileDown/{entry.number}"] = file
    body = f'<p>请点击<a href="/servlet/FileDown/{entry.number}?type=1">附件</a></p>'
    site.routes[page_of(entry)] = _article(entry, body)


def by_a_name_in_gbk(site: Site, entry: Entry) -> None:
    """The file's address is written in GBK bytes."""
    name = "".join(f"%{byte:02X}" for byte in "年报".encode("gb18030"))
    site.raw_routes[f"/upload/{name}{entry.number}.pdf"] = Answer(pdf_of(entry), PDF)
    site.routes[page_of(entry)] = _article(entry, f'<a href="/upload/{name}{entry.number}.pdf">查看</a>')


def behind_an_expiring_address(site: Site, entry: Entry, fetches: Iterator[int]) -> None:
    """Each fetch of the page names another address; all lead to the one file."""
    site.routes[f"/store/{entry.number}.pdf"] = Answer(pdf_of(entry), PDF)
    to_file = Answer(b"", status=302, headers=(("Location", f"/store/{entry.number}.pdf"),))
    site.routes[f"/document/download/{entry.number}"] = to_file

    def page(asked: Asked) -> Answer:
        address = f"/document/download/{entry.number}?ticket=T{next(fetches)}&amp;fileName={entry.title}.pdf"
        return _article(entry, f'<a href="{address}">下载</a>')

    site.routes[page_of(entry)] = page


def in_a_frame(site: Site, entry: Entry) -> None:
    """The frame holds a page of its own without any tags."""
    site.routes[f"{FOLDER}body/{entry.number}.html"] = html("", entry.body)
    site.routes[page_of(entry)] = _article(entry, f'<iframe src="../body/{entry.number}.html"></iframe>')


def in_a_viewer(site: Site, entry: Entry) -> None:
    site.routes[f"/files/{entry.number}.pdf"] = Answer(pdf_of(entry), PDF)
    frame = f'<iframe src="/pdfjs/web/viewer.html?file=/files/{entry.number}.pdf#page=1"></iframe>'
    site.routes[page_of(entry)] = _article(entry, frame)


def in_an_object(site: Site, entry: Entry) -> None:
    site.routes[f"/files/{entry.number}.pdf"] = Answer(pdf_of(entry), PDF)
    frame = f'<object data="/files/{entry.number}.pdf" type="application/pdf"></object>'
    site.routes[page_of(entry)] = _article(entry, frame)


def cut_in_two(site: Site, entry: Entry) -> None:
    """The body's second page is named by a script."""
    head, mark, rest = entry.body.partition("<table")
    name = page_of(entry).rpartition("/")[2].removesuffix(".html")
    call = f'<script>createPageHTML(2, {{}}, "{name}", "html");</script>'
    site.routes[page_of(entry)] = _article(entry, head + call.format(0))
    second = page_of(entry).replace(".html", "_1.html")
    site.routes[second] = _article(entry, mark + rest + call.format(1))


def page_and_file(site: Site, entry: Entry) -> None:
    """The same report twice: as the page, and as its file."""
    site.routes[f"/files/{entry.number}.pdf"] = Answer(pdf_of(entry), PDF)
    body = f'{entry.body}<p>附件：<a href="/files/{entry.number}.pdf">{entry.title}.pdf</a></p>'
    site.routes[page_of(entry)] = _article(entry, body)


def as_pictures(site: Site, entry: Entry) -> None:
    """A page whose report is scanned; its name alone tells what it is."""
    pictures = "".join(f'<p><img src="./W0{entry.day:%Y%m%d}{entry.number}{n}.jpg"></p>' for n in (1, 2))
    folder = page_of(entry).rpartition("/")[0]
    for number in (1, 2):
        site.routes[f"{folder}/W0{entry.day:%Y%m%d}{entry.number}{number}.jpg"] = Answer(PIXEL, "image/jpeg")
    site.routes[page_of(entry)] = _article(entry, pictures)


WAYS = (
    in_the_page,
    behind_two_links,
    by_a_servlet,
    by_a_name_in_gbk,
    in_a_frame,
    in_a_viewer,
    in_an_object,
    cut_in_two,
    page_and_file,
)


def build() -> Site:
    """Rows also name the telephone's and the traditional twins, and one row leads straight to a file."""
    *most, expiring, pictured, direct = ENTRIES
    site = Site(key=key_of([*most, expiring, direct]), family="trs")
    for entry, way in zip(most, cycle(WAYS), strict=False):
        way(site, entry)
    behind_an_expiring_address(site, expiring, count(1))
    as_pictures(site, pictured)
    site.routes[f"{FOLDER}{direct.number}.pdf"] = Answer(pdf_of(direct), PDF)
    rows = link(f"{FOLDER}{direct.number}.pdf", direct.title, direct.day)
    for entry in (*most, expiring, pictured):
        twin = page_of(entry).replace(".html", "_wap.html")
        site.routes[twin] = partial(_twin, site, page_of(entry))
        rows += link(page_of(entry) if entry.number % 2 else twin, entry.title, entry.day)
        rows += f'<a href="{twin}">手机版</a><a href="/big5{page_of(entry)}">繁體</a>'
    site.routes[FOLDER] = html(COLUMN_NAME, trail(COLUMN_NAME) + f"<ul>{rows}</ul>", meta(COLUMN_NAME))
    site.routes["/"] = html(SITE_NAME, link(FOLDER, COLUMN_NAME) + link("/old/", "长者版"), meta())
    return site


def _twin(site: Site, path: str, asked: Asked) -> Answer:
    return site.answer(Asked(asked.method, path, asked.query, asked.form, asked.cookies, asked.headers))
