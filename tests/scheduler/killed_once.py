"""Runs a program and kills it with all it started, once: ``killed_once.py MARK PROGRAM ARGUMENT…``.

A crawl is killed when its archive is being written. With the file MARK there, it is only run, as others are.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PATIENCE = 60.0


def main() -> int:
    mark, *command = sys.argv[1:]
    if Path(mark).exists() or "crawl" not in command:
        os.execv(command[0], command)
    Path(mark).touch()
    home = Path(command[command.index("--home") + 1])
    process = subprocess.Popen(command, start_new_session=True)
    deadline = time.monotonic() + PATIENCE
    while not any(home.rglob("*.open")) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


if __name__ == "__main__":
    sys.exit(main())
