"""A replica of a county government site, served on the loopback address, with an answer key.

It imitates the markup of sites of the TRS WCM family; all its sentences are invented. The figures of four
reports of 2023 and 2024 and of one of 2017 are those that the agencies published; two more are invented.
"""

from nianbao.replica.body import render_html
from nianbao.replica.key import EDITS, EXPECTED, Edit, EditKind, ReportKey, expected
from nianbao.replica.pdf import render_pdf
from nianbao.replica.reports import REPORTS, Report, Variant
from nianbao.replica.server import Replica
from nianbao.replica.serving import LoggedRequest

__all__ = [
    "EDITS",
    "EXPECTED",
    "REPORTS",
    "Edit",
    "EditKind",
    "LoggedRequest",
    "Replica",
    "Report",
    "ReportKey",
    "Variant",
    "expected",
    "render_html",
    "render_pdf",
]
