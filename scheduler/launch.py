"""Becomes the program of a job: ``python -m scheduler.launch PARENT PROGRAM ARGUMENT…``.

The program is told to end (SIGTERM) when the scheduler dies, even by SIGKILL; it yields the processor to
others; and it writes no core dumps, which would hold what sites sent.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1  # prctl(2)
_NICE = 5


def main() -> None:
    parent, program, *arguments = sys.argv[1:]
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM) != 0:
        raise OSError(ctypes.get_errno(), "the kernel does not tell of a parent's death")
    if os.getppid() != int(parent):  # it died before we asked
        sys.exit(128 + signal.SIGTERM)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(_NICE)
    os.execv(program, [program, *arguments])


if __name__ == "__main__":
    main()
