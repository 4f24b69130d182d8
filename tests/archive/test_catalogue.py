"""The catalogue: its public views, its migrations, and how each database is opened."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select, text

from archive.catalogue.engine import (
    Catalogue,
    CatalogueMissing,
    CatalogueNewer,
    CatalogueOutdated,
    alembic_config,
    create_catalogue,
    open_catalogue,
    revisions,
    sqlite_url,
)
from archive.catalogue.models import Base, Division, Run

CONTRACT = {
    "reports": "report_id agency division_code year title edition published_on status url page_url "
    "media_type sha256 versions first_seen last_seen",
    "facts": "report_id agency year edition table_code row_code column_code value state raw locator sha256",
    "sections": "report_id ordinal heading text",
    "checks": "report_id agency year rule scope passed expected actual detail fault",
    "narrative": "report_id agency year code value unit sentence locator",
    "contacts": "report_id agency year kind value locator",
    "citations": "report_id agency year document locator",
    "aliases": "agency alias report_id",
    "changes": "change_id report_id agency year layer cause kind table_code row_code column_code old_value "
    "new_value run_id window_from window_to recorded_at",
    "captures": "capture_id run_id url fetched_at via status verdict sha256 media_type size warc_file "
    "warc_offset",
    "runs": "run_id kind started_at finished_at status fetched new changed unchanged gone failed blocked",
    "coverage": "division_code agency year state due_on published_on",
}
"""The columns that scripts rely on: a column may be added, none may be renamed or dropped."""

TRANSACTIONS = 750


@pytest.mark.parametrize("view", CONTRACT)
def test_a_view_has_the_promised_columns(catalogue: Catalogue, view: str) -> None:
    with catalogue.reading() as session:
        columns = set(session.execute(text(f"SELECT * FROM {view}")).keys())
    assert set(CONTRACT[view].split()) <= columns


def _of_fts5(table: str) -> bool:
    """SQLite's full-text index keeps its own tables, which no model describes."""
    return table.startswith("search_index")


def test_models_and_migrations_agree(catalogue: Catalogue) -> None:
    with catalogue.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_name": lambda name, kind, _: kind != "table" or not _of_fts5(name),
                "include_object": lambda item, *_: item.info.get("only") in (None, connection.dialect.name),
            },
        )
        assert compare_metadata(context, Base.metadata) == []


def test_making_it_twice_leaves_it_as_it_is(catalogue_url: str) -> None:
    first = create_catalogue(catalogue_url)
    with first.writing() as session:
        session.add(Run(kind="crawl", started_at="2026-11-21T02:30:00Z", status="done"))
    first.close()
    second = create_catalogue(catalogue_url)
    with second.reading() as session:
        assert session.scalar(text("SELECT COUNT(*) FROM runs")) == 1
        codes = session.scalar(select(func.count()).select_from(Division))
        assert session.get_one(Division, "640502").name == "沙坡头区"
    second.close()
    assert codes is not None
    assert codes > 3000  # provinces, prefectures and counties, once each


def test_a_catalogue_that_was_made_can_be_opened(catalogue_url: str) -> None:
    create_catalogue(catalogue_url).close()
    open_catalogue(catalogue_url).close()


def test_no_file_is_a_missing_catalogue(tmp_path: Path) -> None:
    with pytest.raises(CatalogueMissing, match="nianbao init"):
        open_catalogue(sqlite_url(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_an_empty_database_is_a_missing_catalogue(catalogue_url: str) -> None:
    Catalogue(catalogue_url).engine.connect().close()
    with pytest.raises(CatalogueMissing):
        open_catalogue(catalogue_url)


def test_an_unknown_schema_is_a_newer_one(catalogue_url: str) -> None:
    made = create_catalogue(catalogue_url)
    with made.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    made.close()
    with pytest.raises(CatalogueNewer, match="upgrade"):
        open_catalogue(catalogue_url)


def test_the_revisions_known_are_those_of_the_migrations() -> None:
    script = ScriptDirectory.from_config(alembic_config("sqlite://"))
    assert revisions() == sorted(one.revision for one in script.walk_revisions())
    assert revisions()[-1] == script.get_current_head()


def test_an_earlier_schema_is_outdated(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    later = [*revisions(), "9999"]
    monkeypatch.setattr("archive.catalogue.engine.revisions", lambda: later)
    with pytest.raises(CatalogueOutdated, match="nianbao migrate"):
        open_catalogue(catalogue.url)


@pytest.mark.parametrize("catalogue", ["sqlite"], indirect=True)
def test_sqlite_is_set_to_keep_what_it_committed(catalogue: Catalogue) -> None:
    with catalogue.reading() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA synchronous")) == 2  # FULL
        assert session.scalar(text("PRAGMA foreign_keys")) == 1


@pytest.mark.parametrize("catalogue", ["sqlite"], indirect=True)
def test_on_sqlite_a_writer_holds_the_lock_from_its_start(catalogue: Catalogue) -> None:
    """One that reads first and writes later would fail as busy, however long it were to wait."""
    entered = threading.Event()

    def second() -> None:
        with catalogue.writing() as session:
            session.scalar(select(func.count()).select_from(Run))
            entered.set()

    with catalogue.writing() as session:
        session.scalar(select(func.count()).select_from(Run))
        thread = threading.Thread(target=second)
        thread.start()
        assert not entered.wait(0.3)
        with catalogue.reading() as reader:  # a reader is never kept waiting
            assert reader.scalar(select(func.count()).select_from(Run)) == 0
    thread.join(10)
    assert entered.is_set()


def test_two_writers_at_once_lose_nothing(catalogue: Catalogue) -> None:
    errors: list[BaseException] = []

    def write(kind: str) -> None:
        own = Catalogue(catalogue.url)
        if own.is_sqlite:
            _without_sync(own)
        try:
            for _ in range(TRANSACTIONS):
                with own.writing() as session:
                    seen = session.scalar(select(func.count()).select_from(Run).where(Run.kind == kind))
                    session.add(Run(kind=kind, started_at=f"{seen:020d}", status="done"))
        except Exception as error:  # noqa: BLE001 - whatever it was is told by the test
            errors.append(error)
        finally:
            own.close()

    threads = [threading.Thread(target=write, args=(kind,)) for kind in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with catalogue.reading() as session:
        for kind in ("one", "two"):
            stored = set(session.scalars(select(Run.started_at).where(Run.kind == kind)))
            assert stored == {f"{number:020d}" for number in range(TRANSACTIONS)}


def _without_sync(catalogue: Catalogue) -> None:
    """Locks are what is tried here; that each commit waits for the disk would only take time."""
    with catalogue.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA synchronous=OFF")
        connection.exec_driver_sql("BEGIN")


def test_a_failed_transaction_leaves_nothing(catalogue: Catalogue) -> None:
    with pytest.raises(ZeroDivisionError), catalogue.writing() as session:  # noqa: PT012
        session.add(Run(kind="crawl", started_at="2026-11-21T02:30:00Z", status="done"))
        session.flush()
        raise ZeroDivisionError
    with catalogue.reading() as session:
        assert session.scalar(select(func.count()).select_from(Run)) == 0


def test_a_reader_neither_waits_for_a_writer_nor_sees_its_work_too_soon(catalogue: Catalogue) -> None:
    started = time.monotonic()
    with catalogue.writing() as writer:
        writer.add(Run(kind="crawl", started_at="2026-11-21T02:30:00Z", status="done"))
        writer.flush()
        with catalogue.reading() as reader:
            assert reader.scalar(text("SELECT COUNT(*) FROM runs")) == 0
    assert time.monotonic() - started < 5
