"""The quick reader of character maps gives what pdfminer's gives."""

from __future__ import annotations

from io import BytesIO

import pytest
from pdfminer.cmapdb import CMapParser, FileUnicodeMap

from parsers.formats.pdf_fonts import QuickMapParser
from parsers.outcomes import TooMuch

HEAD = b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def 1 begincodespacerange "
HEAD += b"<0000> <FFFF> endcodespacerange "

MAPS = {
    "characters": b"2 beginbfchar <0001> <653F> <0002><5E9C0031> endbfchar endcmap",
    "a range that counts up": b"1 beginbfrange <0010> <0014> <4E00> endbfrange endcmap",
    "a range with a list": b"1 beginbfrange\n<0010>\n<0012>\n[<4E00> <4E8C>\n<4E09>]\nendbfrange endcmap",
    "a surrogate pair that counts up": b"1 beginbfrange <01> <03> <D840DC0B> endbfrange",
    "broken over lines": b"1 beginbfchar <00\n01> <65 3F> endbfchar",
    "several sections": b"1 beginbfchar <01> <0041> endbfchar 1 beginbfrange <01> <02> <0061> endbfrange",
    "unequal lengths": b"1 beginbfrange <01> <0002> <0061> endbfrange 1 beginbfchar <05> <0042> endbfchar",
    "names": b"1 beginbfrange <01> <02> [/A /B] endbfrange",
    "strings in parentheses": b"1 beginbfchar (a) <0041> endbfchar",
    "a comment": b"1 beginbfchar % <09> <0042>\n <01> <0041> endbfchar",
    "after the end": b"1 beginbfchar <01> <0041> endbfchar endcmap 1 beginbfchar <02> <0042> endbfchar",
    "a no-break space that may not replace a space": b"2 beginbfchar <01> <0020> <01> <00A0> endbfchar",
    "nothing": b"",
}


@pytest.mark.parametrize("body", MAPS.values(), ids=MAPS.keys())
def test_maps(body: bytes) -> None:
    wanted, quick = FileUnicodeMap(), FileUnicodeMap()
    CMapParser(wanted, BytesIO(HEAD + body)).run()
    QuickMapParser(quick, BytesIO(HEAD + body)).run()
    assert quick.cid2unichr == wanted.cid2unichr


def test_a_range_without_end_is_given_up() -> None:
    body = HEAD + b"1 beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange"
    with pytest.raises(TooMuch, match="1000000"):
        QuickMapParser(FileUnicodeMap(), BytesIO(body)).run()
