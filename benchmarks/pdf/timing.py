"""What reading takes of the processor."""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from importlib import import_module

import pdfplumber

from parsers.document import Document


def timed(reader: str, files: Sequence[bytes]) -> tuple[float, int, list[Document]]:
    """Seconds, pages and documents of a reader in this package; fonts and maps are loaded before."""
    read = import_module(f"benchmarks.pdf.{reader}").read
    for data in files:
        read(data)
    start = time.process_time()
    documents = [read(data) for data in files]
    seconds = time.process_time() - start
    return seconds, sum(_pages(data) for data in files), documents


def _pages(data: bytes) -> int:
    with pdfplumber.open(io.BytesIO(data)) as opened:
        return len(opened.pages)
