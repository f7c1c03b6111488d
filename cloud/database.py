"""The cloud's database: SQLite in one file by default, any engine that speaks PostgreSQL's protocol by its URL."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from cloud import holds
from cloud.schema import SCHEMA_VERSION, add_hold_feed, cloud_meta, create
from pos_agent.errors import DamagedError, UsageError

SETTINGS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON", "trusted_schema=OFF")
BUSY_MS = 5000


class Database:
    """Reading and writing transactions. On SQLite writers of this process take turns, others wait by `busy_timeout`."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._turn = threading.Lock()

    @classmethod
    def open(cls, url: str) -> Database:
        """Connect; create the tables when there are none, add what an older cloud's database lacks.

        UsageError CFG-01 for a URL that leads nowhere; DamagedError STO-05 for the database of another program.
        """
        try:
            engine = sa.create_engine(url)
            if engine.dialect.name == "sqlite":
                _prepare_sqlite(engine)
            _create(engine)
        except (ArgumentError, NoSuchModuleError, ImportError) as error:
            raise UsageError("CFG-01", path=_shown(url), why=str(error).splitlines()[0]) from error
        except SQLAlchemyError as error:
            why = str(getattr(error, "orig", error)).splitlines()[0]
            raise UsageError("CFG-01", path=_shown(url), why=why) from error
        return cls(engine)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One snapshot."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction: committed at the end, rolled back on any error."""
        with self._turn, self.engine.connect() as connection:
            if self.engine.dialect.name == "sqlite":
                connection = connection.execution_options(sqlite_begin="BEGIN IMMEDIATE")
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def _prepare_sqlite(engine: sa.Engine) -> None:
    @sa.event.listens_for(engine, "connect")
    def settings(connection: sqlite3.Connection, _: Any) -> None:  # noqa: ANN401 - the pool's own record
        connection.isolation_level = None
        for setting in (f"busy_timeout={BUSY_MS}", *SETTINGS):
            connection.execute(f"PRAGMA {setting}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN"))


def _create(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection = connection.execution_options(sqlite_begin="BEGIN IMMEDIATE")
        with connection.begin():
            present = set(sa.inspect(connection).get_table_names())
            if not present:
                create(connection)
                return
            known = connection.execute(sa.select(cloud_meta)).scalar() if "cloud_meta" in present else None
            if known == 1:
                add_hold_feed(connection)
                holds.fill(connection)
            elif known != SCHEMA_VERSION:
                raise DamagedError("STO-05", path=_shown(str(engine.url)), why=f"schema {known}, not {SCHEMA_VERSION}")


def _shown(url: str) -> str:
    """Without a password."""
    try:
        return sa.make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "--db"
