"""`| head` and `| less` may go away before the end: no complaint, no stack trace, no exit code of a failure."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = str(Path(sys.executable).parent / "pos-agent")
ROOT = Path(__file__).parents[3]
PRICED = ["price", "--rules", str(ROOT / "config/rules/coffee.toml"), "--basket"]


@pytest.mark.parametrize(
    "command",
    [["--help"], [*PRICED, str(ROOT / "config/examples/basket.json")]],
    ids=lambda command: command[0],
)
def test_a_reader_that_goes_away_is_no_failure(command: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run([PROGRAM, *command], stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")
