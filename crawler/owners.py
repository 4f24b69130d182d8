"""Which hosts are one owner's: those below one registered name, such as all of ``spt.gov.cn``."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

import tldextract
from scrapy.downloadermiddlewares import cookies

# the list that ships with the package: a crawl asks no third party
_SUFFIXES = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
# Scrapy's own would be fetched when the first cookie comes
cookies._split_domain = tldextract.TLDExtract(
    suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True
)


def owned_name(url: str) -> str:
    """What one owner registered: ``http://www.spt.gov.cn/`` -> ``spt.gov.cn``; of an address, the address."""
    return _owned(urlsplit(url).hostname or "")


@lru_cache(maxsize=4096)
def _owned(host: str) -> str:
    if host == "localhost" or host.startswith("127."):
        return "localhost"
    return _SUFFIXES(host).top_domain_under_public_suffix or host
