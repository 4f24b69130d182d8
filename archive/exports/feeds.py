"""Changes as feeds (Atom and JSON Feed) for all, a region or an agency: what the office did, told once."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from archive.catalogue.engine import Catalogue
from archive.queries import Filter, ask
from archive.times import Clock, iso, utc_now

LENGTH = 200
ATOM = "http://www.w3.org/2005/Atom"
_KINDS = {
    "appeared": "发布",
    "edited": "修改",
    "moved": "迁址",
    "gone": "撤下",
    "returned": "恢复",
    "reread": "重新识读",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One change as readers of a feed see it."""

    change_id: int
    title: str
    text: str
    url: str
    recorded_at: str


def entries(catalogue: Catalogue, keep: Filter, length: int = LENGTH) -> list[Entry]:
    """The changes that were stored last and a notice is due for, the newest first: no bytes, no flickers."""
    wanted = replace(keep, cause=keep.cause or "source", after=0)
    found: list[Entry] = []
    with ask(catalogue, "changes", wanted) as rows:
        for values in rows.rows:
            row = dict(zip(rows.columns, values, strict=True))
            if row["layer"] != "bytes" and not row["flicker"]:
                found.append(_entry(row))
                if len(found) > 2 * length:
                    del found[:-length]
    return found[-length:][::-1]


def write_feeds(
    catalogue: Catalogue, folder: Path, keep: Filter, title: str, clock: Clock = utc_now
) -> tuple[Path, Path]:
    """Write ``changes.atom`` and ``changes.json`` into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    found = entries(catalogue, keep)
    updated = found[0].recorded_at if found else iso(clock())
    atom, feed = folder / "changes.atom", folder / "changes.json"
    _replace(atom, _atom(title, updated, found))
    _replace(feed, json.dumps(_json_feed(title, found), ensure_ascii=False, indent=1).encode())
    return atom, feed


def _entry(row: dict[str, Any]) -> Entry:
    agency = row["agency"] or "（机关不明）"
    year = f"{row['year']} 年" if row["year"] else ""
    place = "/".join(row[c] for c in ("table_code", "row_code", "column_code")) if row["table_code"] else ""
    said = " → ".join(v for v in (row["old_value"], row["new_value"]) if v is not None)
    window = f"{row['window_from'] or '…'} — {row['window_to']}"
    head = f"{agency}{year}政府信息公开年报：{_KINDS.get(row['kind'], row['kind'])}"
    return Entry(
        change_id=row["change_id"],
        title=f"{head} {place}".rstrip(),
        text="\n".join(line for line in (said, f"时间：{window}") if line),
        url=row["url"],
        recorded_at=row["recorded_at"],
    )


def _atom(title: str, updated: str, found: list[Entry]) -> bytes:
    ET.register_namespace("", ATOM)
    feed = ET.Element(f"{{{ATOM}}}feed")
    _child(feed, "title", title)
    _child(feed, "id", "urn:nianbao:changes")
    _child(feed, "updated", updated)
    _child(_child(feed, "author"), "name", "nianbao")
    for one in found:
        entry = _child(feed, "entry")
        _child(entry, "title", one.title)
        _child(entry, "id", f"urn:nianbao:change:{one.change_id}")
        _child(entry, "updated", one.recorded_at)
        _child(entry, "link").set("href", one.url)
        _child(entry, "content", one.text).set("type", "text")
    data: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return data


def _child(parent: ET.Element, name: str, text: str | None = None) -> ET.Element:
    element = ET.SubElement(parent, f"{{{ATOM}}}{name}")
    # XML holds no control characters, which a hostile page may have in a title
    element.text = None if text is None else "".join(c for c in text if c >= " " or c in "\n\t")
    return element


def _json_feed(title: str, found: list[Entry]) -> dict[str, Any]:
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "items": [
            {
                "id": f"urn:nianbao:change:{one.change_id}",
                "title": one.title,
                "content_text": one.text,
                "url": one.url,
                "date_published": one.recorded_at,
            }
            for one in found
        ],
    }


def _replace(path: Path, data: bytes) -> None:
    whole = path.with_name(f"{path.name}.part")
    whole.write_bytes(data)
    whole.replace(path)
