"""How much longer things take where other programs want the processors too.

A limit of wall time is for what hangs. What merely waits for its turn on a busy machine is not to be taken
for that, so such limits are as many times longer as there are programs that wait for each processor.
"""

from __future__ import annotations

import os

CROWDED = "programs waited for each processor"
"""Behind the number of them, in the reason of a file that ran out of time on such a machine."""

_MOST = 8.0
_WORTH_TELLING = 1.5


def crowding() -> float:
    """Programs that want a processor for each that there is, over the last minute; from 1 to 8."""
    waiting = os.getloadavg()[0] / len(os.sched_getaffinity(0))
    return min(max(1.0, waiting), _MOST)


def no_answer_within(seconds: float, crowded: float) -> str:
    """Why there is no answer: the limit on a machine of one's own, and how long was waited on this one."""
    said = f"no answer within {seconds:g} seconds"
    if crowded < _WORTH_TELLING:
        return said
    return f"{said}, nor within {seconds * crowded:.0f}: {crowded:.1f} {CROWDED}"
