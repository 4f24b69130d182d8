"""The report of a night as one HTML file: no script, no other file, every text of a site escaped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from html import escape

from archive.runs import RunStatus
from archive.tallies import Counts
from scheduler.nights import SiteHistory, SiteNight
from scheduler.report import NightlyChange, NightReport

_STYLE = """
:root{color-scheme:light dark;--line:#8884;--soft:#8882;--good:#2a7d46;--bad:#b3261e;--bar:#4a7fb5}
body{font:15px/1.6 system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;max-width:72rem;
margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
table{border-collapse:collapse;width:100%}th,td{padding:.3rem .6rem;text-align:left;vertical-align:top;
border-bottom:1px solid var(--line);overflow-wrap:anywhere}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}th,td.n,td.s{white-space:nowrap}
.cards{display:flex;flex-wrap:wrap;gap:.75rem;padding:0;list-style:none}
.cards li{background:var(--soft);border-radius:.5rem;padding:.6rem 1rem;min-width:6rem}
.cards b{display:block;font-size:1.4rem;font-variant-numeric:tabular-nums}
.good{color:var(--good)}.bad{color:var(--bad)}small{opacity:.75}
svg rect{fill:var(--bar)}svg rect.bad{fill:var(--bad)}svg{vertical-align:middle}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'"
_STATUS = {
    RunStatus.DONE: "完成",
    RunStatus.FAILED: "失败",
    RunStatus.INTERRUPTED: "中断",
    RunStatus.RUNNING: "进行中",
}
_KINDS = {
    "appeared": "新发布",
    "edited": "修改",
    "replaced": "替换",
    "moved": "移位",
    "gone": "消失",
    "returned": "恢复",
    "reread": "重读",
}
_CARDS = (
    ("found", "栏目列出"),
    ("new", "新报告"),
    ("changed", "有改动"),
    ("unchanged", "无变化"),
    ("gone", "消失"),
    ("blocked", "被拦截"),
    ("failed", "请求失败"),
)
_WIDTH, _HEIGHT = 120, 24


def night_page(report: NightReport, sections: Sequence[str] = ()) -> str:
    """The page; ``sections`` are further parts, as HTML, that come right after the totals."""
    title = f"年报档案 · {report.night.isoformat()} 夜间报告"
    body = "\n".join((_totals(report), *sections, _sites(report), _changes(report), _runs(report)))
    return (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style></head>\n<body>\n"
        f"<h1>{escape(title)}</h1>\n{body}\n</body></html>\n"
    )


def grid(
    head: Sequence[str],
    rows: Iterable[Iterable[str]],
    numbers: Sequence[int] = (),
    short: Sequence[int] = (),
) -> str:
    """A table. The head is plain text, the cells are HTML; ``numbers`` are the columns set to the right.

    Those and the ``short`` ones are never broken into lines.
    """

    def cell(tag: str, place: int, inner: str) -> str:
        kind = " class=n" if place in numbers else " class=s" if place in short else ""
        return f"<{tag}{kind}>{inner}</{tag}>"

    top = "".join(cell("th", i, escape(name)) for i, name in enumerate(head))
    lines = ("".join(cell("td", i, inner) for i, inner in enumerate(row)) for row in rows)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def bars(values: Sequence[int], marked: Sequence[bool], label: str) -> str:
    """A small chart, a bar a night, the last to the right; ``marked`` ones are those that failed."""
    most = max((*values, 1))
    step = _WIDTH / max(len(values), 1)
    drawn = []
    for place, (value, bad) in enumerate(zip(values, marked, strict=True)):
        height = max(1.0, value / most * _HEIGHT)
        kind = ' class="bad"' if bad else ""
        drawn.append(
            f'<rect{kind} x="{place * step:.1f}" y="{_HEIGHT - height:.1f}" '
            f'width="{max(step - 1, 1):.1f}" height="{height:.1f}"/>'
        )
    return (
        f'<svg role="img" aria-label="{escape(label)}" width="{_WIDTH}" height="{_HEIGHT}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}">{"".join(drawn)}</svg>'
    )


def _totals(report: NightReport) -> str:
    failed = sum(1 for site in report.sites if not _tonight(site, report.night).done)
    told = f"{len(report.sites)} 个网站，{len(report.sites) - failed} 个完成" + (
        f'，<span class="bad">{failed} 个未完成</span>' if failed else ""
    )
    cards = "".join(f"<li><b>{getattr(report.totals, name)}</b>{label}</li>" for name, label in _CARDS)
    size = f"收到 {_size(report.totals.bytes)}，存档增加 {_size(report.totals.stored)}，"
    size += f"档案现有报告 {report.reports} 份。"
    asked = "" if report.runs else '<p class="bad">这一夜没有运行。</p>'
    return f"{asked}<p>{told}。{size}</p><ul class=cards>{cards}</ul>"


def _sites(report: NightReport) -> str:
    if not report.sites:
        return ""
    head = (
        "网站",
        "结果",
        "列出",
        "以往",
        "新",
        "改动",
        "消失",
        "拦截",
        "失败",
        "收到",
        "用时",
        "近三十夜列出数",
    )
    rows = (_site(site, report.night) for site in report.sites)
    left = ""
    if report.not_asked:
        left = f"<p>此前抓取过、这一夜未抓取：{escape('、'.join(report.not_asked))}</p>"
    return f"<h2>网站</h2>{grid(head, rows, range(2, 11))}{left}"


def _site(site: SiteHistory, night: date) -> Iterator[str]:
    tonight = _tonight(site, night)
    counts, usual = tonight.counts, site.usual(night)
    yield f"{escape(site.title or site.site)}<br><small>{escape(site.site)}</small>"
    kind = "good" if tonight.done else "bad"
    message = f"<br><small>{escape(tonight.message)}</small>" if tonight.message else ""
    yield f'<span class="{kind}">{_STATUS[tonight.status]}</span>{message}'
    yield _held_against(counts, usual)
    yield str(usual.found) if usual else "—"
    yield from (str(getattr(counts, name)) for name in ("new", "changed", "gone", "blocked", "failed"))
    yield _size(counts.bytes)
    yield f"{counts.seconds // 60} 分 {counts.seconds % 60} 秒"
    found = [one.counts.found for one in site.nights]
    yield bars(
        found, [not one.done for one in site.nights], f"近 {len(found)} 夜：{'、'.join(map(str, found))}"
    )


def _held_against(counts: Counts, usual: Counts | None) -> str:
    fewer = usual is not None and counts.found < usual.found
    return f'<span class="bad">{counts.found}</span>' if fewer else str(counts.found)


def _changes(report: NightReport) -> str:
    if not report.changes:
        return "<h2>变化</h2><p>各机关的报告没有变化。</p>"
    rows = (_change(change) for change in report.changes)
    more = f"<p>另有 {report.changes_left} 处变化未列出。</p>" if report.changes_left else ""
    return f"<h2>变化</h2>{grid(('机关', '年度', '变化', '位置', '原为', '现为'), rows, (), (1, 2))}{more}"


def _change(change: NightlyChange) -> Iterator[str]:
    yield escape(change.agency or "（机关不明）") + f"<br><small>{escape(change.url)}</small>"
    yield str(change.year or "—")
    yield _KINDS.get(change.kind, escape(change.kind))
    yield escape(change.cell or "")
    yield escape(change.old or "")
    yield escape(change.new or "")


def _runs(report: NightReport) -> str:
    rows = (
        (str(r.run_id), escape(r.kind), _STATUS[RunStatus(r.status)], r.started_at, r.finished_at or "—")
        for r in report.runs
    )
    head = ("编号", "种类", "结果", "开始（UTC）", "结束（UTC）")
    return f"<h2>运行</h2>{grid(head, rows, (), range(5))}" if report.runs else ""


def _tonight(site: SiteHistory, night: date) -> SiteNight:
    tonight = site.on(night)
    assert tonight is not None, "the report's sites are those of its night"
    return tonight


def _size(count: float) -> str:
    for unit in ("B", "KB", "MB"):
        if count < 1000:
            return f"{count:.4g} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
