"""``python -m benchmarks.archive [--records 8000] [--repeat 3]``: prints two tables and writes nothing else.

The first reads archives of HTML pages of about 20 and 80 KB (real ones have 80 on average) from end to end:
our ``verify`` on one core, against FastWARC and warcio with their digest checks, in turn, each in a fresh
process. The rate is in megabytes of inflated records a second. The second is archiving's share of a crawl's
processor time.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from archive.capture import Fetched, Kind
from archive.catalogue.engine import create_catalogue, open_catalogue, sqlite_url
from archive.fixity import all_files, verify
from archive.recorder import Recorder
from archive.runs import open_run
from archive.warc.exchange import Exchange
from benchmarks.crawl.measure import ROOT, job_of
from nianbao.replica.plain import PlainSite, article_paths, build

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
REQUEST = b"GET / HTTP/1.1\r\nHost: www.example.gov.cn\r\n\r\n"


def make_archive(home: Path, records: int, articles: int) -> None:
    """An archive of so many different pages, each of so many articles of 20 KB, with its catalogue."""
    catalogue = create_catalogue(sqlite_url(home))
    run_id = open_run(catalogue, "crawl")
    with Recorder(catalogue, home, run_id=run_id, host="www.example.gov.cn", software="bench") as recorder:
        pages = build(records)
        paths = sorted(article_paths(records))
        for number, path in enumerate(paths):
            body = b"".join(pages[paths[(number + more) % records]] for more in range(articles))
            url = f"https://www.example.gov.cn{path}"
            now = datetime.now(UTC)
            exchange = Exchange(url, now, REQUEST, HEAD + body)
            recorder.add(Fetched(url, now, Kind.ARTICLE, "ok", status=200, exchange=exchange, body=body))
    catalogue.close()


def our_verify(home: Path) -> int:
    """Bytes of records proved, on one core, the comparison with the catalogue included."""
    catalogue = open_catalogue(sqlite_url(home))
    result = verify(catalogue, home, all_files(home), workers=1, progress=lambda *_: None)
    catalogue.close()
    return result.raw_size


def fastwarc_check(home: Path) -> int:
    from fastwarc.warc import ArchiveIterator

    size = 0
    for path in all_files(home):
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream, parse_http=False, verify_digests=True):
                size += record.content_length
    return size


def warcio_check(home: Path) -> int:
    from warcio.archiveiterator import ArchiveIterator

    size = 0
    for path in all_files(home):
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream, check_digests="raise"):
                size += len(record.content_stream().read())
    return size


TOOLS: dict[str, Callable[[Path], int]] = {
    "nianbao": our_verify,
    "FastWARC": fastwarc_check,
    "warcio": warcio_check,
}


def _timed(tool: str, home: Path) -> dict[str, float]:
    """Run one tool in a process of its own; seconds are of its processor, without starting Python."""
    command = [sys.executable, "-m", "benchmarks.archive", "--one", tool, str(home)]
    done = subprocess.run(command, stdout=subprocess.PIPE, cwd=ROOT, check=True, text=True)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def _one(tool: str, home: Path) -> None:
    began, wall = time.process_time(), time.perf_counter()
    size = TOOLS[tool](home)
    print(json.dumps({"cpu": time.process_time() - began, "wall": time.perf_counter() - wall, "size": size}))


def _compare_verify(home: Path, repeat: int) -> None:
    rates: dict[str, list[float]] = {tool: [] for tool in TOOLS}
    raw = sum(path.stat().st_size for path in all_files(home))
    for number in range(repeat):
        for tool in list(TOOLS)[:: 1 if number % 2 else -1]:
            rates[tool].append(_timed(tool, home)["cpu"])
    size = _timed("nianbao", home)["size"]
    print(f"{size / 1e6:.0f} MB of records in {raw / 1e6:.0f} MB of files; MB/s a core, median of {repeat}:")
    for tool, seconds in rates.items():
        print(f"  {tool:<10}{size / 1e6 / median(seconds):>8.0f}")


def _measure_share(pages: int, repeat: int) -> None:
    shares = []
    with PlainSite(pages) as site:
        for _ in range(repeat):
            with tempfile.TemporaryDirectory(prefix="nianbao-bench-") as folder:
                home = Path(folder)
                catalogue = create_catalogue(sqlite_url(home))
                job = job_of(catalogue, home, site.url).to_json()
                catalogue.close()
                command = [sys.executable, "-m", "benchmarks.archive.share"]
                done = subprocess.run(
                    command, input=job, stdout=subprocess.PIPE, cwd=ROOT, check=True, text=True
                )
                cost = json.loads(done.stdout.splitlines()[-1])
                shares.append(cost["archiving"] / cost["all"])
    print(f"archiving's share of a crawl's processor time, {pages} pages, median of {repeat}:")
    print(f"  {median(shares):.0%}  ({min(shares):.0%} to {max(shares):.0%})")


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.archive", description=__doc__)
    parser.add_argument("--records", type=int, default=8000)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--one", nargs=2, metavar=("TOOL", "HOME"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        _one(given.one[0], Path(given.one[1]))
        return
    for articles in (1, 4):
        with tempfile.TemporaryDirectory(prefix="nianbao-bench-") as folder:
            make_archive(Path(folder), given.records // articles, articles)
            _compare_verify(Path(folder), given.repeat)
    _measure_share(given.pages, given.repeat)


if __name__ == "__main__":
    main()
