"""``python -m benchmarks.archive.share``: a crawl process that counts what archiving costs it.

Takes a job on standard input as the crawl process does; the last line of its output is JSON with seconds
of processor time: ``archiving`` within the recorder, ``all`` from the process's start to its end.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

from archive.recorder import Recorder
from crawler.job import CrawlJob
from crawler.process import run

spent = 0.0
_depth = 0


def _counted(method: Callable[..., Any]) -> Callable[..., Any]:
    def counting(*args: Any, **kwargs: Any) -> Any:
        global spent, _depth
        began = time.process_time()
        _depth += 1
        try:
            return method(*args, **kwargs)
        finally:
            _depth -= 1
            if _depth == 0:
                spent += time.process_time() - began

    return counting


def main() -> None:
    for name in ("__init__", "add", "add_listing", "known", "known_body", "flush", "close"):
        setattr(Recorder, name, _counted(getattr(Recorder, name)))
    run(CrawlJob.from_json(sys.stdin.read()))
    print(json.dumps({"archiving": spent, "all": time.process_time()}))


if __name__ == "__main__":
    main()
