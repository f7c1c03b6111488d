"""`rules codes import|key|show|revoke` against a data directory, in the command's own process."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from pos_agent import app as wiring
from pos_agent.api.table import OPERATIONS
from pos_agent.cli.rules import app
from pos_agent.config import load
from pos_agent.errors import UsageError

RULES = """
[program]
id = "test"
name = "Тест"
[[codes]]
id = "leaflet"
kind = "times"
times = 3
[[codes]]
id = "next"
kind = "once"
[[rule]]
id = "come-again"
kind = "coupon"
batch = "next"
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="codes-"))
    (made / "agent.toml").write_text(
        f'[agent]\ndata_dir = "{made}/data"\nsocket = "{made}/s"\n[printer]\nport = "/dev/none"\n', encoding="utf-8"
    )
    with wiring.opened(load(made / "agent.toml"), with_printer=False) as parts:
        OPERATIONS["rules.import"].run(parts, {"content": RULES})
    (made / "list.txt").write_text("\ufeffL-1\nL-2\n\nL-1\n", encoding="utf-8")
    yield made
    structlog.reset_defaults()  # a command of its own process sets up logging for the whole process
    shutil.rmtree(made)


def run(folder: Path, *words: str, code: int = 0) -> dict:
    done = CliRunner().invoke(app, ["codes", *words, "--config", str(folder / "agent.toml"), "--json"])
    assert done.exit_code == code, (done.output, done.exception)
    return json.loads(done.output)


def refused(folder: Path, *words: str) -> str:
    done = CliRunner().invoke(app, ["codes", *words, "--config", str(folder / "agent.toml")])
    assert isinstance(done.exception, UsageError), done.output
    return done.exception.code


def test_a_list_is_loaded_once_shown_and_revoked(folder: Path) -> None:
    loaded = ("import", str(folder / "list.txt"), "--batch", "leaflet", "--here", "--to", "2027-01-01")
    assert run(folder, *loaded) == {"batch": "leaflet", "new": 2, "known": 0}
    assert run(folder, *loaded) == {"batch": "leaflet", "new": 0, "known": 2}
    (one,) = run(folder, "show", "L-1")["codes"]
    assert (one["batch"], one["register"], one["to"], one["uses"]) == ("leaflet", "till-1", "2027-01-01", [])
    assert run(folder, "revoke", "L-1") == {"revoked": 1}
    assert run(folder, "show", "L-1")["codes"][0]["state"] == "revoked"
    assert refused(folder, "show", "L-9") == "CPN-03"


def test_what_does_not_fit_is_refused(folder: Path) -> None:
    assert refused(folder, "import", str(folder / "list.txt"), "--batch", "other") == "PRC-02"
    assert refused(folder, "import", str(folder / "list.txt"), "--batch", "next") == "PRC-02"  # it makes coupons
    (folder / "bad.txt").write_text("x" * 300 + "\n", encoding="utf-8")
    assert refused(folder, "import", str(folder / "bad.txt"), "--batch", "leaflet") == "API-01"
    (folder / "short.key").write_bytes(b"123")
    assert refused(folder, "key", "--batch", "next", "--secret", str(folder / "short.key")) == "PRC-02"
    (folder / "good.key").write_bytes(bytes(range(32)))
    assert run(folder, "key", "--batch", "next", "--secret", str(folder / "good.key")) == {"batch": "next"}


def test_the_table_is_still_printed_on_request(folder: Path) -> None:
    words = [
        "codes",
        "import",
        str(folder / "list.txt"),
        "--batch",
        "x",
        "--table",
        "--config",
        str(folder / "agent.toml"),
    ]
    assert '"L-2"' in CliRunner().invoke(app, words).output
