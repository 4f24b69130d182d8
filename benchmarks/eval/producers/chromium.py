"""PDF by a browser: embedded fonts, rows that a page's end leaves open, characters mapped to radicals."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from benchmarks.eval.printed import Printed
from benchmarks.eval.producers.html import article

_FOOTER = "<div style='font-size:8px;margin:auto'><span class=pageNumber></span></div>"
_SIDES = ("1px solid black", "0.5pt solid #333", "1.5px solid black")


class Chromium:
    """Debian's Chromium or Playwright's, one for all documents."""

    name = "pdf-chromium"
    media_type = "application/pdf"
    suffix = ".pdf"
    most: int | None = None

    def missing(self) -> str | None:
        return None if _program() or _own() else "no Chromium; on Debian: apt-get install chromium"

    def write(self, documents: Sequence[Printed]) -> list[bytes]:
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=_program(), args=["--no-sandbox"])
            page = browser.new_page()
            written = []
            for document in documents:
                page.set_content(_page(document))
                varied = document.variation
                written.append(
                    page.pdf(
                        format="A4",
                        landscape=varied.landscape,
                        display_header_footer=varied.page_numbers,
                        header_template="<span></span>",
                        footer_template=_FOOTER,
                        margin={"top": "15mm", "bottom": "15mm", "left": "16mm", "right": "16mm"},
                    )
                )
            browser.close()
        return written


def _program() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def _own() -> bool:
    """Whether Playwright has fetched a browser of its own."""
    from pathlib import Path

    return any(Path.home().glob(".cache/ms-playwright/chromium*"))


def _page(document: Printed) -> str:
    varied = document.variation
    family = "Noto Serif CJK SC" if varied.serif else "Noto Sans CJK SC"
    style = (
        f"body{{font-family:'{family}',serif;font-size:12pt}} h1{{text-align:center;font-size:18pt}}"
        f"table{{border-collapse:collapse;width:100%}} .end{{break-after:page}}"
        f"table td,table th{{border:{_SIDES[varied.line_style]};font-size:{varied.font_size}pt}}"
        "table td,table th{text-align:center}"
        "table td *{font-size:inherit !important;font-family:inherit !important;line-height:1.3}"
        "table td table{width:100%} td:has(> table){border:none !important;padding:0}"
    )
    inner = article(document, "<div class='end'></div>" if varied.cut_tables else "")
    return (
        f"<html><head><meta charset=utf-8><style>{style}</style></head><body><h1>{document.title}</h1>"
        f"<div style='height:{varied.lead}pt'></div>{inner}</body></html>"
    )


PRODUCERS = (Chromium(),)
