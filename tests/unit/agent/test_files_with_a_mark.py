"""Editors of some systems put a byte order mark first: it is not part of settings or rules."""

from pathlib import Path

from typer.testing import CliRunner

from pos_agent.cli.rules import app
from pos_agent.config import load

MARK = b"\xef\xbb\xbf"


def test_settings_with_a_mark_are_read(tmp_path: Path) -> None:
    path = tmp_path / "agent.toml"
    path.write_bytes(MARK + b'[printer]\nport = "/dev/ttyACM0"\n')
    assert load(path).printer.port == "/dev/ttyACM0"


def test_rules_with_a_mark_are_accepted(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_bytes(MARK + '[program]\nid = "p"\nname = "П"\n[accrue]\nbp = 500\n'.encode())
    done = CliRunner().invoke(app, ["check", str(path)])
    assert done.exit_code == 0, done.output
