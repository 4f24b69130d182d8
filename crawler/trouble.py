"""Says in plain words what went wrong with a fetch, and what to check."""

from __future__ import annotations

from urllib.parse import urlsplit

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)

DOWNLOAD_ERRORS = (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
    OSError,
)
"""What a download ends with when no answer comes."""


def explain(error: BaseException, url: str) -> str:
    """One line for people."""
    host = urlsplit(url).hostname or url
    if isinstance(error, IgnoreRequest):
        return f"left out: {error}" if str(error) else "left out by robots.txt"
    if isinstance(error, CannotResolveHostError):
        return (
            f"{host} has no public address: check the spelling and the network's DNS; "
            "a private or loopback address needs allow_private = true in the site's settings"
        )
    if isinstance(error, DownloadConnectionRefusedError):
        return f"{host} refused the connection: check the port, and whether the site answers in a browser"
    if isinstance(error, DownloadTimeoutError):
        return f"{host} did not answer in time: check the network, or whether the site answers in a browser"
    if isinstance(error, DownloadFailedError) and "certificate verify failed" in str(error):
        return f"the certificate of {host} does not hold"
    if isinstance(error, DownloadCancelledError):
        return f"the download was stopped: {error}"
    return f"the download failed ({type(error).__name__}): {first_line(error)}"


def first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else "no further detail"
