"""Named reasons why a file gives no document."""

from __future__ import annotations

from parsers.report import Outcome


class UnreadableFile(Exception):
    """The file cannot be read; ``outcome`` says in which way, the message why."""

    outcome = Outcome.UNREADABLE


class EncryptedFile(UnreadableFile):
    """A password is needed."""

    outcome = Outcome.ENCRYPTED


class NoTextLayer(UnreadableFile):
    """Pages without text: a scan."""


class GarbledText(UnreadableFile):
    """The text layer's characters are not those that the page shows."""


class TooMuch(UnreadableFile):
    """The file asks for more work than any report does: a trap, or broken."""


class TookTooLong(UnreadableFile):
    """A program that was asked gave no answer in time."""

    outcome = Outcome.TIMED_OUT
