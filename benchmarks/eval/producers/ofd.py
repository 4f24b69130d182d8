"""OFD by a print driver: what reportlab draws, transcribed."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.eval.printed import Printed
from benchmarks.eval.producers import reportlab
from benchmarks.eval.transcribed import transcribed


class Ofd:
    """The pages of a producer of PDF, as OFD."""

    name = "ofd-printed"
    media_type = "application/ofd"
    suffix = ".ofd"
    most: int | None = None

    def missing(self) -> str | None:
        return reportlab.PRODUCERS[0].missing()

    def write(self, documents: Sequence[Printed]) -> list[bytes]:
        files = reportlab.PRODUCERS[0].write(documents)
        return [transcribed(pdf, document.seed) for pdf, document in zip(files, documents, strict=True)]


PRODUCERS = (Ofd(),)
