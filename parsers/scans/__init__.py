"""Pages that are pictures: scanned PDF, PNG, JPEG, TIFF, BMP.

A picture is straightened (:mod:`~parsers.scans.skew`), its rules are found (:mod:`~parsers.scans.ruling`),
its text is recognised once over the whole page and a second time cell by cell
(:mod:`~parsers.scans.cells`), and what comes out is a page like any other format's: glyphs, rules and
cells. Only that each cell carries its readings, from which :mod:`parsers.certainty` tells what may be
relied on.

Recognition is RapidOCR's, an optional extra (``ocr``) whose models come with the package: nothing is fetched.
"""
