"""A disk that is full in the middle of a record: nothing earlier is lost, and the next run goes on."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from archive.catalogue.engine import create_catalogue, open_catalogue, sqlite_url
from archive.fixity import Verified, all_files, verify
from archive.mend import mend
from nianbao.replica.plain import PlainSite
from nianbao.settings import SiteSettings, add_site, write_new
from tests.whole.conftest import nianbao

SIZE = "3m"
PAGES = 600

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk: run as root")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of three megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False).returncode:
        pytest.skip("no tmpfs can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_crawl_stops_when_the_disk_is_full_and_goes_on_when_there_is_room(disk: Path) -> None:
    home = disk / "home"
    home.mkdir()
    write_new(home, "tests@localhost")
    create_catalogue(sqlite_url(home)).close()
    filler = disk / "filler"
    with PlainSite(PAGES) as site:
        add_site(home, SiteSettings(name="plain", start=[site.url], delay=0, allow_private=True))
        filler.write_bytes(bytes(shutil.disk_usage(disk).free - 900_000))
        stopped = nianbao(home, "crawl", code=None)
        assert stopped.returncode != 0
        before = _captures(home)

        filler.unlink()
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        nianbao(home, "crawl")
    after = _captures(home)
    assert before < after
    catalogue = open_catalogue(sqlite_url(home))
    assert mend(catalogue, home).findings == []
    wrong: list[str] = []

    def tell(one: Verified, done: int, total: int) -> None:
        wrong.extend(one.wrong)

    result = verify(catalogue, home, all_files(home), workers=1, progress=tell)
    catalogue.close()
    assert [*wrong, *result.wrong] == []
    assert not list((home / "warc").rglob("*.open"))


def _captures(home: Path) -> set[tuple[object, ...]]:
    catalogue = open_catalogue(sqlite_url(home))
    with catalogue.reading() as session:
        rows = session.execute(text("SELECT capture_id, url, sha256, warc_file, warc_offset FROM captures"))
        found = {tuple(row) for row in rows}
    catalogue.close()
    return found
