"""The other side: a spider of Scrapy's defaults, ``python -m benchmarks.crawl.plain_spider URL``.

It follows every link of every page, and the pagers that a script writes, which it has to read to reach
the same articles; it keeps nothing. Its last line of output is JSON: how many pages it fetched and the
paths of the HTML pages among them.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response, TextResponse

# "robots off" is Scrapy's default; the log level is the one setting that is not.
SETTINGS = {"LOG_LEVEL": "ERROR"}
_PAGER = re.compile(r'createPageHTML\((\d+), \d+, "(\w+)", "(\w+)"\)')


class PlainSpider(Spider):
    """Every link, from the start page on."""

    name = "plain"

    def __init__(self, start: str, reached: set[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.start_urls = [start]
        self.reached = reached

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Request]:
        self.reached.add(urlsplit(response.url).path)
        if not isinstance(response, TextResponse):
            return
        for href in response.css("a::attr(href)").getall():
            yield response.follow(href, self.parse)
        for name in _pager_pages(response.text):
            yield response.follow(name, self.parse)


def _pager_pages(text: str) -> Iterator[str]:
    """The pages that the script of a list names."""
    call = _PAGER.search(text)
    if call is None:
        return
    count, name, extension = int(call.group(1)), call.group(2), call.group(3)
    for number in range(count):
        yield f"{name}_{number}.{extension}" if number else f"{name}.{extension}"


def main(start: str) -> None:
    reached: set[str] = set()
    process = CrawlerProcess(SETTINGS)
    crawler = process.create_crawler(PlainSpider)
    process.crawl(crawler, start=start, reached=reached)
    process.start()
    fetched = crawler.stats.get_value("response_received_count", 0) if crawler.stats else 0
    print(json.dumps({"fetched": fetched, "reached": sorted(reached)}))


if __name__ == "__main__":
    main(sys.argv[1])
