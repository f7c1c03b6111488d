"""How far each fiscal storage has been read. The cursor moves forward only, onto a document stored before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from pos_agent.store.errors import StoreRefused
from pos_agent.store.ready import Ready, given
from pos_agent.store.schema import fn_series
from pos_agent.store.session import Session

_T = fn_series
_BY_SERIAL = Ready(sa.select(_T).where(_T.c.fn_serial == given("fn")))


@dataclass(frozen=True)
class Series:
    """One fiscal storage (FN) at one register.

    `first_fd` is the first document the series covers, `cursor_fd` the last one read (`first_fd` - 1 at the start);
    documents up to `quiet_fd` get no slip, because they were registered before first contact.
    """

    fn_serial: str
    register: str
    first_fd: int
    cursor_fd: int
    quiet_fd: int
    started_at: str
    active: bool

    def gap(self, last_fd: int) -> range:
        """Document numbers still to read when the storage says its last one is `last_fd`."""
        return range(self.cursor_fd + 1, last_fd + 1)


class SeriesView:
    """Reads."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, fn_serial: str) -> Series | None:
        """One series by the storage's serial number."""
        row = self._session.row(_BY_SERIAL, fn=fn_serial)
        return None if row is None else _series(row)

    def active(self, register: str) -> Series | None:
        """The storage the register works with."""
        query = sa.select(_T).where(_T.c.register == register, _T.c.state == "active")
        row = self._session.connection.execute(query).one_or_none()
        return None if row is None else _series(row)

    def all(self) -> tuple[Series, ...]:
        """Every storage ever met, oldest first."""
        query = sa.select(_T).order_by(_T.c.started_at, _T.c.fn_serial)
        return tuple(_series(row) for row in self._session.connection.execute(query))


class SeriesBook(SeriesView):
    """Writes."""

    def contact(self, register: str, fn_serial: str, last_fd: int, from_fd: int | None = None) -> Series:
        """The register now works with this storage, whose last document is `last_fd` (0: none yet).

        First contact starts after `last_fd`; with `from_fd` reading starts at that document instead, without slips
        up to `last_fd`. A known storage goes on where it stopped (`from_fd` is not looked at). Any other storage of
        this register becomes replaced. ValueError when `from_fd` is not within 1..last_fd + 1.
        """
        first = last_fd + 1 if from_fd is None else from_fd
        if not 1 <= first <= last_fd + 1:
            raise ValueError(f"from_fd {from_fd} is not within 1..{last_fd + 1}")
        connection = self._session.connection
        others = (_T.c.register == register) & (_T.c.fn_serial != fn_serial) & (_T.c.state == "active")
        connection.execute(_T.update().where(others).values(state="replaced"))
        if self.get(fn_serial) is None:
            row = {"fn_serial": fn_serial, "register": register, "first_fd": first, "cursor_fd": first - 1}
            state = {"quiet_fd": last_fd, "started_at": self._session.stamp(), "state": "active"}
            connection.execute(_T.insert().values(row | state))
        else:
            found = _T.update().where(_T.c.fn_serial == fn_serial)
            connection.execute(found.values(register=register, state="active"))
        return self._need(fn_serial)

    def advance(self, fn_serial: str, fd_number: int) -> Series:
        """The document after the cursor is stored: move onto it. Onto the cursor itself: nothing to do.

        Call it in the transaction that stores the document and its event. StoreRefused when it would move back, skip a
        document, or the document is not stored.
        """
        series = self._need(fn_serial)
        if fd_number == series.cursor_fd:
            return series
        if fd_number != series.cursor_fd + 1:
            raise StoreRefused(f"cursor of {fn_serial} is at {series.cursor_fd}, cannot go to {fd_number}")
        found = _T.update().where(_T.c.fn_serial == fn_serial)
        self._session.connection.execute(found.values(cursor_fd=fd_number))
        return self._need(fn_serial)

    def _need(self, fn_serial: str) -> Series:
        series = self.get(fn_serial)
        if series is None:
            raise StoreRefused(f"no series for fiscal storage {fn_serial}")
        return series


def _series(row: Any) -> Series:  # noqa: ANN401 - a row of any columns
    return Series(
        fn_serial=row.fn_serial,
        register=row.register,
        first_fd=row.first_fd,
        cursor_fd=row.cursor_fd,
        quiet_fd=row.quiet_fd,
        started_at=row.started_at,
        active=row.state == "active",
    )
