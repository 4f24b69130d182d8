"""The key by which web archives sort addresses (SURT): ``http://www.a.cn/b`` -> ``cn,a)/b``."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=1024)
def sort_key(url: str) -> str:
    """The key of an address; raises ``ValueError`` or ``UnicodeError`` for what is none.

    Remembered, because the index and the catalogue ask for the same addresses.
    """
    from surt import surt  # here, for it brings an HTTP client with it, and most commands need no key

    return str(surt(url))
