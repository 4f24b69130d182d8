"""What leaves the archive says what the archive says: tables, a SQLite snapshot, feeds, the API."""

from __future__ import annotations

import csv
import json
import sqlite3
from dataclasses import FrozenInstanceError, replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from nights import CELL, OTHER_URL, REPORT, URL, Archive, Got, page

import archive as library
from archive.api import Archive as Api
from archive.asof import ask_as_of
from archive.exports.feeds import ATOM, write_feeds
from archive.exports.shape import VIEWS
from archive.exports.snapshot import write_snapshot
from archive.exports.tables import Form, export_tables
from archive.history.diff import NoSuchVersion
from archive.history.standing import BadDate, Clocks
from archive.queries import Filter
from archive.regions import NoSuchRegion
from archive.wide import ask_wide

EDITED = REPORT.with_fact(CELL, Decimal(18))
OTHER = replace(REPORT, agency="中卫市民政局", year=2022)


@pytest.fixture
def lived(archive: Archive) -> Archive:
    archive.night(Got(page()), Got(page(OTHER), OTHER_URL))
    archive.night(Got(page(EDITED, visits=42)), Got(page(OTHER), OTHER_URL))
    return archive


def read(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    parquet = pytest.importorskip("pyarrow.parquet", reason="NOT TESTED: pyarrow is not installed")
    found: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
    return found


@pytest.mark.parametrize("form", list(Form))
def test_tables_hold_the_rows_of_the_views(lived: Archive, tmp_path: Path, form: Form) -> None:
    written = export_tables(lived.catalogue, tmp_path, form, licence="CC0-1.0")
    for view in VIEWS:
        expected = lived.one(f"SELECT COUNT(*) AS n FROM {view}").n
        assert len(read(tmp_path / f"{view}.{form}")) == expected, view
    cell = [f for f in read(tmp_path / f"facts.{form}") if f["row_code"] == "licensing"]
    assert {f["agency"]: float(f["value"]) for f in cell} == {"中卫市民政局": 17, "吴忠市民政局": 18}
    wide = {row["agency"]: row for row in read(tmp_path / f"facts_wide.{form}")}
    assert float(wide["吴忠市民政局"][CELL]) == 18
    received = "requests/received/total"
    assert float(wide["中卫市民政局"][received]) == float(OTHER.all_facts()[received])
    assert "CC0-1.0" in (tmp_path / "README.md").read_text("utf-8")
    assert {one.path.name for one in written} >= {"dictionary.csv", "codes.csv"}
    assert not list(tmp_path.glob("*.part"))


def test_every_exported_column_is_described(lived: Archive, tmp_path: Path) -> None:
    export_tables(lived.catalogue, tmp_path, Form.CSV)
    described = {(d["table"], d["column"]): d["meaning"] for d in read(tmp_path / "dictionary.csv")}
    assert all(described.values())
    for path in tmp_path.glob("*.csv"):
        if path.stem not in ("dictionary", "codes"):
            with path.open(encoding="utf-8") as stream:
                assert {(path.stem, c) for c in next(csv.reader(stream))} <= described.keys()
    labels = {(c["table_code"], c["place"], c["code"]): c["label"] for c in read(tmp_path / "codes.csv")}
    assert labels["disclosure", "row", "licensing"] == "行政许可"


def test_wide_figures_as_seen_earlier(lived: Archive) -> None:
    keep = Filter(table="disclosure", row="licensing", column="decisions")
    for night, value in ((1, 17), (2, 18)):
        with ask_wide(lived.catalogue, keep, Clocks(seen=lived.time(night))) as found:
            rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
        assert {row["agency"]: row[CELL] for row in rows} == {"吴忠市民政局": value, "中卫市民政局": 17}
        assert {row["url"] for row in rows} == {URL, OTHER_URL}


def test_tables_as_seen_earlier(lived: Archive, tmp_path: Path) -> None:
    export_tables(lived.catalogue, tmp_path, Form.JSONL, clocks=Clocks(seen=lived.time(1)))
    cell = [f for f in read(tmp_path / "facts.jsonl") if f["row_code"] == "licensing"]
    assert {f["value"] for f in cell} == {17}


def test_a_snapshot_is_a_sqlite_file_with_its_description(lived: Archive, tmp_path: Path) -> None:
    path = tmp_path / "reports.db"
    for _ in range(2):  # the second one replaces the first
        counts = write_snapshot(lived.catalogue, path, keep=Filter(region="640300"))
    assert counts["reports"] == 1
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT agency, year FROM reports").fetchall() == [("吴忠市民政局", 2023)]
    query = "SELECT value FROM facts WHERE table_code = 'disclosure' AND row_code = 'licensing'"
    assert connection.execute(query).fetchall() == [(18,)]
    query = "SELECT rowid FROM sections_fts WHERE sections_fts MATCH ?"
    for words, found in (("信息公开", True), ("收费通知", True), ("公开信府政", False)):
        assert bool(connection.execute(query, (f'"{words}"',)).fetchall()) is found, words
    connection.close()
    said = json.loads((tmp_path / "metadata.json").read_text("utf-8"))
    tables = said["databases"]["reports"]["tables"]
    assert set(tables) == set(VIEWS)
    assert {name for name, table in tables.items() if "fts_table" in table} == {"reports", "sections"}
    assert all(tables["facts"]["columns"].values())


def test_feeds_tell_what_the_office_did_once(lived: Archive, tmp_path: Path) -> None:
    lived.night(Got(page(visits=7)), Got(page(OTHER), OTHER_URL))  # takes the edit back: told already
    atom, feed = write_feeds(lived.catalogue, tmp_path, Filter(region="640300"), "吴忠")
    items = json.loads(feed.read_text("utf-8"))["items"]
    assert [item["title"] for item in items] == [
        f"吴忠市民政局2023 年政府信息公开年报：修改 {CELL}", "吴忠市民政局2023 年政府信息公开年报：发布",
    ]  # fmt: skip
    assert "17 → 18" in items[0]["content_text"]
    assert items[0]["url"] == URL
    read_atom = ET.fromstring(atom.read_bytes())
    told = [entry.findtext(f"{{{ATOM}}}id") for entry in read_atom.iter(f"{{{ATOM}}}entry")]
    assert told == [item["id"] for item in items]
    assert read_atom.findtext(f"{{{ATOM}}}updated") == lived.time(2)


def test_changes_come_as_they_happened_and_those_to_follow_as_they_were_stored(archive: Archive) -> None:
    """As after an import of what another archive saw earlier."""
    for night, got in ((4, Got(page())), (2, Got(page(OTHER), OTHER_URL)), (5, Got(page(EDITED)))):
        archive.nights = night
        archive.night(got)
    known = Clocks(known=archive.time(9))
    for clocks in (Clocks(), Clocks(seen=archive.time(9)), known):
        assert told(archive, Filter(), clocks) == [OTHER_URL, URL, URL, URL], clocks
    assert told(archive, Filter(after=0), Clocks()) == [URL, OTHER_URL, URL, URL]
    assert told(archive, Filter(after=1), Clocks()) == [OTHER_URL, URL, URL]
    assert told(archive, Filter(), Clocks(seen=archive.time(4))) == [OTHER_URL]


def told(archive: Archive, keep: Filter, clocks: Clocks) -> list[str]:
    """The addresses of changes, in their order."""
    with ask_as_of(archive.catalogue, "changes", keep, clocks) as found:
        return [row[found.columns.index("url")] for row in found.rows]


def test_the_library_answers_with_frozen_rows(lived: Archive) -> None:
    with library.open(lived.home, lived.catalogue.url) as opened:
        reports = list(opened.reports(region="640000"))
        assert {(r.agency, r.year) for r in reports} == {("吴忠市民政局", 2023), ("中卫市民政局", 2022)}
        with pytest.raises(FrozenInstanceError):
            reports[0].year = 1  # type: ignore[misc]
        place = {"table": "disclosure", "row": "licensing", "column": "decisions"}
        (now,) = opened.facts(report="吴忠市民政局 2023", **place)
        (then,) = opened.facts(report="吴忠市民政局 2023", seen=lived.time(1), **place)
        assert (now.value, then.value) == (18, 17)
        (edit,) = opened.changes(layer="field")
        assert (edit.old_value, edit.new_value) == ("17", "18")
        figures = {s.agency: s.value for s in opened.series(CELL)}
        assert figures == {"吴忠市民政局": 18, "中卫市民政局": 17}
        assert opened.diff("吴忠市民政局 2023").cells[0].new == "18"
        with pytest.raises(NoSuchVersion):
            opened.diff("吴忠市民政局 2023", seen=lived.time(1))
        assert {r.agency for r in opened.reports(region="吴忠市", level="city")} == {"吴忠市民政局"}
        assert list(opened.reports(level="county")) == []
        with pytest.raises(NoSuchRegion):
            next(opened.reports(region="nowhere"))
        with pytest.raises(ValueError, match="town"):
            next(opened.reports(level="town"))
        assert next(opened.search("政府信息公开", limit=1)).snippet
        assert opened.file(now.sha256) == page(EDITED, visits=42)
        assert {c.state for c in opened.coverage(year=2023, agency="吴忠")} == {"verified"}
        assert list(opened.checks(failed=True)) == []
        assert len(list(opened.sections(now.report_id))) > 3
        with pytest.raises(BadDate):
            next(opened.reports(seen="then"))
        _arrow(opened)


def _arrow(opened: Api) -> None:
    pytest.importorskip("pyarrow", reason="NOT TESTED: pyarrow is not installed")
    table = opened.to_arrow("facts")
    assert table.num_rows == 400
    wide = opened.to_arrow("facts_wide", Filter(agency="吴忠"))
    assert wide.column(CELL).to_pylist() == [18]
    assert table.schema.field("value").metadata[b"description"]
