"""One or two valid files of each format, from which the broken ones are made."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

_PRINTERS = Path(__file__).resolve().parents[1] / "parsers"
if str(_PRINTERS) not in sys.path:
    sys.path.insert(0, str(_PRINTERS))

import py7zr  # noqa: E402
from printed_docx import docx, report  # noqa: E402
from printed_reports import page_html, page_pdf, sheets  # noqa: E402
from printed_xlsx import report as sheet_report  # noqa: E402
from printed_xlsx import workbook  # noqa: E402
from test_containers import stored_rar, zipped  # noqa: E402

from benchmarks.eval.transcribed import transcribed  # noqa: E402

_TITLE = "中卫市民政局2023年政府信息公开工作年度报告"
_FILES = _PRINTERS / "files"


def _figures() -> dict[str, str]:
    figures: dict[str, str] = json.loads((_PRINTERS / "figures.json").read_text("utf-8"))
    return figures


def _html(title: str) -> bytes:
    return page_html(title, sheets(_figures())).encode()


def _pdf(title: str) -> bytes:
    return page_pdf(title, sheets(_figures()), {1: 9})


def _docx(title: str) -> bytes:
    return docx(report(title, sheets(_figures())))


def _xlsx(title: str) -> bytes:
    return workbook({"年报": sheet_report(title, sheets(_figures()))})


def _ofd(title: str) -> bytes:
    return transcribed(_pdf(title), 1)


def _zip(title: str) -> bytes:
    return zipped({"年报.docx": _docx(title), "a.html": page_html("关于报送年报的通知", []).encode()})


def _rar(title: str) -> bytes:
    return stored_rar({"年报.docx": _docx(title)})


def _seven_zip(title: str) -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w") as archive:
        archive.writestr(_docx(title), "年报.docx")
    return out.getvalue()


_MAKERS = {
    "html": _html, "pdf": _pdf, "docx": _docx, "xlsx": _xlsx, "ofd": _ofd, "zip": _zip, "rar": _rar,
    "7z": _seven_zip,
}  # fmt: skip
_KEPT = {"doc": ("report.doc", "marks.doc"), "xls": ("report.xls",)}
"""Formats that nothing here writes: files made once."""

FORMATS = (*_MAKERS, *_KEPT)


def titled(name: str, title: str) -> bytes:
    """A report of that title in a format that is written here."""
    return _MAKERS[name](title)


def seeds(name: str) -> list[bytes]:
    """The valid files of a format."""
    if name in _KEPT:
        return [(_FILES / file).read_bytes() for file in _KEPT[name]]
    return [_MAKERS[name](_TITLE)]
