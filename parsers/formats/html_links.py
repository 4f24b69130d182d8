"""Where the links of a page lead."""

from __future__ import annotations

import re

_FILE = re.compile(r"\.(?:docx?|pdf|xlsx?|wps|et|ofd|rtf|zip|rar|7z|jpe?g|png)(?:$|[?#])", re.IGNORECASE)


def leads_away(address: str | None) -> bool:
    """Whether a link leads to another page: to no place on this one, to no file and to nobody."""
    bare = (address or "").strip().lower()
    return (
        bool(bare) and not bare.startswith(("#", "mailto:", "tel:", "javascript:")) and not _FILE.search(bare)
    )
