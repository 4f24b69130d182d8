"""Scans of what other producers print: dirt, grain, skew, seals and dark rims by the seed."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from random import Random

from benchmarks.eval.printed import Printed
from benchmarks.eval.producers import Producer, chromium, reportlab
from benchmarks.scanner import Scanner

_PDF = "application/pdf"


class Scanned:
    """What another producer prints, laid on a scanner of 200 dpi."""

    media_type = _PDF
    suffix = "pdf"
    most = 12

    def __init__(self, printer: Producer) -> None:
        self.name = f"scan-{printer.name.removeprefix('pdf-')}"
        self._printer = printer

    def missing(self) -> str | None:
        if find_spec("rapidocr") is None:
            return "the extra `ocr` is not installed: make setup"
        return self._printer.missing()

    def write(self, documents: Sequence[Printed]) -> list[bytes]:
        printed = zip(documents, self._printer.write(documents), strict=True)
        return [scanner(document.seed).pdf(pdf, document.seed) for document, pdf in printed]


def scanner(seed: int) -> Scanner:
    """A scanner with habits of its own."""
    random = Random(seed)
    return Scanner(
        skew=random.choice((0.2, 0.6, 1.2)),
        noise=random.choice((3.0, 6.0, 10.0)),
        specks=random.choice((5.0, 20.0)),
        blur=random.choice((0.0, 0.5, 0.8)),
        quality=random.choice((60, 75, 90)),
        stamp=random.random() < 0.3,
        edges=random.random() < 0.3,
    )


_PRINTERS = [p for module in (chromium, reportlab) for p in module.PRODUCERS if p.media_type == _PDF]
PRODUCERS: list[Producer] = [Scanned(printer) for printer in _PRINTERS]
