"""Armed cards: the customer was named before the sale, the first sale registered after that is theirs.

At most one card is armed at a register (a unique index holds it). Whether a sale came in time is decided by the caller:
by the device's clock for a document, by the host's for the screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from pos_agent.model.receipt import DocumentId
from pos_agent.store.errors import StoreRefused
from pos_agent.store.schema import armed_card
from pos_agent.store.session import Session

_T = armed_card


class ArmedState(StrEnum):
    """What became of an armed card."""

    ARMED = "armed"
    USED = "used"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class ArmedCard:
    """Armed when the storage's last document was `fd_at`. `device_expires_at` is the printer's local ISO time,
    `host_expires_at` UTC ISO; `used_by` the receipt that took it."""

    id: str
    register: str
    customer_id: str
    fn_serial: str
    fd_at: int
    device_expires_at: str
    host_expires_at: str
    armed_at: str = ""  # UTC ISO, set by the store
    state: ArmedState = ArmedState.ARMED
    used_by: DocumentId | None = None


class ArmingView:
    """Reads."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, armed_id: str) -> ArmedCard | None:
        """By id, in any state."""
        row = self._session.connection.execute(sa.select(_T).where(_T.c.id == armed_id)).one_or_none()
        return None if row is None else _armed(row)

    def current(self, register: str) -> ArmedCard | None:
        """The card armed at the register now."""
        query = sa.select(_T).where(_T.c.register == register, _T.c.state == ArmedState.ARMED.value)
        row = self._session.connection.execute(query).one_or_none()
        return None if row is None else _armed(row)


class Arming(ArmingView):
    """Writes."""

    def arm(self, new: ArmedCard) -> ArmedCard:
        """Arm it; one armed before at this register is cancelled. The same id again: what is stored, unchanged."""
        known = self.get(new.id)
        if known is not None:
            return known
        before = self.current(new.register)
        if before is not None:
            self.cancel(before.id)
        row = {
            "id": new.id,
            "register": new.register,
            "customer_id": new.customer_id,
            "fn_serial": new.fn_serial,
            "fd_at": new.fd_at,
            "armed_at": self._session.stamp(),
            "device_expires_at": new.device_expires_at,
            "host_expires_at": new.host_expires_at,
            "state": ArmedState.ARMED.value,
        }
        self._session.connection.execute(_T.insert().values(row))
        return self._need(new.id)

    def use(self, armed_id: str, document: DocumentId) -> ArmedCard:
        """This receipt took it. Again with the same receipt: unchanged. StoreRefused when it ended otherwise."""
        armed = self._need(armed_id)
        if armed.used_by == document:
            return armed
        used = {"used_fn_serial": document.fn_serial, "used_fd_number": document.fd_number}
        return self._end(armed_id, ArmedState.USED, **used)

    def expire(self, armed_id: str) -> ArmedCard:
        """Its time is over."""
        return self._end(armed_id, ArmedState.EXPIRED)

    def cancel(self, armed_id: str) -> ArmedCard:
        """Taken back by the cashier or replaced by another card."""
        return self._end(armed_id, ArmedState.CANCELLED)

    def _end(self, armed_id: str, state: ArmedState, **values: object) -> ArmedCard:
        armed = self._need(armed_id)
        if armed.state is state and not values:
            return armed
        if armed.state is not ArmedState.ARMED:
            raise StoreRefused(f"armed card {armed_id} is {armed.state} already")
        self._session.connection.execute(_T.update().where(_T.c.id == armed_id).values(state=state.value, **values))
        return self._need(armed_id)

    def _need(self, armed_id: str) -> ArmedCard:
        armed = self.get(armed_id)
        if armed is None:
            raise StoreRefused(f"no armed card {armed_id}")
        return armed


def _armed(row: Any) -> ArmedCard:  # noqa: ANN401 - a row of any columns
    return ArmedCard(
        id=row.id,
        register=row.register,
        customer_id=row.customer_id,
        fn_serial=row.fn_serial,
        fd_at=row.fd_at,
        device_expires_at=row.device_expires_at,
        host_expires_at=row.host_expires_at,
        armed_at=row.armed_at,
        state=ArmedState(row.state),
        used_by=None if row.used_fn_serial is None else DocumentId(row.used_fn_serial, row.used_fd_number),
    )
