"""How runs of a DOCX look where that changes what is read: not shown or struck out, raised as a note's mark.

Said by the run itself, else by its character style or a style that this one is based on (ECMA-376, 17.7.2).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from lxml.etree import _Element as Element

from parsers.formats.xml_parts import child, children, named, number, tag, value

_HIDING = ("vanish", "strike", "dstrike")
_OFF = ("0", "false", "off")
_TELLING = frozenset([*_HIDING, "rStyle", "vertAlign", "position"])
_LIFT = 4
"""Half points by which a mark stands above the figure before it, at least."""
_LONGEST_CHAIN = 20


class Shown(Enum):
    """How a run is shown."""

    PLAIN = "plain"
    HIDDEN = "hidden"
    RAISED = "raised"


@dataclass(frozen=True, slots=True)
class _Look:
    """What run properties say; what they leave open their style says, ``base``."""

    marks: dict[str, bool] = field(default_factory=dict)
    place: str | None = None
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Runs:
    """The character styles of a document."""

    styles: dict[str, _Look] = field(default_factory=dict)

    def shown(self, run: Element) -> Shown:
        """Whether a run is not shown or struck out, as what was there before the figure beside it; or raised,
        as the mark of a note is: super- or subscript, or lifted above the run before it.
        """
        properties = next((e for e in run if tag(e) == "rPr"), None)
        if properties is None or not any(tag(e) in _TELLING for e in properties):
            return Shown.PLAIN
        chain = self._chain(properties)
        if any(next((look.marks[m] for look in chain if m in look.marks), False) for m in _HIDING):
            return Shown.HIDDEN
        place = next((look.place for look in chain if look.place is not None), None)
        return Shown.RAISED if place in ("superscript", "subscript") or _is_lifted(run) else Shown.PLAIN

    def _chain(self, properties: Element) -> list[_Look]:
        chain = [_look(properties, value(child(properties, "rStyle")))]
        while (style := chain[-1].base) in self.styles and len(chain) < _LONGEST_CHAIN:
            chain.append(self.styles[style or ""])
        return chain


def read_runs(root: Element | None) -> Runs:
    """The character styles of a document's part for styles; none where that is missing."""
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
