"""Migrations: from nothing, from every released schema, and equal to the tables the code sees."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa

from pos_agent.store import migrate
from pos_agent.store.engine import writer_engine
from pos_agent.store.integrity import TRIGGERS
from pos_agent.store.schema import metadata

REVISIONS = [f"{number:04}" for number in range(1, 16) if number != 9]


def normal(sql):
    return re.sub(r"\s+", " ", sql).replace("( ", "(").replace(" )", ")")


def shape(path):
    """Columns, keys, checks and indexes of every table of ours, in a form that can be compared."""
    found = {}
    engine = sa.create_engine(f"sqlite:///{path}")
    inspector = sa.inspect(engine)
    with engine.connect() as connection:
        for name in metadata.tables:
            checks = {(c["name"], normal(c["sqltext"])) for c in inspector.get_check_constraints(name)}
            columns = connection.exec_driver_sql(f"PRAGMA table_xinfo({name})").all()
            foreign = connection.exec_driver_sql(f"PRAGMA foreign_key_list({name})").all()
            query = "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql NOTNULL AND tbl_name = ? ORDER BY 1"
            indexes = [normal(sql) for (sql,) in connection.exec_driver_sql(query, (name,))]
            unique = {tuple(u["column_names"]) for u in inspector.get_unique_constraints(name)}
            found[name] = (columns, foreign, checks, indexes, unique)
    engine.dispose()
    return found


def test_migrated_tables_are_the_tables_the_code_sees(store, path, tmp_path):
    declared = sa.create_engine(f"sqlite:///{tmp_path / 'declared.db'}")
    metadata.create_all(declared)
    declared.dispose()
    migrated = shape(path)
    assert migrated == shape(tmp_path / "declared.db")
    assert migrated["ledger_event"][2], "checks are compared, not skipped"


def test_every_table_of_ours_is_strict_and_every_trigger_is_there(store):
    with store.reading() as view:
        tables = view.session.connection.exec_driver_sql("PRAGMA table_list").all()
        triggers = view.session.connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        assert set(triggers.scalars()) == TRIGGERS
    strict = {row.name for row in tables if row.strict}
    assert strict == set(metadata.tables)


def marks(path):
    with closing(sqlite3.connect(path)) as connection:
        known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
        recorded = known and connection.execute("SELECT version_num FROM alembic_version").fetchone()
        (application_id,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    return application_id, version, recorded and recorded[0]


@pytest.mark.parametrize("revision", REVISIONS)
def test_each_released_schema_is_brought_up_to_date(revision, path, keys, clock, ids, reopen, gift):
    reopen().close()
    reference = shape(path)
    path.unlink()
    engine = writer_engine(path)
    migrate.upgrade(engine, revision)
    seal_register(engine, keys, clock, ids)
    engine.dispose()
    assert marks(path) == (migrate.APPLICATION_ID, int(revision), revision)
    with reopen() as store:
        assert shape(path) == reference
        with store.writing("gift") as txn:
            txn.ledger.append(gift())
    assert marks(path) == (migrate.APPLICATION_ID, migrate.SCHEMA_VERSION, REVISIONS[-1])


def seal_register(engine, keys, clock, ids):
    from pos_agent.store.meta import Meta
    from pos_agent.store.session import Session
    from pos_agent.store.vault import Vault

    with engine.begin() as connection:
        Meta(Session(connection, Vault(keys, ids), clock)).create(ids)


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_stop_inside_a_migration_leaves_the_schema_before_it(revision, tmp_path):
    path = tmp_path / "store.db"
    engine = writer_engine(path)

    def stop(step):
        if step == f"before:migrate-{revision}":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        migrate.upgrade(engine, reached=stop)
    engine.dispose()
    before = int(("0000", *REVISIONS)[REVISIONS.index(revision)])
    expected = (migrate.APPLICATION_ID, before, f"{before:04d}") if before else (0, 0, None)
    assert marks(path) == expected
    engine = writer_engine(path)
    migrate.upgrade(engine)
    engine.dispose()
    assert marks(path) == (migrate.APPLICATION_ID, migrate.SCHEMA_VERSION, REVISIONS[-1])
