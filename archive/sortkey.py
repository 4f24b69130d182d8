"""The key by which web archives sort addresses (SURT): ``http://www.a.cn/b`` -> ``cn,a)/b``."""

from __future__ import annotations

from functools import lru_cache

from surt import surt


@lru_cache(maxsize=1024)
def sort_key(url: str) -> str:
    """The key of an address; raises ``ValueError`` or ``UnicodeError`` for what is none.

    Remembered, because the index and the catalogue ask for the same addresses.
    """
    return str(surt(url))
