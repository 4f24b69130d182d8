"""What goes between a reader and its worker: messages on pipes, each a length of eight bytes and a pickle.

A worker may belong to the file that it read, so nothing is taken from it but what an extraction is made of.
"""

from __future__ import annotations

import io
import os
import pickle
import select
import struct
import time
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, BinaryIO

from parsers.report import Certainty, Fault, MentionKind, Outcome, State

_LENGTH = struct.Struct(">Q")
_ALLOWED = {
    "parsers.report": {
        *("Extraction", "Fact", "ReadAs", "Section", "Check", "Stated", "Mention"),
        *("Outcome", "State", "Certainty", "Fault", "MentionKind"),
    },
    "decimal": {"Decimal"},
    "datetime": {"date"},
    "copyreg": {"_reconstructor"},
    "builtins": {"object"},
}


def _by_value(word: StrEnum) -> tuple[type[StrEnum], tuple[str]]:
    return type(word), (word.value,)


class Messages(pickle.Pickler):
    """Enumerations go by class and value on every Python: before 3.11.4 they would be sent as a call of
    ``getattr``, which is not taken from a worker.
    """

    dispatch_table = dict.fromkeys((Certainty, Fault, MentionKind, Outcome, State), _by_value)


class _Answers(pickle.Unpickler):
    """Takes nothing from a worker but an extraction: a hostile file that owns its worker gets no further."""

    def find_class(self, module: str, name: str) -> Any:
        if name in _ALLOWED.get(module, ()):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"a worker may not send {module}.{name}")


def send(pipe: BinaryIO | Any, message: object) -> None:
    """Write one message. Raises :class:`BrokenPipeError` when nobody reads."""
    body = io.BytesIO()
    Messages(body, pickle.HIGHEST_PROTOCOL).dump(message)
    pipe.write(_LENGTH.pack(body.tell()))
    pipe.write(body.getbuffer())
    pipe.flush()


def receive_by(pipe: Any, deadline: float) -> bytes:
    """One message. Raises :class:`TimeoutError` when it is not complete by the deadline, :class:`EOFError`
    when it never will be.
    """
    head = _exactly(pipe.fileno(), _LENGTH.size, deadline)
    return _exactly(pipe.fileno(), _LENGTH.unpack(head)[0], deadline)


def answer_in(message: bytes) -> object:
    """What a worker says. Raises :class:`pickle.UnpicklingError` and others for what it may not say."""
    said: object = _Answers(io.BytesIO(message)).load()
    return said


def questions(pipe: BinaryIO) -> Iterator[Any]:
    """What a worker is asked, until its pipe is closed. It comes from the reader, and is trusted."""
    while len(head := pipe.read(_LENGTH.size)) == _LENGTH.size:
        yield pickle.loads(pipe.read(_LENGTH.unpack(head)[0]))


def _exactly(descriptor: int, size: int, deadline: float) -> bytes:
    received = bytearray()
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    while len(received) < size:
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise TimeoutError
        part = os.read(descriptor, min(size - len(received), 1 << 20))
        if not part:
            raise EOFError
        received += part
    return bytes(received)
