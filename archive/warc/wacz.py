"""WACZ files: a ZIP of WARC files, an index, a list of pages, and digests of all of them (version 1.1.1)."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any

from archive.times import iso

VERSION = "1.1.1"
MAX_PACKAGE_BYTES = 64 * 1024 * 1024
LINES_A_BLOCK = 1024  # as the tools that write WACZ files have it
Write = Callable[[bytes], None]


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


class WaczWriter:
    """Writes a WACZ member by member, none of them held in memory. Use as a context manager.

    The file gets its name when it is finished; one that was not is removed.
    """

    def __init__(self, target: Path, *, software: str, created: datetime) -> None:
        self._target = target
        self._part = target.with_name(f".{target.name}.part")
        self._software = software
        self._created = created
        self._resources: list[dict[str, object]] = []
        self._zip = zipfile.ZipFile(self._part, "w", allowZip64=True)

    def __enter__(self) -> WaczWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()
        self._part.unlink(missing_ok=True)

    @contextmanager
    def member(self, path: str, *, pack: bool = False) -> Iterator[Write]:
        """One member, written with the function given. What readers jump into is not packed."""
        info = zipfile.ZipInfo(path, self._created.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED if pack else zipfile.ZIP_STORED
        info.external_attr = 0o644 << 16
        proof = hashlib.sha256()
        size = 0
        with self._zip.open(info, "w", force_zip64=True) as out:

            def write(data: bytes) -> None:
                nonlocal size
                size += len(data)
                proof.update(data)
                out.write(data)

            yield write
        name = path.rpartition("/")[2].lower()
        digest = f"sha256:{proof.hexdigest()}"
        self._resources.append({"name": name, "path": path, "hash": digest, "bytes": size})

    def index(self, lines: Iterable[str]) -> None:
        """The sorted CDXJ lines of all records, in packed blocks, and a list of the blocks' first lines."""
        blocks: list[str] = []
        offset = 0
        rest = iter(lines)
        with self.member("indexes/index.cdx.gz") as write:
            while block := list(islice(rest, LINES_A_BLOCK)):
                packed = gzip.compress("".join(block).encode("utf-8"), mtime=0)
                write(packed)
                digest = f"sha256:{hashlib.sha256(packed).hexdigest()}"
                place = json.dumps({"offset": offset, "length": len(packed), "digest": digest})
                blocks.append(f"{block[0].partition('{')[0].strip()} {place}\n")
                offset += len(packed)
        with self.member("indexes/index.idx", pack=True) as write:
            meta = json.dumps({"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"})
            write(f"!meta 0 {meta}\n".encode())
            for line in blocks:
                write(line.encode("utf-8"))

    def finish(self, title: str, description: str) -> None:
        """Write what the package says of itself, with the digest of every member, and name the file."""
        package = {
            "profile": "data-package",
            "title": title,
            "description": description,
            "created": iso(self._created),
            "wacz_version": VERSION,
            "software": self._software,
            "resources": self._resources,
        }
        said = json.dumps(package, ensure_ascii=False, indent=2).encode("utf-8")
        digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(said).hexdigest()}"}
        with self.member("datapackage.json", pack=True) as write:
            write(said)
        with self.member("datapackage-digest.json", pack=True) as write:
            write(json.dumps(digest, indent=2).encode())
        self._zip.close()
        with self._part.open("rb") as written:
            os.fsync(written.fileno())
        os.replace(self._part, self._target)
