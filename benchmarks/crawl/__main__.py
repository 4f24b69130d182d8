"""``python -m benchmarks.crawl [--pages 2000] [--repeat 3]``: prints a table and writes nothing else.

Both crawlers work on the same local site, in turn, each in a fresh process; the order changes from one
repeat to the next. A crawl that does not reach every article ends the run with an error.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from statistics import median

from benchmarks.crawl.measure import OURS, PLAIN, CrawlFailed, Measured, our_crawl, plain_crawl
from nianbao.replica.plain import PlainSite

_HEAD = f"{'run':<4}{'crawler':<10}{'pages/s':>9}{'seconds':>9}{'CPU s':>8}{'peak MB':>9}{'fetched':>9}"


def _check(one: Measured, articles: frozenset[str]) -> None:
    missed = articles - one.reached
    if missed:
        reached = len(articles) - len(missed)
        raise CrawlFailed(
            f"{one.crawler} reached {reached} of {len(articles)} articles; not, for one, {min(missed)}"
        )


def _line(label: str, crawler: str, columns: Sequence[float]) -> str:
    rate, wall, cpu, memory, fetched = columns
    return f"{label:<4}{crawler:<10}{rate:>9.0f}{wall:>9.2f}{cpu:>8.2f}{memory:>9.0f}{fetched:>9.0f}"


def _columns(one: Measured, articles: int) -> tuple[float, ...]:
    return one.rate(articles), one.wall, one.cpu, one.peak_rss / 1e6, one.fetched


def _repeat(site: PlainSite, number: int) -> tuple[Measured, Measured]:
    """Scrapy and ours, in turn first."""
    crawls = [plain_crawl, our_crawl] if number % 2 == 0 else [our_crawl, plain_crawl]
    pair = {}
    for crawl in crawls:
        one = crawl(site.url)
        _check(one, site.articles)
        print(_line(str(number + 1), one.crawler, _columns(one, site.pages)), flush=True)
        pair[one.crawler] = one
    return pair[PLAIN], pair[OURS]


def _print_medians(pairs: Sequence[tuple[Measured, Measured]], articles: int) -> None:
    for runs in zip(*pairs, strict=True):
        columns = zip(*(_columns(one, articles) for one in runs), strict=True)
        print(_line("med", runs[0].crawler, [median(column) for column in columns]))
    speed = [plain.wall / ours.wall for plain, ours in pairs]
    cpu = [ours.cpu / plain.cpu for plain, ours in pairs]
    memory = [ours.peak_rss / plain.peak_rss for plain, ours in pairs]
    print(f"ours/theirs, median of {len(pairs)} (lowest to highest):")
    for name, ratios in (("pages/s", speed), ("CPU seconds", cpu), ("peak memory", memory)):
        print(f"  {name:<12}{median(ratios):.2f}  ({min(ratios):.2f} to {max(ratios):.2f})")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crawl", description=__doc__)
    parser.add_argument("--pages", type=_positive, default=2000, help="articles of the local site")
    parser.add_argument("--repeat", type=_positive, default=3, help="crawls by each of the two")
    options = parser.parse_args()
    print(f"{options.pages} articles, {options.repeat} repeats, {os.cpu_count()} cores\n{_HEAD}", flush=True)
    with PlainSite(options.pages) as site:
        try:
            pairs = [_repeat(site, number) for number in range(options.repeat)]
        except CrawlFailed as error:
            print(f"failed: {error}", file=sys.stderr)
            return 1
    _print_medians(pairs, options.pages)
    return 0


if __name__ == "__main__":
    sys.exit(main())
