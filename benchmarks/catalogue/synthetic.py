"""A catalogue of made-up reports: evidence only, from which the projections are then derived.

Names are those of real divisions with bureaus, so identities, regions and coverage are as in life; figures
and text follow from the report's number alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import accumulate
from random import Random
from typing import Any

from sqlalchemy import text

from archive.catalogue.engine import Catalogue
from archive.exports.shape import cells
from benchmarks.catalogue.load import Load, loading
from parsers.divisions import candidates

FIRST = "2026-11-21T02:30:00Z"
SECOND = "2026-11-22T02:30:00Z"
BATCH = 5000
YEARS = range(2021, 2026)
BUREAUS = (
    "民政局", "财政局", "教育局", "公安局", "司法局", "水务局", "审计局", "统计局", "体育局", "商务局",
    "交通运输局", "农业农村局", "文化和旅游局", "应急管理局", "生态环境局", "自然资源局", "医疗保障局",
)  # fmt: skip
WORDS = (
    "的", "政府", "信息", "公开", "工作", "和", "主动", "依申请", "年度", "报告", "本机关", "按照", "条例",
    "规定", "受理", "答复", "渠道", "栏目", "更新", "问题", "改进", "措施", "收到", "办结", "数量", "情况",
    "社会", "群众", "平台", "监督", "保障", "管理", "人员", "培训", "及时", "准确", "全面", "加强", "完善",
    "推进", "落实", "要求", "部门", "单位", "网站", "新媒体", "政务", "服务", "事项", "制度", "机制",
    "审查", "发布", "解读", "回应", "关切", "领域", "重点", "民生", "财政", "预算", "决算", "规划", "计划",
    "统计", "数据", "公告", "公文", "规范性", "文件", "行政", "许可", "处罚", "强制", "收费", "标准",
    "目录", "指南", "咨询", "投诉", "举报", "复议", "诉讼", "纠正", "维持", "结果", "尚未", "审结",
    "自然人", "法人", "商业", "企业", "科研", "机构", "公益", "组织", "法律",
)  # fmt: skip
"""The commoner the earlier, as words are."""
RARE = "鬱金香"
"""Stands in one report of five thousand."""
SECTIONS, WORDS_EACH, CELLS = 8, 108, 200
_WEIGHTS = list(accumulate(1 / (rank + 3) for rank in range(len(WORDS))))
_PLACES = [
    (
        *cell.split("/"),
        f"html:/html[1]/body[1]/div[2]/div[1]/table[{i // 60 + 1}]/tr[{i // 8 + 1}]/td[{i % 8}]",
    )
    for i, cell in enumerate(cells()[:CELLS])
]
_FIGURES = [str(value) for value in range(40)]
_FACT = ("extraction_id", "table_code", "row_code", "column_code", "value", "state", "raw", "locator")
_CAPTURE = (
    "run_id",
    "resource_id",
    "fetched_at",
    "via",
    "status",
    "verdict",
    "sha256",
    "recorded_at",
    "again",
)

Named = tuple[int, str, int]
"""A report's number, its agency and its year."""


def fill(catalogue: Catalogue, reports: int) -> None:
    """Write the evidence of so many reports, captured once."""
    with loading(catalogue) as load:
        load("run", ("run_id", "kind", "started_at", "status"), [(1, "crawl", FIRST, "done")])
    names = named(catalogue, range(reports))
    for start in range(0, reports, BATCH):
        with loading(catalogue) as load:
            _load(load, names[start : start + BATCH])
    if not catalogue.is_sqlite:
        _count_on(catalogue)


def named(catalogue: Catalogue, numbers: Iterable[int]) -> list[Named]:
    """The reports of these numbers."""
    with catalogue.reading() as session:
        divisions = list(session.execute(text("SELECT name FROM division WHERE level = 'county'")).scalars())
    agencies = _agencies(divisions)
    return [(n, agencies[n // len(YEARS) % len(agencies)], YEARS[n % len(YEARS)]) for n in numbers]


def _count_on(catalogue: Catalogue) -> None:
    """Let PostgreSQL number further rows after those that were loaded with their numbers."""
    with catalogue.writing() as session:
        for table in ("run", "resource", "extraction"):
            key = f"{table}_id"
            last = f"SELECT setval(pg_get_serial_sequence('{table}', '{key}'), MAX({key})) FROM {table}"
            session.execute(text(last))


def look_again(catalogue: Catalogue, reports: int) -> None:
    """A second night on which every file is as it was."""
    with loading(catalogue) as load:
        load("run", ("run_id", "kind", "started_at", "status"), [(2, "crawl", SECOND, "done")])
        load("capture", _CAPTURE, (_capture(n, 2, SECOND, "not_modified") for n in range(reports)))
    if not catalogue.is_sqlite:
        _count_on(catalogue)


def _agencies(divisions: Iterable[str]) -> list[str]:
    """Names that fit one division only, of all provinces in a mixed order."""
    certain = [name for name in divisions if len(candidates(f"{name}民政局")) == 1]
    names = [f"{name}{bureau}" for name in certain for bureau in BUREAUS]
    return Random(len(names)).sample(names, k=len(names))


def _load(load: Load, names: Sequence[Named]) -> None:
    numbers = [n for n, _, _ in names]
    load("blob", ("sha256", "size", "media_type"), ((digest(n), 20_000, "text/html") for n in numbers))
    load("resource", ("resource_id", "url", "surt", "host", "kind"), map(_resource, numbers))
    load("capture", _CAPTURE, (_capture(n, 1, FIRST, "ok") for n in numbers))
    columns = (
        "extraction_id", "sha256", "revision", "outcome", "media_type", "title", "agency", "year", "edition",
        "published_on", "divisions", "content_sha256", "read_at",
    )  # fmt: skip
    load("extraction", columns, (_extraction(*named) for named in names))
    load("fact", _FACT, (fact for n in numbers for fact in facts_of(n)))
    load(
        "section",
        ("extraction_id", "ordinal", "heading", "text"),
        (s for n in numbers for s in sections_of(n)),
    )
    load("finding", ("extraction_id", "rule", "scope", "passed", "detail"),
         ((n + 1, "requests.balance", str(i), 1, "") for n in numbers for i in range(20)))  # fmt: skip


def _resource(number: int) -> Sequence[Any]:
    url = url_of(number)
    return number + 1, url, url, url.split("/")[2], "article"


def url_of(number: int) -> str:
    return f"http://www.site{number % 3000}.gov.example/{number}.html"


def _extraction(number: int, agency: str, year: int) -> Sequence[Any]:
    return (
        number + 1, digest(number), 1, "report", "text/html", f"{agency}{year}年政府信息公开工作年度报告",
        agency, year, "2021", f"{year + 1}-01-{number % 28 + 1:02d}", " ".join(candidates(agency)),
        digest(number), FIRST,
    )  # fmt: skip


def facts_of(number: int) -> Iterator[Sequence[Any]]:
    """The rows of the table ``fact`` of one report."""
    key = number + 1
    for (table, row, column, locator), byte in zip(_PLACES, Random(number).randbytes(CELLS), strict=True):
        value = byte % 40
        yield key, table, row, column, value, "value", _FIGURES[value], locator


def sections_of(number: int) -> Iterator[Sequence[Any]]:
    """The rows of the table ``section`` of one report."""
    random = Random(number)
    for ordinal in range(1, SECTIONS + 1):
        words = random.choices(WORDS, cum_weights=_WEIGHTS, k=WORDS_EACH)
        said = "。".join("".join(words[i : i + 12]) for i in range(0, WORDS_EACH, 12))
        if ordinal == SECTIONS and number % 5000 == 0:
            said += f"。{RARE}。"
        yield number + 1, ordinal, f"第{ordinal}部分", said


def _capture(number: int, run_id: int, at: str, verdict: str) -> Sequence[Any]:
    return run_id, number + 1, at, "http", 200, verdict, digest(number), at, False


def digest(number: int) -> str:
    return sha256(str(number).encode()).hexdigest()
