"""Somebody outside the service's group runs the command line: told in a sentence, never by a stack trace."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from unit.agent.socket_story import short_folder

PROGRAM = [str(Path(sys.executable).parent / "pos-agent")]
# The superuser may look everywhere: it has to lay that power down first.
ORDINARY = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []


@pytest.fixture
def settings() -> Iterator[Path]:
    """Settings of an agent whose folders are closed to whoever asks."""
    with short_folder() as folder:
        closed = [folder / "run", folder / "data"]
        for each in closed:
            each.mkdir(mode=0o000)
        path = folder / "agent.toml"
        text = f'[agent]\ndata_dir = "{folder}/data"\nsocket = "{folder}/run/s"\n[printer]\nport = "/dev/null"\n'
        path.write_text(text, encoding="utf-8")
        yield path
        for each in closed:
            each.chmod(0o700)


@pytest.mark.parametrize("socket_reachable", [False, True])
@pytest.mark.parametrize(
    "command",
    [["status"], ["customer", "find", "4417"], ["customer", "add", "--phone", "+79160000042"]],
    ids=lambda command: " ".join(command[:2]),
)
def test_closed_folders_are_told(settings: Path, command: list[str], socket_reachable: bool) -> None:
    if socket_reachable:
        (settings.parent / "run").chmod(0o700)
    done = subprocess.run(
        [*ORDINARY, *PROGRAM, *command, "--config", str(settings)], capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == 1
    assert "AGT-03" in done.stderr, "names the folder and what to do"
    assert done.stdout == ""


def test_settings_that_may_not_be_read_are_told(settings: Path) -> None:
    settings.chmod(0o000)
    done = subprocess.run(
        [*ORDINARY, *PROGRAM, "status", "--config", str(settings)], capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == 2
    assert str(settings) in done.stderr
