"""Shifts the clock of every nianbao process below a test, by the seconds that ``SIMULATED_OFFSET`` names.

Python imports this by itself where this folder is on ``PYTHONPATH``. All of nianbao asks
:func:`archive.times.utc_now` for the moment, which is replaced before anything else has taken it.
"""

import os
from datetime import UTC, datetime, timedelta

if "SIMULATED_OFFSET" in os.environ:
    import archive.times

    _offset = timedelta(seconds=float(os.environ["SIMULATED_OFFSET"]))
    archive.times.utc_now = lambda: datetime.now(UTC) + _offset
