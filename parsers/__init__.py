"""The reading of annual reports: pure functions of a file's bytes."""

from parsers.compiled import prefer

prefer()
