"""One schedule an archive, on either database; a lock goes with its process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from archive.catalogue.engine import Catalogue
from scheduler.locks import ScheduleLock, Taken, file_lock


def test_a_lock_of_the_home_is_had_once(home: Path) -> None:
    with file_lock(home, "schedule"):
        with pytest.raises(Taken, match="process"), file_lock(home, "schedule"):
            pass
        with file_lock(home, "job-crawl"):
            pass
    with file_lock(home, "schedule"):
        pass


def test_a_lock_goes_with_its_process(home: Path) -> None:
    hold = (
        "import sys, time; from pathlib import Path; from scheduler.locks import file_lock\n"
        "with file_lock(Path(sys.argv[1]), 'schedule'):\n    print('held', flush=True); time.sleep(600)"
    )
    process = subprocess.Popen([sys.executable, "-c", hold, str(home)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    with pytest.raises(Taken, match=str(process.pid)), file_lock(home, "schedule"):
        pass
    process.kill()
    process.wait()
    process.stdout.close()
    with file_lock(home, "schedule"):
        pass


def test_one_schedule_works_on_a_database(catalogue: Catalogue) -> None:
    if catalogue.is_sqlite:
        assert ScheduleLock(catalogue).hold()  # the home's lock says it all
        return
    first, second = ScheduleLock(catalogue), ScheduleLock(catalogue)
    assert first.hold()
    assert first.hold()
    assert not second.hold()
    first.close()
    assert second.hold()
    second.close()


def test_a_lock_that_the_database_forgot_is_taken_again(catalogue: Catalogue) -> None:
    if catalogue.is_sqlite:
        return  # no server that restarts
    first, second = ScheduleLock(catalogue), ScheduleLock(catalogue)
    assert first.hold()
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    with catalogue.reading() as session:
        session.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
    assert first.hold()
    assert not second.hold()
    first.close()
