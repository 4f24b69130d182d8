"""history, diff, correct, changes and the two clocks, as a user asks for them."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from nianbao.replica import REPORTS, Report, render_html
from tests.whole.conftest import nianbao, rows

CELL = "disclosure/licensing/decisions"
URL = "http://www.wuzhong.example/zwgk/202401/t20240122_1.html"
SENTENCE = "另有一事说明。"
(REPORT,) = (r for r in REPORTS if (r.agency, r.year) == ("吴忠市民政局", 2023))
NAME = "吴忠市民政局 2023"


def page(edited: bool) -> str:
    html = whole_page(REPORT.with_fact(CELL, Decimal(18)) if edited else REPORT)
    return html.replace("五、", f"{SENTENCE}五、", 1) if edited else html


def whole_page(report: Report) -> str:
    html = render_html(report)
    return f"<html><head><title>{report.title}</title></head><body><div id='zoom'>{html}</div></body></html>"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report taken in twice, edited in between."""
    folder = tmp_path_factory.mktemp("history")
    path = folder / "home"
    nianbao(path, "init", "--contact", "https://example.org/crawler")
    for edited in (False, True):
        file = folder / "report.html"
        file.write_text(page(edited), encoding="utf-8")
        nianbao(path, "import", str(file), "--url", URL)
    return path


def test_history_tells_versions_and_changes(home: Path) -> None:
    told = json.loads(nianbao(home, "history", NAME, "--json").stdout)
    assert [v["ordinal"] for v in told["versions"]] == [1, 2]
    kinds = [(c["layer"], c["kind"], c["old_value"], c["new_value"]) for c in told["changes"]]
    assert ("field", "edited", "17", "18") in kinds
    (text,) = [k for k in kinds if k[0] == "content"]
    assert SENTENCE in text[3]
    lines = nianbao(home, "history", NAME).stdout
    assert f"field edited  {CELL}  -17  +18" in lines
    assert "bytes" not in lines
    assert "bytes" in nianbao(home, "history", NAME, "--all").stdout


def test_diff_shows_cells_and_text_by_section(home: Path) -> None:
    told = nianbao(home, "diff", NAME).stdout
    assert f"{CELL}: 17 -> 18" in told
    assert any(line.startswith("+ ") and SENTENCE in line for line in told.splitlines())
    assert "@@ " in told
    nianbao(home, "diff", NAME, "--from", "1", "--to", "7", code=2)
    assert nianbao(home, "diff", NAME, "--seen", "2999-01-01", "--known", "2999-01-01").stdout == told
    assert "had not been seen" in nianbao(home, "diff", NAME, "--seen", "2001-01-01", code=2).stderr
    early = nianbao(home, "history", NAME, "--known", "2001-01-01")
    assert early.stdout == ""
    assert "not known, by then" in " ".join(early.stderr.split())


def test_a_correction_shows_and_is_withdrawn(home: Path) -> None:
    place = ("--table", "requests", "--row", "received", "--column", "total")
    (before,) = rows(home, "facts", "--report", NAME, *place)
    why = ("--reason", "the scan shows 5", "--by", "me")
    nianbao(home, "correct", NAME, "requests/received/total", "5", *why)
    (after,) = rows(home, "facts", "--report", NAME, *place)
    assert (after["value"], after["raw"]) == (5, before["raw"])
    (change,) = rows(home, "changes", "--cause", "correction")
    assert (change["layer"], change["new_value"], change["run_id"]) == ("field", "5", None)
    (listed,) = rows(home, "corrections")
    nianbao(home, "corrections", "--withdraw", str(listed["correction_id"]))
    assert rows(home, "facts", "--report", NAME, *place) == [before]
    assert rows(home, "corrections")[0]["withdrawn_at"] is not None
    nianbao(home, "rebuild", "--check")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("correct", NAME, "requests/received", "5", "--reason", "x"), "TABLE/ROW/COLUMN"),
        (("correct", NAME, "requests/received/total", "five", "--reason", "x"), "neither a number"),
        (("correct", NAME, "requests/nowhere/total", "5", "--reason", "x"), "no cell"),
        (("correct", "nobody 1999", "requests/received/total", "5", "--reason", "x"), "no report"),
        (("corrections", "--withdraw", "99"), "no correction 99"),
        (("reports", "--seen", "yesterday"), "no date"),
        (("show", NAME, "--seen", "2001-01-01"), "had not been seen"),
        (("changes", "--since", "2026-13-01"), "no date"),
        (("reports", "--region", "nowhere"), "no division is called"),
        (("reports", "--region", "朝阳区"), "fits several divisions"),
        (("facts", "--wide"), "columns fit no terminal"),
        (("facts", "--wide", "--row", "nothing"), "the forms have no such cell"),
    ],
)
def test_bad_input_is_told(home: Path, words: tuple[str, ...], said: str) -> None:
    assert said in nianbao(home, *words, code=2).stderr


def test_before_its_time_there_is_nothing(home: Path) -> None:
    assert rows(home, "reports", "--seen", "2001-01-01") == []
    assert rows(home, "facts", "--known", "2001-01-01") == []
    assert rows(home, "changes", "--known", "2001-01-01") == []
    assert len(rows(home, "reports", "--seen", "2999-01-01", "--known", "2999-01-01")) == 1


def test_search_series_coverage_and_review(home: Path) -> None:
    (hit,) = [h for h in rows(home, "search", SENTENCE) if h["ordinal"] is not None]
    assert f"«{SENTENCE.rstrip('。')}»" in hit["snippet"]
    assert rows(home, "search", SENTENCE, "--year", "1999") == []
    nianbao(home, "search", "NOT 公开", code=2)
    (line,) = rows(home, "series", CELL)
    assert (line["agency"], line["2023"]) == ("吴忠市民政局", 18)
    assert rows(home, "series", CELL, "--years", "2019-2020") == []
    (owed,) = rows(home, "coverage", "--year", "2023")
    assert (owed["state"], owed["due_on"]) == ("verified", "2024-01-31")
    (line,) = rows(home, "coverage", "--wide")
    assert (line["agency"], line["2023"], line["2024"]) == ("吴忠市民政局", "verified", "overdue")
    assert rows(home, "review") == []
    nianbao(home, "review", "abcdef", "--reason", "x", code=2)


def test_questions_of_a_region_by_name_and_of_a_level(home: Path) -> None:
    for view in ("reports", "facts", "changes", "checks", "coverage"):
        assert rows(home, view, "--region", "吴忠市", "--level", "city"), view
        assert rows(home, view, "--level", "county") == [], view
        assert rows(home, view, "--region", "110000") == [], view
    assert rows(home, "search", SENTENCE, "--level", "CITY")
    assert rows(home, "search", SENTENCE, "--level", "province") == []
    assert [line["2023"] for line in rows(home, "series", CELL, "--level", "city")] == [18]
    assert rows(home, "series", CELL, "--level", "county") == []


def test_figures_wide(home: Path) -> None:
    table, row, column = CELL.split("/")
    place = ("--table", table, "--row", row, "--column", column)
    (line,) = rows(home, "facts", "--wide", *place)
    assert (line["agency"], line[CELL]) == ("吴忠市民政局", 18)
    assert rows(home, "facts", "--wide", *place, "--seen", "2001-01-01") == []
    assert CELL in nianbao(home, "facts", "--wide", *place).stdout
    (whole,) = rows(home, "facts", "--wide")
    figures = REPORT.with_fact(CELL, Decimal(18)).all_facts()
    assert {cell: whole[cell] for cell in figures} == {cell: float(value) for cell, value in figures.items()}


def test_exports_are_written(home: Path, tmp_path: Path) -> None:
    nianbao(home, "export", code=2)
    told = nianbao(
        home, "export", "--csv", str(tmp_path / "csv"), "--sqlite", str(tmp_path / "a.db"),
        "--feeds", str(tmp_path),
    ).stdout  # fmt: skip
    assert "facts_wide.csv: 1 rows" in told
    assert (tmp_path / "a.db").exists()
    assert "17 → 18" in (tmp_path / "changes.json").read_text("utf-8")
    nianbao(home, "export", "--feeds", str(tmp_path), "--seen", "2001-01-01", code=2)


def test_two_bodies_of_one_name_have_a_row_each(tmp_path: Path) -> None:
    """Of offices called 民政局 on sites whose division is not set, nobody knows which is meant."""
    home = tmp_path / "home"
    nianbao(home, "init", "--contact", "https://example.org/crawler")
    for host, value in (("www.one.example", 17), ("www.other.example", 55)):
        file = tmp_path / f"{host}.html"
        report = replace(REPORT, agency="民政局").with_fact(CELL, Decimal(value))
        file.write_text(whole_page(report), encoding="utf-8")
        nianbao(home, "import", str(file), "--url", f"http://{host}/t20240122_1.html")
    assert [line["agency"] for line in rows(home, "coverage", "--wide")] == ["民政局"] * 2
    assert {line["2023"] for line in rows(home, "series", CELL)} == {17, 55}
    table, row, column = CELL.split("/")
    wide = rows(home, "facts", "--wide", "--table", table, "--row", row, "--column", column)
    assert {line[CELL] for line in wide} == {17, 55}


def test_what_was_late_and_what_is_no_number_show_over_the_years(tmp_path: Path) -> None:
    """Published after 31 January, and the cell of the licences is blank."""
    home, file = tmp_path / "home", tmp_path / "report.html"
    html = whole_page(REPORT).replace("<head>", '<head><meta name="PubDate" content="2024-02-20">')
    start = html.index(">17<", html.index("行政许可"))
    file.write_text(html[: start + 1] + html[start + 3 :], encoding="utf-8")
    nianbao(home, "init", "--contact", "https://example.org/crawler")
    nianbao(home, "import", str(file), "--url", URL)
    (owed,) = rows(home, "coverage", "--year", "2023")
    assert (owed["published_on"], owed["due_on"], owed["late"]) == ("2024-02-20", "2024-01-31", 1)
    (line,) = rows(home, "coverage", "--wide")
    assert line["2023"] == f"{owed['state']} (late)"
    assert [line["2023"] for line in rows(home, "series", CELL)] == ["(blank)"]
