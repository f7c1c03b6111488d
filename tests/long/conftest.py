"""A register in a temporary folder; everything it started ends with the test."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.register import Register


@pytest.fixture
def register() -> Iterator[Register]:
    # Not tmp_path: a Unix socket's path may not be longer than about 100 bytes.
    with tempfile.TemporaryDirectory(prefix="pa-") as folder:
        made = Register(Path(folder))
        yield made
        made.close()
