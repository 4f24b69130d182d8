"""In what ways one document departs from the form and from the others: each is seen in published reports."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import Random


class Edition(StrEnum):
    """Which forms the tables are; a mixture has table 2 of one edition and table 3 of the other."""

    Y2021 = "2021"
    Y2019 = "2019"
    NEW_WITH_OLD_REQUESTS = "2021+2019"
    OLD_WITH_NEW_REQUESTS = "2019+2021"
    ANNEX = "2014"

    @property
    def disclosure(self) -> str:
        return self.value[:4]

    @property
    def requests(self) -> str:
        return self.value[-4:]


class Zeros(StrEnum):
    """What is printed where a figure is zero."""

    DIGIT = "0"
    BLANK = ""
    DASH = "-"
    LONG_DASH = "—"
    SLASH = "/"
    NONE = "无"
    MIXED = "mixed"


@dataclass(frozen=True)
class Variation:
    """One document's departures. Lengths are in points; `break_row` is a row of table 3, head included."""

    edition: Edition
    zeros: Zeros
    slips: int
    half_width: bool
    spaced_labels: bool
    total_beside: bool
    full_width_digits: bool
    thousands: bool
    remarks: bool
    units: bool
    signs: str
    yuan_in_cell: bool
    disclosure_in_parts: bool
    cut_tables: bool
    repeat_head: bool
    ragged: bool
    break_row: int
    lead: float
    font_size: float
    serif: bool
    line_style: int
    markup: int
    landscape: bool
    misprint: bool
    page_numbers: bool
    other_table: bool


_EDITIONS = (
    *(Edition.Y2021,) * 5, *(Edition.Y2019,) * 3, *(Edition.NEW_WITH_OLD_REQUESTS,) * 2,
    Edition.OLD_WITH_NEW_REQUESTS, Edition.ANNEX,
)  # fmt: skip
_ZEROS = (*(Zeros.DIGIT,) * 6, *Zeros)
BREAKABLE_ROWS = 27
"""Table 3 has 26 to 28 rows; a break stands before one of the second to the last."""


def draw(seed: int, random: Random) -> Variation:
    """A document's variation. The row of the page break follows the seed, so that each row has its turn."""

    def rarely(chance: float = 0.2) -> bool:
        return random.random() < chance

    return Variation(
        edition=random.choice(_EDITIONS),
        zeros=random.choice(_ZEROS),
        slips=random.choice((0, 0, 1, 2, 3)),
        half_width=rarely(),
        spaced_labels=rarely(0.3),
        total_beside=rarely(),
        full_width_digits=rarely(0.12),
        thousands=rarely(),
        remarks=rarely(),
        units=rarely(0.1),
        signs=random.choice(("", "+", "增减")),
        yuan_in_cell=rarely(0.15),
        disclosure_in_parts=rarely(0.3),
        cut_tables=rarely(0.4),
        repeat_head=rarely(0.3),
        ragged=rarely(0.3),
        break_row=1 + seed % BREAKABLE_ROWS,
        lead=random.uniform(0, 500),
        font_size=random.choice((7.0, 8.0, 9.0, 10.5)),
        serif=rarely(0.5),
        line_style=random.randrange(3),
        markup=random.randrange(5),
        landscape=rarely(0.12),
        misprint=rarely(0.15),
        page_numbers=rarely(0.7),
        other_table=rarely(0.15),
    )
