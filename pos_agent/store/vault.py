"""Sealing of personal data, and keyed hashes to find it (54-FZ reference, section 9).

Sealed value: version byte 1, 12 bytes of nonce, AES-256-GCM text with tag. The associated data names table, row and
column, so a value copied to another place does not open. Lookup: version byte 1, HMAC-SHA-256 over kind and value.
The hash of a phone without a key could be reversed by trying all phones; with the key it is a pseudonym.
"""

from __future__ import annotations

import hashlib
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pos_agent.clock import IdSource
from pos_agent.store.errors import WrongKey
from pos_agent.store.keys import HEX, Keys

VERSION = b"\x01"
NONCE_BYTES = 12


class Vault:
    """Seals and opens values of the database with one pair of keys."""

    def __init__(self, keys: Keys, ids: IdSource) -> None:
        self._cipher = AESGCM(keys.encryption)
        self._lookup = keys.lookup
        self._source = keys.source
        self._ids = ids

    def seal(self, content: bytes, table: str, row: str, column: str) -> bytes:
        """Bytes for a BLOB column. Sealing the same content twice gives different bytes."""
        nonce = bytes.fromhex(self._ids.token(HEX, NONCE_BYTES * 2))
        return VERSION + nonce + self._cipher.encrypt(nonce, content, _place(table, row, column))

    def open(self, sealed: bytes, table: str, row: str, column: str) -> bytes:
        """WrongKey when the key, the place or the bytes are not those of `seal`."""
        nonce, text = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        if sealed[:1] != VERSION or len(nonce) != NONCE_BYTES:
            raise WrongKey(self._source)
        try:
            return self._cipher.decrypt(nonce, text, _place(table, row, column))
        except InvalidTag as error:
            raise WrongKey(self._source) from error

    def seal_text(self, text: str, table: str, row: str, column: str) -> bytes | None:
        """None for "": an absent value is NULL."""
        return self.seal(text.encode(), table, row, column) if text else None

    def open_text(self, sealed: bytes | None, table: str, row: str, column: str) -> str:
        """ "" for NULL."""
        return "" if sealed is None else self.open(sealed, table, row, column).decode()

    def token(self, kind: str, value: str) -> bytes | None:
        """Lookup hash of a normalised value (33 bytes), None for "". Kinds never share hashes."""
        if not value:
            return None
        message = f"{kind}\0{value}".encode()
        return VERSION + hmac.new(self._lookup, message, hashlib.sha256).digest()


def _place(table: str, row: str, column: str) -> bytes:
    return f"{table}\0{row}\0{column}".encode()
