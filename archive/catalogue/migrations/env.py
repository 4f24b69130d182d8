"""Run by Alembic: connects with the catalogue's own engine settings."""

from __future__ import annotations

from alembic import context

from archive.catalogue.engine import Catalogue, drop_views
from archive.catalogue.models import Base

catalogue = Catalogue(context.config.attributes["url"])
connection = catalogue.engine.connect().execution_options(nianbao_write=True)
with connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=catalogue.is_sqlite,
        include_object=lambda obj, name, kind, reflected, other: (
            not (kind == "table" and reflected and other is None)
        ),
    )
    with context.begin_transaction():
        drop_views(connection)  # SQLite renames no table that a view names; they are made anew afterwards
        context.run_migrations()
    connection.commit()
catalogue.close()
