"""The register's token for the cloud: a systemd credential or a file that only the service can read."""

from __future__ import annotations

import re
import stat
from pathlib import Path

from pos_agent.sync.faults import NotAdmittedError

TOKEN = re.compile(r"[A-Za-z0-9_-]{32,128}")
SIZE_LIMIT = 1024


class TokenFile:
    """Read anew for each request, so that a replaced token works without a restart. Never kept, logged or shown."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self) -> str:
        """The token. NotAdmittedError when the file is missing, readable by others, or holds no token."""
        try:
            if stat.S_IMODE(self.path.stat().st_mode) & 0o077:
                raise NotAdmittedError(f"{self.path}: readable by others, chmod 600")
            with self.path.open("rb") as file:
                content = file.read(SIZE_LIMIT)
        except OSError as error:
            raise NotAdmittedError(f"{self.path}: {error.strerror or error}") from error
        text = content.decode("ascii", errors="replace").strip()
        if not TOKEN.fullmatch(text):
            raise NotAdmittedError(f"{self.path}: no token in it")
        return text
