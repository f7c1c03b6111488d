"""`pos-agent rules codes`: generation, checking, lists of others; keys and batches that do not fit."""

import json
import tomllib

import pytest
from typer.testing import CliRunner

from pos_agent.cli.rules import app
from pos_agent.errors import UsageError

RULES = '[program]\nid = "p"\nname = "P"\n[[codes]]\nid = "friend"\nkind = "once"\nprefix = "FR"\n'


@pytest.fixture
def files(tmp_path):
    (tmp_path / "r.toml").write_text(RULES, encoding="utf-8")
    (tmp_path / "key").write_bytes(b"a key of sixteen bytes at least\n")
    (tmp_path / "short").write_bytes(b"short")
    return tmp_path


def run(files, command, *more, key="key", batch="friend"):
    common = ["--rules", str(files / "r.toml"), "--batch", batch, "--secret", str(files / key)]
    return CliRunner().invoke(app, ["codes", command, *more, *common])


def test_generated_codes_are_good_and_mistyped_ones_are_not(files):
    codes = run(files, "generate", "--count", "20").output.split()
    assert len(set(codes)) == 20
    assert json.loads(run(files, "generate", "--count", "3", "--first", "2", "--json").output)["codes"] == codes[2:5]
    assert run(files, "check", codes[0]).exit_code == 0
    wrong = codes[0][:-1] + ("0" if codes[0][-1] != "0" else "1")
    done = run(files, "check", wrong, "--json")
    assert (done.exit_code, json.loads(done.output)) == (1, {"code": wrong, "ok": False})


@pytest.mark.parametrize(
    ("more", "keys"),
    [(["generate", "--count", "1"], {"batch": "foe"}), (["generate", "--count", "1"], {"key": "short"})],
)
def test_a_batch_or_key_that_does_not_fit(files, more, keys):
    error = run(files, *more, **keys).exception
    assert isinstance(error, UsageError)
    assert error.code == "PRC-02"


def test_a_key_file_that_is_not_there(files):
    error = run(files, "check", "X", key="none").exception
    assert isinstance(error, UsageError)
    assert error.code == "CFG-03"


def test_a_list_becomes_a_table_of_the_rules(files):
    (files / "list.txt").write_text('\ufeffA-1\n\n A-2 \nA-1\n"q"\n', encoding="utf-8")
    done = CliRunner().invoke(app, ["codes", "import", str(files / "list.txt"), "--batch", "x", "--kind", "times"])
    assert tomllib.loads(done.output)["codes"] == [{"id": "x", "kind": "times", "codes": ["A-1", "A-2", '"q"']}]
    wrong = CliRunner().invoke(app, ["codes", "import", str(files / "list.txt"), "--batch", "x", "--kind", "all"])
    assert isinstance(wrong.exception, UsageError)
