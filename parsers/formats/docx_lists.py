"""Lists and paragraph styles of a DOCX: which number stands before a paragraph, and what is a heading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml.etree import _Element as Element

from parsers.formats.word_lists import Counter, Form, Level
from parsers.formats.xml_parts import child, children, named, number, value
from parsers.formats.zips import Package

_FORMS = {
    **dict.fromkeys(
        ["chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
         "ideographDigital", "taiwaneseCountingThousand", "japaneseDigitalTenThousand"], Form.CHINESE,
    ),
    "decimalEnclosedCircle": Form.CIRCLE, "decimalEnclosedCircleChinese": Form.CIRCLE,
    "decimalEnclosedFullstop": Form.FULL_STOP, "decimalEnclosedParen": Form.BRACKETS,
    "ideographEnclosedCircle": Form.CHINESE_BRACKETS,
    "lowerLetter": Form.LOWER_LETTER, "upperLetter": Form.UPPER_LETTER,
    "lowerRoman": Form.LOWER_ROMAN, "upperRoman": Form.UPPER_ROMAN,
}  # fmt: skip
_HEADING = re.compile(r"heading [1-3]|标题 ?[1-3]", re.IGNORECASE)
_HEADING_LEVELS = ("0", "1", "2")
_LONGEST_CHAIN = 20


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style: whether it is a heading, and the list and level that it brings."""

    heading: bool = False
    list_id: str | None = None
    level: int | None = None
    base: str | None = None


@dataclass(frozen=True, slots=True)
class _List:
    """A list: lists of one definition are counted on together unless they state their own start."""

    name: str
    levels: dict[int, Level]
    styles: dict[str, int]
    """The level of each style that is bound to one."""


@dataclass(slots=True)
class Numbering:
    """The lists and styles of a document, and how far the lists are counted."""

    lists: dict[str, _List] = field(default_factory=dict)
    styles: dict[str, Style] = field(default_factory=dict)
    counter: Counter = field(default_factory=Counter)

    def label(self, paragraph: Element) -> str:
        """Count a paragraph in its list; its number as printed, nothing when it has none."""
        properties = child(paragraph, "pPr")
        if properties is None:
            return ""
        style_id = value(child(properties, "pStyle")) or ""
        style = self.styles.get(style_id, Style())
        own = child(properties, "numPr")
        list_id = (value(child(own, "numId")) if own is not None else None) or style.list_id
        found = self.lists.get(list_id or "")
        if found is None:
            return ""
        stated = value(child(own, "ilvl")) if own is not None else None
        of_style = found.styles.get(style_id, style.level or 0)
        return self.counter.label(found.name, found.levels, number(stated, of_style))

    def is_heading(self, paragraph: Element) -> bool:
        """Whether a paragraph's own level or its style says that it is a heading."""
        properties = child(paragraph, "pPr")
        if properties is None:
            return False
        own = value(child(properties, "outlineLvl"))
        if own is not None:
            return own in _HEADING_LEVELS
        return self.styles.get(value(child(properties, "pStyle")) or "", Style()).heading


def read_numbering(package: Package, styles: Element | None) -> Numbering:
    """The lists and styles that the document defines; none where a part is missing or broken."""
    lists = package.tree_or_none("word/numbering.xml")
    return Numbering(
        _lists(lists) if lists is not None else {}, _styles(styles) if styles is not None else {}
    )


def _lists(root: Element) -> dict[str, _List]:
    definitions = {named(e, "abstractNumId") or "": e for e in children(root, "abstractNum")}
    by_link = {value(child(e, "styleLink")): e for e in definitions.values()}
    lists: dict[str, _List] = {}
    for entry in children(root, "num"):
        list_id, source = named(entry, "numId") or "", value(child(entry, "abstractNumId")) or ""
        definition = definitions.get(source)
        if definition is None:
            continue
        definition = by_link.get(value(child(definition, "numStyleLink")) or "", definition)
        levels = dict(_levels(definition))
        own = list(children(entry, "lvlOverride"))
        for override in own:
            _override(levels, override)
        styles = {
            value(child(e, "pStyle")) or "": number(named(e, "ilvl")) for e in children(definition, "lvl")
        }
        lists[list_id] = _List(f"list {list_id}" if own else f"definition {source}", levels, styles)
    return lists


def _levels(element: Element) -> Iterator[tuple[int, Level]]:
    for level in children(element, "lvl"):
        form = value(child(level, "numFmt")) or "decimal"
        if form not in ("bullet", "none"):
            pattern, start = value(child(level, "lvlText")) or "", number(value(child(level, "start")), 1)
            legal = child(level, "isLgl") is not None
            yield number(named(level, "ilvl")), Level(_FORMS.get(form, Form.DECIMAL), pattern, start, legal)


def _override(levels: dict[int, Level], override: Element) -> None:
    levels.update(_levels(override))
    at, start = number(named(override, "ilvl")), value(child(override, "startOverride"))
    if start is not None and at in levels:
        levels[at] = replace(levels[at], start=number(start, 1))


def _styles(root: Element) -> dict[str, Style]:
    """The paragraph styles by their identifier; what a style leaves open its base says."""
    own = {named(e, "styleId") or "": _style(e) for e in children(root, "style")}
    return {name: _inherited(style, own) for name, style in own.items()}


def _style(element: Element) -> Style:
    outline = value(child(element, "pPr", "outlineLvl"))
    level = value(child(element, "pPr", "numPr", "ilvl"))
    return Style(
        outline in _HEADING_LEVELS or bool(_HEADING.fullmatch(value(child(element, "name")) or "")),
        value(child(element, "pPr", "numPr", "numId")),
        number(level) if level is not None else None,
        value(child(element, "basedOn")),
    )


def _inherited(style: Style, styles: dict[str, Style]) -> Style:
    base = style
    for _ in range(_LONGEST_CHAIN):
        if base.base is None or base.base not in styles:
            break
        base = styles[base.base]
        style = Style(
            style.heading or base.heading,
            style.list_id if style.list_id is not None else base.list_id,
            style.level if style.level is not None else base.level,
        )
    return style
