"""A question built and compiled once and put straight to SQLite: for what is asked at each scan and at each poll.

SQLAlchemy's own round for one row costs several times the question, and a quote asks a dozen of them.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

_NAMED = sqlite.dialect(paramstyle="named")
_row_type: Any = namedtuple  # of columns that are known at run time alone
Answers = dict[tuple[Any, ...], tuple[Any, ...]]


def given(name: str) -> sa.BindParameter[Any]:
    """The place of a value that comes with the question."""
    return sa.bindparam(name, None)


class Ready:
    """A SELECT over columns of plain SQLite types; its `given` values are named each time."""

    def __init__(self, query: sa.Select[Any]) -> None:
        made = query.compile(dialect=_NAMED, compile_kwargs={"render_postcompile": True})
        self._sql = str(made)
        self._fixed = {name: value for name, value in made.params.items() if value is not None}
        self._row = _row_type("Row", [column.key for column in query.selected_columns])

    def rows(self, connection: sa.Connection, values: dict[str, Any], known: Answers | None) -> tuple[Any, ...]:
        """All rows, with the columns by name. `known`: answers of this very state of the database, added to.

        sqlite3.Error, which the store's transactions make one of theirs.
        """
        key = (self, *values.items())
        found = None if known is None else known.get(key)
        if found is None:
            asked = raw_of(connection).execute(self._sql, {**self._fixed, **values})
            found = tuple(self._row._make(row) for row in asked)
            if known is not None:
                known[key] = found
        return found


def raw_of(connection: sa.Connection) -> sqlite3.Connection:
    """SQLite's own connection under SQLAlchemy's."""
    found = connection.connection.driver_connection
    assert isinstance(found, sqlite3.Connection)
    return found
