"""How runs of a DOCX look where that changes what is read: not shown or struck out, raised as a note's mark.

Said by the run itself, else by its character style or a style that this one is based on (ECMA-376, 17.7.2).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml.etree import _Element as Element

from parsers.formats.xml_parts import child, children, named, number, value
from parsers.formats.zips import Package
from parsers.outcomes import UnreadableFile

_HIDING = ("vanish", "strike", "dstrike")
_OFF = ("0", "false", "off")
_LIFT = 4
"""Half points by which a mark stands above the figure before it, at least."""
_LONGEST_CHAIN = 20


@dataclass(frozen=True, slots=True)
class _Look:
    """What run properties say; None where they leave it open."""

    marks: dict[str, bool] = field(default_factory=dict)
    place: str | None = None
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Runs:
    """The character styles of a document."""

    styles: dict[str, _Look] = field(default_factory=dict)

    def is_hidden(self, run: Element) -> bool:
        """Whether a run is not shown, or struck out: what was there before the figure beside it."""
        chain = self._chain(run)
        said = (next((look.marks[m] for look in chain if m in look.marks), False) for m in _HIDING)
        return any(said)

    def is_raised(self, run: Element) -> bool:
        """Whether a run is the mark of a note: super- or subscript, or lifted above the run before it."""
        place = next((look.place for look in self._chain(run) if look.place is not None), None)
        return place in ("superscript", "subscript") or _is_lifted(run)

    def _chain(self, run: Element) -> list[_Look]:
        properties = child(run, "rPr")
        chain = [_look(properties)]
        style = value(child(properties, "rStyle")) if properties is not None else None
        while style in self.styles and len(chain) < _LONGEST_CHAIN:
            chain.append(self.styles[style])
            style = chain[-1].base
        return chain


def read_runs(package: Package) -> Runs:
    """The character styles that the document defines; none where the part is missing or broken."""
    part = "word/styles.xml"
    try:
        root = package.tree(part) if part in package else None
    except UnreadableFile:
        root = None
    if root is None:
        return Runs()
    styles = (e for e in children(root, "style") if named(e, "type") == "character")
    return Runs(
        {
            named(e, "styleId") or "": _look(child(e, "rPr"), value(child(e, "basedOn")))
            for e in styles
        }
    )  # fmt: skip


def _look(properties: Element | None, base: str | None = None) -> _Look:
    if properties is None:
        return _Look(base=base)
    marks = {name: child(properties, name) for name in _HIDING}
    said = {name: value(mark) not in _OFF for name, mark in marks.items() if mark is not None}
    return _Look(said, value(child(properties, "vertAlign")), base)


def _lift(run: Element) -> int:
    return number(value(child(run, "rPr", "position")))


def _is_lifted(run: Element) -> bool:
    """A whole line may be lifted to stand in the middle of its row; a mark is lifted above what it is of."""
    if _lift(run) < _LIFT:
        return False
    before = run.getprevious()
    return before is not None and child(before, "t") is not None and _lift(run) - _lift(before) >= _LIFT
