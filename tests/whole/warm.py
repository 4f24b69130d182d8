"""Commands of the command line in processes of their own, forked from one that has imported it already.

Starting Python and importing the program costs a second, many times what most commands need. A fork has
its own memory, standard streams, working folder, environment and exit code, as a started program has.
tests/whole/test_command_line.py starts the installed program itself.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
from pathlib import Path

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["nianbao.cli"])


def run(words: list[str], seconds: float) -> subprocess.CompletedProcess[str]:
    """``nianbao WORDS`` to its end; :class:`subprocess.TimeoutExpired` when it takes longer."""
    with tempfile.TemporaryDirectory() as folder:
        out, errors = Path(folder, "out"), Path(folder, "errors")
        process = _FORKS.Process(
            target=_main, args=(words, str(out), str(errors), os.getcwd(), dict(os.environ))
        )
        process.start()
        process.join(seconds)
        if process.is_alive():
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(words, seconds, out.read_text(), errors.read_text())
        assert process.exitcode is not None
        done = subprocess.CompletedProcess(words, process.exitcode, out.read_text(), errors.read_text())
        process.close()
    return done


def _main(words: list[str], out: str, errors: str, folder: str, environment: dict[str, str]) -> None:
    from nianbao.cli import main

    for stream, path in ((sys.stdout, out), (sys.stderr, errors)):
        stream.flush()
        file = os.open(path, os.O_WRONLY | os.O_CREAT)
        os.dup2(file, stream.fileno())
        os.close(file)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["nianbao", *words]
    main()
