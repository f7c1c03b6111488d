"""The key of personal data: 32 bytes from a file, and the two keys derived from it (HKDF-SHA-256).

The file holds 32 raw bytes, or 64 hexadecimal digits and an optional newline (as credentials are often written).
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pos_agent.clock import IdSource
from pos_agent.store.errors import KeyFileUnusable
from pos_agent.store.files import sync_directory

KEY_BYTES = 32
HEX = "0123456789abcdef"


@dataclass(frozen=True)
class Keys:
    """What the vault works with. Never printed: `repr` shows no bytes."""

    encryption: bytes = field(repr=False)
    lookup: bytes = field(repr=False)
    source: str = ""  # where the key came from, for messages

    @classmethod
    def derive(cls, master: bytes, source: str = "") -> Keys:
        """ValueError unless `master` is 32 bytes."""
        if len(master) != KEY_BYTES:
            raise ValueError(f"a key is {KEY_BYTES} bytes, not {len(master)}")
        return cls(
            _derived(master, b"pos-agent/personal/encryption/1"),
            _derived(master, b"pos-agent/personal/lookup/1"),
            source,
        )


def _derived(master: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(master)


def load_keys(path: Path, ids: IdSource, *, create: bool) -> Keys:
    """Keys from the file. When it is missing and `create` is set it is made: folder 0700, file 0600, never overwritten.

    Pass `create=False` when a database exists already: a new key could not open it. KeyFileUnusable when the file is
    missing, not a key, or readable by group or others.
    """
    try:
        if create and not path.exists():
            _create(path, ids)
        master = _read(path)
    except OSError as error:
        raise KeyFileUnusable(path, error.strerror or str(error)) from error
    return Keys.derive(master, str(path))


def _read(path: Path) -> bytes:
    # systemd shows a credential of a service with a user as 0440 and guards it by its own ACL and folder.
    given = os.environ.get("CREDENTIALS_DIRECTORY")
    allowed = 0o040 if given and path.parent == Path(given) else 0
    if stat.S_IMODE(path.stat().st_mode) & 0o077 & ~allowed:
        raise KeyFileUnusable(path, "readable by others, chmod 600")
    content = path.read_bytes()
    if len(content) == KEY_BYTES:
        return content
    try:
        key = bytes.fromhex(content.decode("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyFileUnusable(path, f"not {KEY_BYTES} bytes")
    return key


def _create(path: Path, ids: IdSource) -> None:
    """Write a whole file under another name, then link it: a stop half-way leaves no short key behind."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    draft = path.with_name(f".{path.name}.{ids.token(HEX, 16)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, bytes.fromhex(ids.token(HEX, KEY_BYTES * 2)))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        os.link(draft, path)  # fails when another process was first: its key stays
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    sync_directory(path.parent)
