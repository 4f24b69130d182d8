"""A catalogue of made-up reports: evidence only, from which the projections are then derived.

Names are those of real divisions with bureaus, so identities, regions and coverage are as in life; figures
and text follow from the report's number alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from random import Random
from typing import Any

from sqlalchemy import insert, text

from archive.catalogue.engine import Catalogue
from archive.catalogue.models import (
    Base,
    Blob,
    Capture,
    Extraction,
    Fact,
    Finding,
    Resource,
    Run,
    Section,
)
from archive.exports.shape import cells
from parsers.divisions import candidates

FIRST = "2026-11-21T02:30:00Z"
SECOND = "2026-11-22T02:30:00Z"
BATCH = 2000
YEARS = range(2021, 2026)
BUREAUS = (
    "民政局", "财政局", "教育局", "公安局", "司法局", "水务局", "审计局", "统计局", "体育局", "商务局",
    "交通运输局", "农业农村局", "文化和旅游局", "应急管理局", "生态环境局", "自然资源局", "医疗保障局",
)  # fmt: skip
WORDS = (
    "政府信息公开工作年度报告本机关按照条例规定主动依申请受理答复渠道栏目更新"
    "问题改进措施收到办结数量情况社会群众平台监督保障管理人员培训"
)
SECTIONS, SECTION_LENGTH, CELLS = 8, 625, 200


def fill(catalogue: Catalogue, reports: int) -> None:
    """Write the evidence of so many reports, captured once."""
    with catalogue.writing() as session:
        session.execute(insert(Run), {"run_id": 1, "kind": "crawl", "started_at": FIRST, "status": "done"})
        agencies = _agencies(
            session.execute(text("SELECT name FROM division WHERE level = 'county'")).scalars()
        )
    for start in range(0, reports, BATCH):
        numbers = range(start, min(start + BATCH, reports))
        names = [(n, *_named(agencies, n)) for n in numbers]
        with catalogue.writing() as session:
            for model, rows in _rows(names):
                session.execute(insert(model), rows)


def look_again(catalogue: Catalogue, reports: int) -> None:
    """A second night on which every file is as it was."""
    with catalogue.writing() as session:
        session.execute(insert(Run), {"run_id": 2, "kind": "crawl", "started_at": SECOND, "status": "done"})
        for start in range(0, reports, BATCH):
            numbers = range(start, min(start + BATCH, reports))
            session.execute(insert(Capture), [_capture(n, 2, SECOND, "not_modified") for n in numbers])


def _agencies(divisions: Any) -> list[str]:
    """Names that fit one division only."""
    certain = [name for name in divisions if len(candidates(f"{name}民政局")) == 1]
    return [f"{name}{bureau}" for name in certain for bureau in BUREAUS]


def _named(agencies: list[str], number: int) -> tuple[str, int]:
    return agencies[number // len(YEARS) % len(agencies)], YEARS[number % len(YEARS)]


def _rows(names: list[tuple[int, str, int]]) -> Iterator[tuple[type[Base], list[dict[str, Any]]]]:
    yield Blob, [{"sha256": digest(n), "size": 20_000, "media_type": "text/html"} for n, _, _ in names]
    yield Resource, [
        {"resource_id": n + 1, "url": (url := f"http://www.site{n % 3000}.gov.example/{n}.html"), "surt": url,
         "host": f"www.site{n % 3000}.gov.example", "kind": "article"}
        for n, _, _ in names
    ]  # fmt: skip
    yield Capture, [_capture(n, 1, FIRST, "ok") for n, _, _ in names]
    yield Extraction, [_extraction(*named) for named in names]
    yield Fact, [fact for n, _, _ in names for fact in _facts(n)]
    yield Section, [section for n, _, _ in names for section in _sections(n)]
    yield Finding, [
        {"extraction_id": n + 1, "rule": "requests.balance", "scope": f"{i}", "passed": 1, "detail": ""}
        for n, _, _ in names
        for i in range(20)
    ]  # fmt: skip


def _extraction(number: int, agency: str, year: int) -> dict[str, Any]:
    return {
        "extraction_id": number + 1,
        "sha256": digest(number),
        "revision": 1,
        "outcome": "report",
        "media_type": "text/html",
        "title": f"{agency}{year}年政府信息公开工作年度报告",
        "agency": agency,
        "year": year,
        "edition": "2021",
        "published_on": f"{year + 1}-01-{number % 28 + 1:02d}",
        "divisions": " ".join(candidates(agency)),
        "content_sha256": digest(number),
        "read_at": FIRST,
    }


def _facts(number: int) -> Iterator[dict[str, Any]]:
    random = Random(number)
    for cell in cells()[:CELLS]:
        table, row, column = cell.split("/")
        value = random.randrange(40)
        yield {
            "extraction_id": number + 1,
            "table_code": table,
            "row_code": row,
            "column_code": column,
            "value": value,
            "state": "value",
            "raw": str(value),
            "locator": "html:/html[1]/body[1]",
        }


def _sections(number: int) -> Iterator[dict[str, Any]]:
    random = Random(number)
    for ordinal in range(1, SECTIONS + 1):
        words = "".join(random.choices(WORDS, k=SECTION_LENGTH))
        said = "。".join(words[i : i + 25] for i in range(0, len(words), 25))
        yield {"extraction_id": number + 1, "ordinal": ordinal, "heading": f"第{ordinal}部分", "text": said}


def _capture(number: int, run_id: int, at: str, verdict: str) -> dict[str, Any]:
    return {"run_id": run_id, "resource_id": number + 1, "fetched_at": at, "via": "http", "status": 200,
            "verdict": verdict, "sha256": digest(number), "recorded_at": at, "again": False}  # fmt: skip


def digest(number: int) -> str:
    return sha256(str(number).encode()).hexdigest()
