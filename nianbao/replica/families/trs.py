"""TRS WCM: columns are folders, the pager is written by script, files lie beside their article."""

from nianbao.replica.families.content import (
    BODIES,
    COLUMN_NAME,
    NEAR_MISSES,
    NEWS,
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

COLUMN = "/zwgk/zfxxgk/zfxxgknb_51940/"
TOWNS = "/zwgk/xzxxgk/nb_51990/"
MENU = (
    '<ul class="nav">'
    + link("/xwzx/", "新闻中心")
    + link("/zwgk/", "政务公开")
    + link("/bsfw/", "办事服务")
    + link("/rili/?day=1", "日历")
    + "</ul>"
)


def name_of(entry: Entry) -> str:
    return f"{entry.day:%Y%m}/t{entry.day:%Y%m%d}_{5100000 + entry.number}.html"


def _file_name(entry: Entry) -> str:
    return f"P0{entry.day:%Y%m%d}{entry.number:012d}.pdf"


def article(entry: Entry, column: str) -> tuple[str, Answer]:
    """Every third report is a PDF beside its page, as WPS users publish them."""
    body = entry.body
    if _has_file(entry):
        name = f"{entry.title}.pdf"
        link_tags = f'download="{name}" appendix="true" needdownload="true"'
        body = (
            '<p>报告全文见附件。</p><p class="insertfileTag">附件：'
            f'<a href="./{_file_name(entry)}" {link_tags}>{name}</a></p>'
        )
    main = (
        f'{trail(column)}<h1>{entry.title}</h1><div class="view TRS_UEDITOR trs_paper_default">{body}</div>'
    )
    twin = '<a href="./' + name_of(entry).rpartition("/")[2].replace(".html", "_wap.html") + '">手机版</a>'
    return name_of(entry), html(entry.title, main + twin + MENU, meta(column, entry))


def _has_file(entry: Entry) -> bool:
    return entry.report is not None and entry.number % 3 == 0


def listing(site: Site, path: str, name: str, entries: list[Entry]) -> None:
    """The pages of a list, its articles and their files."""
    parts = chunks(entries)
    for number, part in enumerate(parts):
        rows = "".join(link(f"./{name_of(entry)}", entry.title, entry.day) for entry in part)
        call = f'createPageHTML({len(parts)}, {number}, "index", "html")'
        pager = f"<script>var countPage = {len(parts)};{call};</script>"
        main = f'{MENU}{trail("政务公开", name)}<ul class="list">{rows}</ul>{pager}'
        file = "index.html" if number == 0 else f"index_{number}.html"
        site.routes[path + file] = html(name, main, meta(name))
    site.routes[path] = site.routes[path + "index.html"]
    for entry in entries:
        at, answer = article(entry, name)
        site.routes[path + at] = answer
        if _has_file(entry):
            folder = at.rpartition("/")[0]
            site.routes[f"{path}{folder}/{_file_name(entry)}"] = Answer(pdf_of(entry), "application/pdf")


def build() -> Site:
    """Columns of the government, of each body and of the towns."""
    site = Site(key=key_of([*reports(), *town_reports()]), family="trs")
    half = [entry for entry in listed() if entry.report is None or entry.report.agency[4:] in BODIES[:3]]
    listing(site, COLUMN, COLUMN_NAME, half)
    listing(site, TOWNS, COLUMN_NAME, list(town_reports()))
    listing(site, "/zwgk/fzzf/", "法治政府建设年度报告", [NEAR_MISSES[0]])
    listing(site, "/xwzx/", "新闻中心", list(NEWS))
    bodies = ""
    for number, body in enumerate(BODIES[3:]):
        folder = f"/zwgk/bmxxgkml/b{number}/"
        bodies += link(folder, body)
        column = f"{folder}nb_4947{number}/"
        own = [entry for entry in reports() if entry.report and entry.report.agency.endswith(body)]
        listing(site, column, COLUMN_NAME, own)
        columns = (
            link(f"{folder}zn_1/", "政府信息公开指南")
            + link(f"{folder}fdzdgknr_2/", "法定主动公开内容")
            + link(column, COLUMN_NAME)
        )
        site.routes[folder] = html(f"{body}信息公开", f"{MENU}<ul>{columns}</ul>", meta(body))
    home = MENU + "".join(link(f"/xwzx/{name_of(entry)}", entry.title, entry.day) for entry in NEWS)
    site.routes["/"] = html("沙坡头区人民政府", home, meta())
    openness = link("/zwgk/zfxxgk/", "政府信息公开") + link("/zwgk/bmxxgkml/", "部门信息公开")
    openness += link("/zwgk/xzxxgk/", "乡镇信息公开") + link("/zwgk/fzzf/", "法治政府建设年度报告")
    site.routes["/zwgk/"] = html("政务公开", f"{MENU}<ul>{openness}</ul>", meta("政务公开"))
    site.routes["/zwgk/zfxxgk/"] = html(
        "政府信息公开", link("./zfxxgknb_51940/", COLUMN_NAME), meta("政府信息公开")
    )
    site.routes["/zwgk/bmxxgkml/"] = html("部门信息公开", f"<ul>{bodies}</ul>", meta("部门信息公开"))
    site.routes["/zwgk/xzxxgk/"] = html(
        "乡镇信息公开", link("./nb_51990/", "乡镇政府信息公开年报"), meta("乡镇")
    )
    site.routes["/private/"] = html("内部", "<p>不公开。</p>")
    return site
