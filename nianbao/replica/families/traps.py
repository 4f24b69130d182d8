"""A site full of traps: calendars, sessions in addresses, loops, storms; huge, cut, slow and misdeclared."""

from collections import Counter
from functools import partial
from itertools import count

from nianbao.replica.families.content import (
    COLUMN_NAME,
    NEAR_MISSES,
    NEWS,
    SITE_NAME,
    Entry,
    html,
    key_of,
    link,
    meta,
    reports,
    trail,
)
from nianbao.replica.families.server import Answer, Asked, Site

FOLDER = "/gk/nb/"
ENTRIES = reports()[:10]
HUGE = 30_000
#: Never silent for long, and so would hold a crawl that only waits for silence for minutes.
TRICKLE = f"{FOLDER}trickle.html"


def page_of(entry: Entry) -> str:
    return f"{FOLDER}{entry.day:%Y%m}/{entry.number}.html"


def _article(entry: Entry, charset: str = "utf-8") -> Answer:
    body = f"{trail(COLUMN_NAME)}<h1>{entry.title}</h1>{entry.body}"
    return html(entry.title, body, meta(COLUMN_NAME, entry), charset=charset)


def _calendar(asked: Asked) -> Answer:
    """Every month leads to the next one, below the column's own folder."""
    year, month = int(asked.query.get("y", 2024)), int(asked.query.get("m", 1))
    following = f"/gk/nb/rl/{year}{month:02d}/?y={year + month // 12}&m={month % 12 + 1}"
    return html("日历", link(following, "下个月") + link(f"/gk/nb/rl/{year + 1}/", f"{year + 1}年"))


def _storm(times: "Counter[str]", answer: Answer, asked: Asked) -> Answer:
    """Twice 503, then the page."""
    times[asked.path] += 1
    return answer if times[asked.path] > 2 else Answer(b"busy", "text/html", status=503)


def _moved(answer: Answer, asked: Asked) -> Answer:
    if asked.query.get("moved"):
        return answer
    return Answer(b"", status=301, headers=(("Location", f"{asked.path}?moved=1"),))


def build() -> Site:
    """The column lies behind a session that every page writes into its links anew."""
    site = Site(key=key_of(ENTRIES), family="generic")
    sessions, times = count(1), Counter[str]()

    def with_session(asked: Asked) -> Answer:
        session = f"{next(sessions):032x}"
        rows = "".join(
            link(f"{page_of(entry)};jsessionid={session}?sid={session}", entry.title, entry.day)
            for entry in ENTRIES
        )
        rows += link(f"{FOLDER}fz.html", NEAR_MISSES[0].title) + link(f"{FOLDER}loop/a.html", "2019年")
        rows += link(f"{FOLDER}rl/?y=2024&m=1", "工作日历") + link(f"{FOLDER}slow.html", "某局2011年年报")
        rows += link(TRICKLE, "某局2009年年报")
        rows += link(f"{FOLDER}rl/2031/", "2031年") + link(f"{FOLDER}cut.html", "某局2010年政府信息公开年报")
        return html(COLUMN_NAME, trail(COLUMN_NAME) + rows, meta(COLUMN_NAME))

    site.routes[FOLDER] = with_session
    for number, entry in enumerate(ENTRIES):
        site.routes[page_of(entry)] = _article(entry)
        if number == 0:  # declared as one charset, written in another
            wrong = html(entry.title, entry.body, meta(COLUMN_NAME, entry), charset="gb18030").body
            site.routes[page_of(entry)] = Answer(wrong, "text/html; charset=iso-8859-1")
        elif number == 1:
            site.routes[page_of(entry)] = partial(_storm, times, _article(entry))
        elif number == 2:
            site.routes[page_of(entry)] = partial(_moved, _article(entry))
    site.routes[f"{FOLDER}rl/"] = _calendar
    site.before = lambda asked: _calendar(asked) if asked.path.startswith(f"{FOLDER}rl/") else None
    for here, there in (("a", "b"), ("b", "a")):
        to = (("Location", f"{FOLDER}loop/{there}.html"),)
        site.routes[f"{FOLDER}loop/{here}.html"] = Answer(b"", status=302, headers=to)
    site.routes[f"{FOLDER}cut.html"] = Answer(_article(NEWS[0]).body, cut=300)
    site.routes[f"{FOLDER}slow.html"] = Answer(b"", status=500)
    site.routes[TRICKLE] = Answer(_article(NEWS[1]).body, trickle=0.05)
    junk = "".join(f'<li><a href="/x/{n}/">{n}号链接</a></li>' for n in range(HUGE))
    site.routes["/huge/"] = html("政务公开", junk + link(FOLDER, COLUMN_NAME))
    home = link("/huge/", "政务公开") + link("/rili/?day=2", "日历") + link("/search.jsp?q=a", "搜索")
    site.routes["/"] = html(SITE_NAME, home, meta())
    return site
