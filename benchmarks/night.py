"""Does a night fit its window? A simulation of many sites on few cores, with costs measured here and now.

    python -m benchmarks.night --sites 200 --cores 2

Crawls of a local site, of two sizes, give what one costs the processor: to begin, and for each request.
The sites of the night then take turns in the slots of ``parallel_hosts``; each waits its delay between two
requests, and when all slots together want more processor than there is, each is slowed down by as much.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from archive.catalogue.engine import create_catalogue, sqlite_url
from nianbao.replica.plain import PlainSite
from nianbao.settings import SiteSettings, add_site, write_new

MEDIAN_REQUESTS, SPREAD, MOST = 60, 1.2, 5000
"""Of one site on one night: lists, young reports, a part of the old ones; the most is a site's budget."""
DELAY, JITTER = 1.0, 0.25
STEP = 1.0


@dataclass(frozen=True)
class Costs:
    """Processor seconds of one site's crawl, archive, catalogue, reading and comparing with it."""

    to_begin: float
    a_request: float


@dataclass
class Crawl:
    """One site's crawl while it goes on: requests to make, processor work to do before the first."""

    requests: float
    to_begin: float


def measure(small: int, large: int) -> Costs:
    """By two crawls through the command line, as the schedule starts it."""
    seconds = {pages: statistics.median(_crawl(pages) for _ in range(3)) for pages in (small, large)}
    a_request = max(0.0, (seconds[large] - seconds[small]) / (large - small))
    return Costs(max(0.0, seconds[small] - small * a_request), a_request)


def _crawl(pages: int) -> float:
    with tempfile.TemporaryDirectory() as folder, PlainSite(pages) as site:
        home = Path(folder)
        write_new(home, "https://example.org/crawler")
        add_site(home, SiteSettings(name="plain", start=[site.url], delay=0, allow_private=True))
        create_catalogue(sqlite_url(home)).close()
        before = _used()
        command = [sys.executable, "-m", "nianbao.cli", "--home", folder, "crawl", "--night"]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        return _used() - before


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def simulate(requests: list[int], costs: Costs, slots: int, cores: float) -> tuple[float, float]:
    """Seconds until the last site is done, and the share of the processors that was used."""
    waiting = [Crawl(float(count), costs.to_begin) for count in requests]
    going: list[Crawl] = []
    clock = used = 0.0
    rate = 1 / (DELAY * (1 + JITTER / 2))
    while waiting or going:
        going += [waiting.pop() for _ in range(min(slots - len(going), len(waiting)))]
        wanted = sum(1.0 if one.to_begin > 0 else rate * costs.a_request for one in going)
        speed = min(1.0, cores / wanted) if wanted else 1.0
        for one in going:
            if one.to_begin > 0:
                one.to_begin -= STEP * speed
            else:
                one.requests -= STEP * rate * speed
        used += wanted * speed * STEP
        clock += STEP
        going = [one for one in going if one.to_begin > 0 or one.requests > 0]
    return clock, used / (clock * cores)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=200)
    parser.add_argument("--cores", type=float, default=2)
    parser.add_argument("--slots", type=int, nargs="*", default=[4, 8, 16])
    parser.add_argument("--hours", type=float, default=3.5, help="The window, such as 02:30-06:00.")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began = time.monotonic()
    costs = measure(100, 1000)
    chance = random.Random(options.seed)
    requests = [
        min(MOST, round(MEDIAN_REQUESTS * chance.lognormvariate(0, SPREAD))) for _ in range(options.sites)
    ]
    print(f"measured in {time.monotonic() - began:.0f} s: {costs.to_begin:.2f} processor seconds to begin,")
    print(f"{1000 * costs.a_request:.1f} ms a request")
    print(f"{options.sites} sites, {sum(requests)} requests; the largest site {max(requests)}")
    fits = False
    for slots in options.slots:
        seconds, share = simulate(requests, costs, slots, options.cores)
        within = seconds <= options.hours * 3600
        fits |= within
        said = "within" if within else "NOT within"
        taken = f"{seconds / 3600:.2f} h, {said} {options.hours} h"
        print(f"parallel_hosts = {slots}: {taken}; processors {share:.0%}")
    sys.exit(0 if fits else 1)


if __name__ == "__main__":
    main()
