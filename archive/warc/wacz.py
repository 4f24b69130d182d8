"""WACZ files: a ZIP of WARC files, an index, a list of pages, and digests of all of them (version 1.1.1)."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VERSION = "1.1.1"
MAX_PACKAGE_BYTES = 64 * 1024 * 1024


class NoWacz(Exception):
    """The file is no WACZ that can be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Inner:
    """A WARC file within a WACZ. ``sha256`` is what the package says of it, None if it says nothing."""

    path: str
    size: int
    sha256: str | None


def is_wacz(path: Path) -> bool:
    """Whether the file is a ZIP with WARC files in its ``archive/`` or with a data package."""
    if not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as whole:
            names = whole.namelist()
    except (zipfile.BadZipFile, NotImplementedError):
        return path.suffix.lower() == ".wacz"
    return "datapackage.json" in names or any(_is_warc(name) for name in names)


def inner_warcs(whole: zipfile.ZipFile) -> Iterator[Inner]:
    """The WARC files of a WACZ. Raises :class:`NoWacz` when its data package cannot be read."""
    said = _digests(_package(whole))
    for info in whole.infolist():
        if _is_warc(info.filename):
            yield Inner(info.filename, info.file_size, said.get(info.filename))


def package_faults(whole: zipfile.ZipFile) -> Iterator[str]:
    """What does not agree in the package: its own digest, and files that it names and does not hold."""
    names = set(whole.namelist())
    package = _package(whole)
    if "datapackage.json" not in names:
        yield "it has no datapackage.json"
        return
    if "datapackage-digest.json" in names:
        said = _json(whole, "datapackage-digest.json").get("hash")
        found = "sha256:" + hashlib.sha256(whole.read("datapackage.json")).hexdigest()
        if said != found:
            yield "datapackage.json does not have the digest that datapackage-digest.json gives"
    for path in _listed(package):
        if path not in names:
            yield f"{path} is named in datapackage.json and is not there"
        elif path.lower().endswith(".wacz"):
            yield f"{path} is a WACZ itself: unpack it and import it"


def _is_warc(name: str) -> bool:
    return name.startswith("archive/") and name.lower().endswith((".warc", ".warc.gz"))


def _package(whole: zipfile.ZipFile) -> dict[str, Any]:
    return _json(whole, "datapackage.json") if "datapackage.json" in whole.namelist() else {}


def _json(whole: zipfile.ZipFile, name: str) -> dict[str, Any]:
    if whole.getinfo(name).file_size > MAX_PACKAGE_BYTES:
        raise NoWacz(f"its {name} is larger than {MAX_PACKAGE_BYTES} bytes")
    try:
        found = json.loads(whole.read(name))
    except (ValueError, RecursionError) as error:
        raise NoWacz(f"its {name} cannot be read: {error}") from error
    if not isinstance(found, dict):
        raise NoWacz(f"its {name} holds no object")
    return found


def _resources(package: dict[str, Any]) -> Iterator[dict[str, Any]]:
    listed = package.get("resources")
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("path"), str):
            yield entry


def _listed(package: dict[str, Any]) -> Iterator[str]:
    return (entry["path"] for entry in _resources(package))


def _digests(package: dict[str, Any]) -> dict[str, str]:
    return {
        entry["path"]: entry["hash"].removeprefix("sha256:").lower()
        for entry in _resources(package)
        if isinstance(entry.get("hash"), str) and entry["hash"].startswith("sha256:")
    }
