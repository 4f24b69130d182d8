"""A site of no known system: year folders, an ordinary pager, a table of bodies by years."""

from nianbao.replica.families.content import (
    COLUMN_NAME,
    NEAR_MISSES,
    NEWS,
    SITE_NAME,
    TOWNS,
    YEARS,
    Entry,
    chunks,
    html,
    key_of,
    link,
    meta,
    pdf_of,
    reports,
    town_reports,
    trail,
)
from nianbao.replica.families.server import Answer, Site


def _article(entry: Entry) -> Answer:
    return html(
        f"{entry.title}_{SITE_NAME}", f"{trail('信息公开', COLUMN_NAME)}<h1>{entry.title}</h1>{entry.body}"
    )


def _year(site: Site, year: int) -> None:
    """One folder for each year; two rows a page, the pager names the pages that it shows."""
    entries = [entry for entry in reports() if entry.report and entry.report.year == year]
    parts = chunks(entries, 4)
    for number, part in enumerate(parts, start=1):
        rows = "".join(link(f"/gk/nb/{year}/{entry.number}a.html", entry.title, entry.day) for entry in part)
        pager = "".join(
            f'<a href="/gk/nb/{year}/{"index" if n == 1 else f"index_{n}"}.html">{n}</a>'
            for n in range(1, len(parts) + 1)
            if n != number
        )
        name = "index.html" if number == 1 else f"index_{number}.html"
        main = f"{trail('信息公开', COLUMN_NAME, f'{year}年')}<ul>{rows}</ul><div>{pager}</div>"
        site.routes[f"/gk/nb/{year}/{name}"] = html(f"{year}年", main)
    for entry in entries:
        site.routes[f"/gk/nb/{year}/{entry.number}a.html"] = _article(entry)


def _table(site: Site) -> str:
    """Towns down, years across; each cell says only 下载."""
    rows = ""
    for town in TOWNS:
        cells = ""
        for entry in town_reports():
            if entry.report and town in entry.report.agency:
                site.routes[f"/files/{entry.number}.pdf"] = Answer(pdf_of(entry), "application/pdf")
                cells += f'<td><a href="/files/{entry.number}.pdf">{entry.report.year}年</a></td>'
        rows += f"<tr><td>{town}</td>{cells}</tr>"
    return f"<table>{rows}</table>"


def build() -> Site:
    """The column lists years; the towns' reports are files in a table."""
    site = Site(key=key_of([*reports(), *town_reports()]), family="generic")
    for year in YEARS:
        _year(site, year)
    years = "".join(link(f"/gk/nb/{year}/index.html", f"{year}年") for year in YEARS)
    near = link("/gk/fz/1.html", NEAR_MISSES[0].title)
    site.routes["/gk/fz/1.html"] = _article(NEAR_MISSES[0])
    site.routes["/gk/nb/"] = html(f"{COLUMN_NAME}-{SITE_NAME}", trail("信息公开", COLUMN_NAME) + years + near)
    site.routes["/gk/xznb.html"] = html("乡镇政府信息公开年报", _table(site))
    menu = link("/xw/", "新闻") + link("/gk/", "信息公开")
    site.routes["/"] = html(
        SITE_NAME, menu + "".join(link(f"/xw/{n}.html", e.title) for n, e in enumerate(NEWS))
    )
    columns = (
        link("nb/", COLUMN_NAME) + link("xznb.html", "乡镇政府信息公开年报") + link("zn.html", "公开指南")
    )
    site.routes["/gk/"] = html("信息公开", menu + columns, meta("信息公开"))
    return site
