"""One agent per data directory: a lock file held for the life of the process.

The lock is `flock` on `<directory>/lock`; the kernel drops it when the process dies in any way, so a stale file is
harmless.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from pos_agent.store.errors import DataDirectoryBusy, DataDirectoryUnusable

LOCK_NAME = "lock"


class DirectoryLock:
    """Held from `acquire` to `release`; the file itself stays."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @classmethod
    def acquire(cls, directory: Path) -> DirectoryLock:
        """DataDirectoryBusy when another holder lives; DataDirectoryUnusable when the file cannot be made."""
        try:
            descriptor = os.open(directory / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise DataDirectoryUnusable(directory, error.strerror or str(error)) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            raise DataDirectoryBusy(directory) from error
        except OSError as error:
            os.close(descriptor)
            raise DataDirectoryUnusable(directory, error.strerror or str(error)) from error
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())  # for people; nobody reads it back
        return cls(descriptor)

    def release(self) -> None:
        """Idempotent."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
