"""The crawler's verdict on a response, for what the archive takes in without having fetched it."""

from __future__ import annotations

from collections.abc import Mapping

from crawler.verdict import judge


def judged(
    status: int, fields: Mapping[str, str], body: bytes, url: str, declared: int | None, received: int
) -> tuple[str, str]:
    found = judge(
        status, fields, body, url=url, final_url=url, declared_length=declared, received_length=received
    )
    return found.verdict.value, found.reason
