"""The whole line: a site crawled twice through the command line, and what can be asked afterwards."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from nianbao.replica import EDITS, EXPECTED, EditKind, ReportKey
from tests.whole.conftest import DELAY, TwoNights, nianbao, rows

SEEDS = [
    ("沙坡头区民政和社会保障局", 2023),
    ("吴忠市民政局", 2023),
    ("中卫市民政局", 2024),
    ("中卫市民政局", 2017),
    ("沙坡头区人民政府办公室", 2023),
]


def _facts(home: Path, agency: str, year: int) -> dict[str, Decimal | None]:
    found = rows(home, "facts", "--agency", agency, "--year", str(year))
    return {
        f"{r['table_code']}/{r['row_code']}/{r['column_code']}": None
        if r["value"] is None
        else Decimal(str(r["value"]))
        for r in found
        if r["agency"] == agency
    }


def test_every_report_is_found_and_nothing_else(two_nights: TwoNights) -> None:
    found = {(r["agency"], r["year"]) for r in rows(two_nights.home, "reports")}
    assert found == {(k.agency, k.year) for k in two_nights.second}
    assert set(SEEDS) <= found


@pytest.mark.parametrize("key", EXPECTED[2], ids=lambda k: f"{k.agency}-{k.year}")
def test_every_published_figure_stands_in_the_catalogue(two_nights: TwoNights, key: ReportKey) -> None:
    stored = _facts(two_nights.home, key.agency, key.year)
    wrong = {p: (stored.get(p), v) for p, v in key.facts.items() if stored.get(p) != v}
    assert wrong == {}
    assert len(stored) == len(key.facts)


@pytest.mark.parametrize("key", EXPECTED[2], ids=lambda k: f"{k.agency}-{k.year}")
def test_a_report_knows_its_file_page_and_edition(two_nights: TwoNights, key: ReportKey) -> None:
    found = [
        r for r in rows(two_nights.home, "reports", "--year", str(key.year)) if r["agency"] == key.agency
    ]
    assert len(found) == 1
    report = found[0]
    base = two_nights.url.rstrip("/")
    assert report["page_url"] == base + key.path_page
    assert report["url"] == base + (key.path_file or key.path_page)
    assert report["media_type"] == key.media_type
    assert report["status"] == "present"
    if key.facts:
        assert report["edition"] == key.edition


def test_the_divisions_are_those_of_the_code_table(two_nights: TwoNights) -> None:
    found = {r["agency"]: r["division_code"] for r in rows(two_nights.home, "reports")}
    assert found["沙坡头区人民政府办公室"] == "640502"
    assert found["中卫市民政局"] == "640500"
    assert found["吴忠市民政局"] == "640300"


def test_all_identities_of_the_forms_hold(two_nights: TwoNights) -> None:
    assert rows(two_nights.home, "checks", "--failed") == []
    rules = {r["rule"] for r in rows(two_nights.home, "checks")}
    assert {"requests.balance", "requests.handled", "requests.applicants", "review.total"} <= rules


def test_the_sections_of_a_report_are_text(two_nights: TwoNights) -> None:
    query = (
        "SELECT heading FROM sections JOIN reports USING (report_id) "
        "WHERE agency = '吴忠市民政局' AND year = 2023 ORDER BY ordinal"
    )
    headings = [row["heading"] for row in rows(two_nights.home, "sql", query)]
    assert [h[0] for h in headings if h[1:2] == "、"] == list("一二三四五六")
    overall = headings[headings.index("一、总体情况") + 1 : headings.index("二、主动公开政府信息情况")]
    assert [h[1] for h in overall] == list("一二三四五")


def test_each_edit_of_the_second_night_is_one_change(two_nights: TwoNights) -> None:
    fields = rows(two_nights.home, "changes", "--layer", "field")
    told = {
        (
            c["agency"],
            c["year"],
            c["table_code"],
            c["row_code"],
            c["column_code"],
            c["old_value"],
            c["new_value"],
        )
        for c in fields
    }
    edits = [e for e in EDITS if e.kind is EditKind.CELL_CHANGED]
    assert told == {
        (e.agency, e.year, e.table_code, e.row_code, e.column_code, str(e.old), str(e.new)) for e in edits
    }
    assert len(fields) == len(edits)
    assert all(c["kind"] == "edited" and c["cause"] == "source" and c["run_id"] == 2 for c in fields)
    assert all(c["window_from"] < c["window_to"] for c in fields)


def test_first_sight_is_appeared_and_noise_is_no_edit(two_nights: TwoNights) -> None:
    appeared = [c for c in rows(two_nights.home, "changes") if c["kind"] == "appeared"]
    by_run = {n: {(c["agency"], c["year"]) for c in appeared if c["run_id"] == n} for n in (1, 2)}
    assert by_run[1] == {(k.agency, k.year) for k in two_nights.first}
    new = {(e.agency, e.year) for e in EDITS if e.kind is EditKind.REPORT_PUBLISHED}
    assert by_run[2] == new
    edited = {(e.agency, e.year) for e in EDITS if e.kind is EditKind.CELL_CHANGED}
    content = rows(two_nights.home, "changes", "--layer", "content")
    assert {(c["agency"], c["year"]) for c in content} <= edited
    replaced = rows(two_nights.home, "changes", "--layer", "bytes")
    assert {c["kind"] for c in replaced} == {"replaced"}


def test_the_listing_was_walked_to_its_end(two_nights: TwoNights) -> None:
    found = rows(two_nights.home, "sql", "SELECT run_id, pages_declared, pages_seen, complete FROM listing")
    assert [(r["run_id"], r["pages_declared"], r["pages_seen"], r["complete"]) for r in found] == [
        (1, 3, 3, 1),
        (2, 3, 3, 1),
    ]
    sighted = rows(two_nights.home, "sql", "SELECT url, title, shown_date FROM sighting WHERE listing_id = 1")
    base = two_nights.url.rstrip("/")
    assert {base + k.path_page for k in two_nights.first} <= {r["url"] for r in sighted}
    assert all(r["shown_date"] for r in sighted)


def test_we_are_polite_guests(two_nights: TwoNights) -> None:
    for log in two_nights.requests:
        assert log[0].path == "/robots.txt"
        assert not any(r.path.startswith("/private/") for r in log)
        gaps = [b.at - a.at for a, b in zip(log, log[1:], strict=False)]
        assert min(gaps) >= DELAY * 0.9
        agents = {r.headers.get("User-Agent") for r in log}
        assert len(agents) == 1
        assert "https://example.org/crawler" in str(agents)


def test_near_misses_and_news_are_left_alone(two_nights: TwoNights) -> None:
    paths = {r.path for r in two_nights.requests[0]}
    assert not any(p.startswith("/xwzx/") or "/fzzf/" in p or "/czyjs/" in p for p in paths)


def test_other_peoples_tools_accept_the_warc_files(two_nights: TwoNights) -> None:
    files = sorted((two_nights.home / "warc").glob("**/*"))
    files = [f for f in files if f.is_file()]
    assert files
    assert all(f.name.endswith(".warc.gz") for f in files)
    names = [str(f) for f in files]
    check = subprocess.run([sys.executable, "-m", "warcio.cli", "check", *names], check=False)
    assert check.returncode == 0
    assert subprocess.run(["gzip", "-t", *names], check=False).returncode == 0
    for file in files:
        assert gzip.decompress(file.read_bytes()).startswith(b"WARC/1.1\r\n")


def test_unchanged_files_are_asked_for_conditionally_and_become_revisits(two_nights: TwoNights) -> None:
    """Bytes that are the same on both nights, such as robots.txt, are not kept twice."""
    kinds = rows(two_nights.home, "sql", "SELECT record_type, COUNT(*) AS n FROM captures GROUP BY 1")
    assert {r["record_type"] for r in kinds} == {"response", "revisit"}
    revisits = 0
    for file in (two_nights.home / "warc").glob("**/*.warc.gz"):
        with file.open("rb") as stream:
            for record in ArchiveIterator(stream):
                if record.rec_type == "revisit":
                    revisits += 1
                    assert record.rec_headers.get_header("WARC-Refers-To-Target-URI")
                    assert record.rec_headers.get_header("WARC-Refers-To-Date")
    assert revisits == next(r["n"] for r in kinds if r["record_type"] == "revisit")


def test_get_gives_back_the_published_bytes(two_nights: TwoNights, tmp_path: Path) -> None:
    captures = rows(two_nights.home, "sql", "SELECT DISTINCT sha256 FROM captures WHERE sha256 IS NOT NULL")
    for number, row in enumerate(captures):
        target = tmp_path / str(number)
        if number < 5:
            nianbao(two_nights.home, "get", row["sha256"], "-o", str(target))
            assert hashlib.sha256(target.read_bytes()).hexdigest() == row["sha256"]
    key = next(k for k in two_nights.second if k.path_file)
    assert key.path_file is not None
    target = tmp_path / "report.pdf"
    nianbao(two_nights.home, "get", two_nights.url.rstrip("/") + key.path_file, "-o", str(target))
    assert target.read_bytes().startswith(b"%PDF-")


def test_the_summary_and_the_runs_tell_the_same(two_nights: TwoNights) -> None:
    runs = rows(two_nights.home, "runs")
    assert [r["status"] for r in runs] == ["done", "done"]
    assert [r["new"] for r in runs] == [len(two_nights.first), 1]
    assert runs[1]["changed"] == 2
    assert [r["fetched"] for r in runs] == [len(log) for log in two_nights.requests]
    assert f"{len(two_nights.first)} reports are new, 0 changed" in two_nights.printed[0]
    assert "1 reports are new, 2 changed" in two_nights.printed[1]


def test_coverage_knows_the_statutory_date(two_nights: TwoNights) -> None:
    found = {(r["agency"], r["year"]): r for r in rows(two_nights.home, "coverage")}
    assert found[("吴忠市民政局", 2023)]["due_on"] == "2024-01-31"
    assert found[("吴忠市民政局", 2023)]["state"] == "verified"
    assert found[("吴忠市民政局", 2024)]["state"] == "overdue"
    assert found[("中卫市民政局", 2018)]["state"] == "overdue"


def test_show_names_a_report_by_number_words_or_url(two_nights: TwoNights) -> None:
    key = two_nights.second[0]
    url = two_nights.url.rstrip("/") + key.path_page
    by_words = nianbao(two_nights.home, "show", f"{key.agency} {key.year}").stdout
    assert key.agency in by_words
    assert nianbao(two_nights.home, "show", url).stdout == by_words
    assert "report" in nianbao(two_nights.home, "show", "没有这个局", code=2).stderr


def test_reading_again_gives_the_same(two_nights: TwoNights) -> None:
    printed = nianbao(two_nights.home, "parse", "--all", "--dry-run").stdout
    assert " 0 differences" in printed
    assert "0 files read" in nianbao(two_nights.home, "parse").stdout


def test_the_report_of_the_night_tells_what_the_runs_found(two_nights: TwoNights, tmp_path: Path) -> None:
    page = tmp_path / "night.html"
    told = json.loads(nianbao(two_nights.home, "night", "--html", str(page), "--json").stdout)
    (site,) = told["sites"]
    runs = rows(two_nights.home, "sql", "SELECT * FROM site_runs ORDER BY run_id")
    by_run = rows(two_nights.home, "runs")
    for name in ("new", "changed", "gone", "fetched"):
        assert site[name] == sum(run[name] for run in runs) == sum(run[name] for run in by_run), name
    assert site["found"] >= len({(k.agency, k.year) for k in two_nights.second})
    assert (site["status"], site["failed"], site["blocked"]) == ("done", 0, 0)
    (cell,) = (c for c in told["changes"] if c["cell"] == "disclosure/licensing/decisions")
    assert (cell["agency"], cell["old"], cell["new"]) == ("吴忠市民政局", "17", "18")
    html = page.read_text("utf-8")
    assert "吴忠市民政局" in html
    assert "<svg" in html
    assert "replica" in nianbao(two_nights.home, "night").stdout
    assert "no date" in nianbao(two_nights.home, "night", "tonight", code=2).stderr
