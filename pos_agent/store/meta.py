"""The register's own row: epoch of its sequence numbers, and a sealed value that proves the key."""

from __future__ import annotations

import sqlalchemy as sa

from pos_agent.clock import IdSource
from pos_agent.store.errors import StoreRefused
from pos_agent.store.keys import HEX
from pos_agent.store.ready import Ready
from pos_agent.store.schema import register_meta
from pos_agent.store.session import Session

KEY_CHECK = b"pos-agent"
_PLACE = ("register_meta", "1", "key_check")
_EPOCH = Ready(sa.select(register_meta.c.epoch))


class MetaView:
    """Reads."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def epoch(self) -> str:
        """32 hexadecimal digits, made with the database and anew after a restore (reliability targets, section 4)."""
        return str(self._session.row(_EPOCH).epoch)

    def check_key(self) -> None:
        """WrongKey unless the vault's key is the one this database was made with."""
        sealed = self._session.connection.execute(sa.select(register_meta.c.key_check)).scalar_one_or_none()
        if sealed is None:
            raise StoreRefused("register_meta is empty")
        self._session.vault.open(sealed, *_PLACE)


class Meta(MetaView):
    """Writes."""

    def create(self, ids: IdSource) -> str:
        """The row of a new database; returns the epoch."""
        epoch = ids.token(HEX, 32)
        sealed = self._session.vault.seal(KEY_CHECK, *_PLACE)
        row = {"id": 1, "epoch": epoch, "created_at": self._session.stamp(), "key_check": sealed}
        self._session.connection.execute(register_meta.insert().values(row))
        return epoch

    def renew_epoch(self, ids: IdSource) -> str:
        """A restored copy counts its sequence numbers in an epoch of its own."""
        epoch = ids.token(HEX, 32)
        self._session.connection.execute(register_meta.update().values(epoch=epoch))
        return epoch
