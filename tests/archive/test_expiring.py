"""Addresses with tokens: a new one each night is no move, and hides no edit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from nights import CELL, HOST, REPORT, Archive, Got, pdf

from archive.expiring import expires, is_renewed
from archive.history.rebuild import check
from nianbao.replica.pdf import render_pdf

FILE = f"http://{HOST}/download.jsp?id=5&token={{}}&t={{}}"


def shown(night: int) -> str:
    return FILE.format(f"{night}9f8e7d6c5b4a3928170", 1_700_000_000 + 86_400 * night)


def test_a_token_that_is_made_anew_each_night_is_no_move(archive: Archive) -> None:
    """The page shows another address of its file each night, and so comes with other bytes."""
    for night in range(1, 6):
        figure = REPORT.facts[CELL] if night < 4 else Decimal(18)
        shell = Got(f"<html><h1>{REPORT.title}</h1><a href='{shown(night)}'>下载</a></html>".encode())
        file = pdf(render_pdf(REPORT.with_fact(CELL, figure)))
        archive.night(shell, Got(file.body, shown(night), parent_url=shell.url, media_type=file.media_type))
    assert [len(archive.changes(night)) for night in (2, 3, 5)] == [0, 0, 0]
    found = archive.ask("SELECT layer, kind, cause, new_value FROM changes WHERE layer <> 'presence'")
    assert [tuple(row) for row in found if row.layer in ("field", "location")] == [
        ("field", "edited", "source", "18")
    ]
    assert archive.one("SELECT status, url FROM reports") == ("present", shown(5))
    assert check(archive.catalogue) == []


@pytest.mark.parametrize(
    ("new", "renewed"),
    [
        (shown(2), True),
        (shown(1), False),
        (shown(2).replace("id=5", "id=6"), False),
        (shown(2).replace("/download", "/x/download"), False),
        (shown(2).replace("&t=", "&u="), False),
        (f"http://{HOST}/download.jsp", False),
    ],
)
def test_what_a_new_address_differs_in(new: str, renewed: bool) -> None:
    assert is_renewed(shown(1), new) is renewed


@pytest.mark.parametrize(
    ("query", "expiring"),
    [
        ("token=9f8e7d6c5b4a39281", True),
        ("t=1700000000", True),
        ("e=1700000000123", True),
        ("id=5&fileName=2023.pdf", False),
        ("fileName=20230131121212123_annual_report.pdf", False),
        ("name=annual_report_of_the_office", False),
        ("", False),
    ],
)
def test_which_addresses_expire(query: str, expiring: bool) -> None:
    assert expires(f"http://{HOST}/download.jsp?{query}") is expiring
