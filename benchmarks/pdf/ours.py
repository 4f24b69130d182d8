"""The reader of the parsers: the whole document, its text included."""

from parsers.formats.pdf import read

__all__ = ["read"]
