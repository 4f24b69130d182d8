"""The crawler's verdict on a response, for what the archive takes in without having fetched it."""

from __future__ import annotations

from collections.abc import Mapping

from archive.capture import Kind
from archive.imports.capture import Judged
from crawler.discovery import body_shown
from crawler.page import is_html, read_page
from crawler.verdict import Verdict, judge


def judged(
    status: int, fields: Mapping[str, str], body: bytes, url: str, declared: int | None, received: int
) -> Judged:
    page = read_page(body, url, fields.get("content-type")) if is_html(body) else None
    found = judge(
        status,
        fields,
        body,
        url=url,
        final_url=url,
        declared_length=declared,
        received_length=received,
        page=page,
    )
    cut = body_shown(page, Kind.GIVEN, None) if page is not None and found.verdict is Verdict.OK else None
    return Judged(found.verdict.value, found.reason, cut.pages if cut is not None else ())
