"""What a reading is worth against its key: cells, whole documents, fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields

from benchmarks.eval.printed import Contact, Key
from parsers.report import Certainty, Extraction, Fact, State
from parsers.sections import is_within

FORMS = ("disclosure", "requests", "review", "statistics")


@dataclass(frozen=True)
class Tally:
    """So many right of so many."""

    right: int = 0
    of: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.right + other.right, self.of + other.of)

    @property
    def share(self) -> float:
        return self.right / self.of if self.of else 1.0


@dataclass(frozen=True)
class Score:
    """One document's, or a sum of several. `cells` is by table; `false` counts wrong values given as certain.

    A document is whole when each cell of its forms has its state and value and no other form's cell is read.
    `misses` names what was wrong, `document: place: expected, read`.
    """

    cells: Mapping[str, Tally] = field(default_factory=dict)
    whole: Tally = Tally()
    fields: Tally = Tally()
    false: int = 0
    misses: tuple[str, ...] = ()

    def __add__(self, other: Score) -> Score:
        names = dict.fromkeys([*self.cells, *other.cells])
        cells = {n: self.cells.get(n, Tally()) + other.cells.get(n, Tally()) for n in names}
        return Score(
            cells, self.whole + other.whole, self.fields + other.fields, self.false + other.false,
            self.misses + other.misses,
        )  # fmt: skip

    @property
    def all_cells(self) -> Tally:
        return sum(self.cells.values(), Tally())


def total(scores: Iterable[Score]) -> Score:
    return sum(scores, Score())


def score(extraction: Extraction, key: Key, name: str) -> Score:
    """Hold one reading against its key."""
    read = {f"{f.table_code}/{f.row_code}/{f.column_code}": f for f in reversed(extraction.facts)}
    cells: dict[str, Tally] = {}
    misses: list[str] = []
    false = 0
    for place, figure in key.figures.items():
        fact = read.get(place)
        right = fact is not None and (fact.state, fact.value) == (figure.state, figure.value)
        table = place.partition("/")[0]
        cells[table] = cells.get(table, Tally()) + Tally(int(right), 1)
        if not right:
            false += fact is not None and fact.state is State.VALUE and _is_given_as_certain(fact)
            misses.append(f"{name}: {place}: {figure.text!r}, {_said(fact)}")
    extra = [place for place, fact in read.items() if _unexpected(place, fact, key)]
    misses += [f"{name}: {place}: nothing, {_said(read[place])}" for place in extra]
    whole = Tally(int(not misses), 1)
    wrong = list(_wrong_fields(extraction, key, name))
    return Score(cells, whole, Tally(_FIELDS - len(wrong), _FIELDS), false, (*misses, *wrong))


def _is_given_as_certain(fact: Fact) -> bool:
    return fact.certainty is not Certainty.UNCERTAIN


def _unexpected(place: str, fact: Fact, key: Key) -> bool:
    return fact.table_code in FORMS and place not in key.figures and fact.state is not State.ABSENT


def _said(fact: Fact | None) -> str:
    return "not there" if fact is None else f"{fact.state.value} {fact.value} {fact.raw!r}"


_FIELDS = 8


def _wrong_fields(extraction: Extraction, key: Key, name: str) -> Iterable[str]:
    headings = tuple(s.heading for s in extraction.sections if s.heading and not is_within(s.heading))
    failed = frozenset((c.rule, c.scope) for c in extraction.checks if c.passed is False)
    pairs: tuple[tuple[str, object, object], ...] = (
        ("title", _bare(key.title), _bare(extraction.title or "")),
        ("agency", key.agency, extraction.agency),
        ("year", key.year, extraction.year),
        ("edition", key.edition, extraction.edition),
        ("headings", key.headings, headings),
        ("narrative", dict(key.narrative), _stated(extraction, key)),
        ("contact", _contact(key), _reached(extraction)),
        ("failed checks", sorted(key.failed), sorted(c for c in failed if c[0] in _IDENTITIES)),
    )
    for field_name, expected, read in pairs:
        if expected != read:
            yield f"{name}: {field_name}: {expected!r}, {read!r}"


def _stated(extraction: Extraction, key: Key) -> dict[str, int]:
    """What was read of the counts that the key holds; a count that is read twice otherwise is wrong."""
    read: dict[str, int] = {}
    for one in extraction.narrative:
        if one.code in key.narrative:
            read[one.code] = int(one.value) if one.code not in read else -1
    return read


def _contact(key: Key) -> dict[str, str]:
    return {name: value for name, value in asdict(key.contact).items() if value is not None}


def _reached(extraction: Extraction) -> dict[str, str]:
    kinds = {field.name for field in fields(Contact)}
    return {m.kind.value: m.value for m in extraction.mentions if m.kind.value in kinds}


_IDENTITIES = ("requests.balance", "requests.handled", "requests.applicants", "review.total")


def _bare(text: str) -> str:
    return "".join(text.split())
