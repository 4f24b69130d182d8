"""An older Hanweb site: the proxy lies in the script library's folder and takes its fields by GET alone."""

from nianbao.replica.families import hanweb
from nianbao.replica.families.content import PER_PAGE, chunks, key_of, reports, town_reports
from nianbao.replica.families.server import Answer, Asked, Site

PATH = "/module/jslib/jquery/jpage/dataproxy.jsp"


def build() -> Site:
    """Pages are asked for by their number."""
    site = Site(key=key_of([*reports(), *town_reports()]), family="hanweb")
    columns = hanweb.columns_of()
    hanweb.common(site, columns)
    for number, (name, entries) in columns.items():
        site.routes[f"/col/col{number}/index.html"] = hanweb.listing(number, name, entries, PER_PAGE)

    def answer(asked: Asked) -> Answer:
        if asked.method != "GET":
            return Answer(b"", status=405, headers=(("Allow", "GET"),))
        number, page = asked.query.get("columnid", ""), int(asked.query.get("page", 1))
        parts = chunks(columns[number][1]) if number in columns else []
        if not 0 < page <= len(parts) or asked.query.get("unitid") != hanweb.UNIT:
            return Answer(b"<datastore><recordset></recordset></datastore>", "text/xml")
        text = hanweb.records(list(parts[page - 1]), number)
        xml = f"<datastore><totalpage>{len(parts)}</totalpage><recordset>{text}</recordset></datastore>"
        return Answer(xml.encode(), "text/xml; charset=utf-8")

    site.routes[PATH] = answer
    return site
