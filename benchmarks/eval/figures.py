"""A report's figures, drawn so that the form's own arithmetic holds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from importlib import resources
from random import Random

from nianbao.replica.form import Form, Heading

Figures = Mapping[str, Decimal]
"""By `table/row/column`."""

_RESULTS_END = "handled_total"
_OUTSIDE = ("received", "carried_in", "handled_total", "carried_out")
_MONEY = ("amount_10k_yuan", "procurement_amount")
_SIGNED = "change"


def draw(form: Form, random: Random) -> dict[str, Decimal]:
    """All figures of the three tables: of a small office (mostly zeros) or of a large city."""
    scale = random.choice((0, 1, 3, 12, 200, 5000))
    return {
        **_disclosure(form, random),
        **_requests(form.request_rows, form.request_columns, scale, random),
        **_review(form, min(scale, 900), random),
    }


def _count(scale: int, random: Random, often: float = 0.4) -> int:
    return random.randint(1, scale) if scale and random.random() < often else 0


def _disclosure(form: Form, random: Random) -> dict[str, Decimal]:
    scale = random.choice((3, 60, 2000, 90000))
    drawn: dict[str, Decimal] = {}
    for block in form.disclosure:
        for row in block.rows:
            for column in block.columns:
                key = f"disclosure/{row.code}/{column.code}"
                if column.code in _MONEY:
                    drawn[key] = _amount(random)
                else:
                    sign = random.choice((1, -1)) if column.code == _SIGNED else 1
                    drawn[key] = Decimal(sign * _count(scale, random, 0.7))
    return drawn


def _amount(random: Random) -> Decimal:
    """Ten thousands of yuan, to the yuan at most."""
    places = random.choice((0, 0, 1, 2, 4))
    whole = random.choice((0, 25, 7730, 59237, 1204518))
    return Decimal(whole * 10**places + random.randrange(10**places)).scaleb(-places)


def _requests(
    rows: Sequence[Heading], columns: Sequence[Heading], scale: int, random: Random
) -> dict[str, Decimal]:
    results = [row.code for row in rows if row.code not in _OUTSIDE]
    table: dict[tuple[str, str], int] = {}
    for column in columns[:-1]:
        largest = scale if column is columns[0] else scale // 3
        handled = {code: _count(largest, random) for code in results}
        left = _count(largest, random)
        total = sum(handled.values())
        before = random.randint(0, min(total + left, largest or 0))
        outside = (total + left - before, before, total, left)
        for code, value in (*handled.items(), *zip(_OUTSIDE, outside, strict=True)):
            table[code, column.code] = value
    for row in rows:
        table[row.code, columns[-1].code] = sum(table[row.code, c.code] for c in columns[:-1])
    return {f"requests/{row}/{column}": Decimal(value) for (row, column), value in table.items()}


def _review(form: Form, scale: int, random: Random) -> dict[str, Decimal]:
    drawn: dict[str, Decimal] = {}
    running = 0
    for column in form.review_columns:
        ends = column.code.endswith(".total")
        value = running if ends else _count(scale, random, 0.3)
        running = 0 if ends else running + value
        drawn[f"review/cases/{column.code}"] = Decimal(value)
    return drawn


def annex_rows() -> tuple[tuple[str, str, str, str], ...]:
    """The rows of the annex of 2014 to 2018: code, label, unit and the label that they stand under."""
    source = resources.files("parsers").joinpath("data/annual_report_forms.json")
    raw = json.loads(source.read_text(encoding="utf-8"))["editions"]["2014"]["tables"]["statistics"]["rows"]
    return tuple((row["code"], row["label"], row.get("unit", ""), row.get("under", "")) for row in raw)


_SUMS = (
    ("requests.received", ("in_person", "fax", "online", "letter")),
    ("requests.completed", ("on_time", "extended")),
    ("requests.answered.denied", ("state_secret", "trade_secret", "privacy", "security_and_stability",
                                  "not_government_information", "other_law")),
    ("requests.answered", ("already_disclosed", "granted", "partially_granted", "denied", "other_agency",
                           "not_exist", "told_to_amend", "told_other_channel")),
    ("reconsideration", ("upheld", "corrected", "other")),
    ("litigation", ("upheld", "corrected", "other")),
    ("staffing.staff", ("full_time", "part_time")),
)  # fmt: skip


def draw_annex(random: Random) -> dict[str, Decimal]:
    """All figures of the annex; a row that others break down is their sum."""
    scale = random.choice((2, 30, 800, 60000))
    drawn = {
        code: _amount(random) if unit == "万元" else Decimal(_count(scale, random, 0.6))
        for code, _, unit, _ in annex_rows()
    }
    for whole, parts in _SUMS:
        drawn[whole] = sum((drawn[f"{whole}.{part}"] for part in parts), Decimal(0))
    return {f"statistics/{code}/value": value for code, value in drawn.items()}


def misprinted(figures: Figures, random: Random) -> dict[str, Decimal]:
    """The figures with one total that the office got wrong, as offices do."""
    totals = [
        key for key in figures if key.endswith(("/total", ".total")) or key.startswith("requests/handled")
    ]
    key = random.choice(totals)
    wrong = random.choice((Decimal(0), figures[key] + 1, figures[key] * 10 + 3))
    return {**figures, key: wrong if wrong != figures[key] else figures[key] + 2}
