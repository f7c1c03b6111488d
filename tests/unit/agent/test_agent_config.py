"""Settings: defaults, the environment on top, every problem at once with key and line, nothing but told errors."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_agent.config import Config, line_of, load
from pos_agent.errors import UsageError

LEAST = '[printer]\nport = "/dev/ttyACM0"\n'


@pytest.fixture(autouse=True)
def _no_settings_around(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*os.environ,):
        if name.startswith("POS_AGENT_") or name == "CREDENTIALS_DIRECTORY":
            monkeypatch.delenv(name)


def written(folder: Path, text: str) -> Path:
    path = folder / "agent.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(UsageError) as caught:
        load(written(folder, text))
    assert caught.value.code == "CFG-02"
    assert caught.value.exit_code == 2
    assert caught.value.params["count"] == len(caught.value.lines)
    return sorted(caught.value.lines)


def test_a_port_is_enough(tmp_path: Path) -> None:
    config = load(written(tmp_path, LEAST))
    assert (config.agent.register_name, config.agent.store, config.zone.key) == ("till-1", "store-1", "Europe/Moscow")
    assert (config.printer.baud, config.printer.password, config.printer.vendor) == (115200, 30, "shtrih")
    assert (config.loyalty.arm_minutes, config.loyalty.slip_max_age_minutes) == (3, 10)
    assert config.loyalty.invitation is False
    assert config.key_path == Path("/var/lib/pos-agent/keys/pii.key")


def test_the_shipped_example_says_the_defaults(tmp_path: Path) -> None:
    example = Path(__file__).resolve().parents[3] / "config" / "pos-agent.toml"
    assert load(example) == load(written(tmp_path, LEAST))


def test_the_key_is_named_or_a_credential_or_beside_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    path = written(tmp_path, f'[agent]\ndata_dir = "{tmp_path}/data"\n{LEAST}')
    assert load(path).key_path == tmp_path / "data" / "keys" / "pii.key"
    (tmp_path / "pii.key").touch()
    assert load(path).key_path == tmp_path / "pii.key"
    monkeypatch.setenv("POS_AGENT_AGENT__KEY_FILE", "/elsewhere/pii.key")
    assert load(path).key_path == Path("/elsewhere/pii.key")


def test_all_problems_come_at_once_with_key_and_line(tmp_path: Path) -> None:
    text = (
        "# one register\n"
        "[agent]\n"
        'register = "till 1"   # a space\n'
        'colour = "red"\n'
        'timezone = "Mars/Olympus"\n'
        "\n"
        "[printer]\n"
        'port = "COM1"\n'
        "baud = 1\n"
        "password = -1\n"
        "[loyalty]\n"
        'arm_minutes = "three"\n'
        'heading = ""\n'
        "[paper]\n"
        "width = 80\n"
    )
    found = problems(tmp_path, text)
    places = [line.split(")")[0] + ")" for line in found]
    assert places == [
        "agent.colour (строка 4)",
        "agent.register (строка 3)",
        "agent.timezone (строка 5)",
        "loyalty.arm_minutes (строка 12)",
        "loyalty.heading (строка 13)",
        "paper (строка 14)",
        "printer.baud (строка 9)",
        "printer.password (строка 10)",
        "printer.port (строка 8)",
    ]
    assert all(" - " in line for line in found), "each says what would do"


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    assert problems(tmp_path, "") == ["printer (в файле нет) - обязательный ключ, допишите его"]
    assert problems(tmp_path, "[printer]\nbaud = 9600\n")[0].startswith("printer.port (")


@pytest.mark.parametrize(
    "port", ["", "COM1", "ttyACM0", "tcp:host", "tcp::7778", "tcp:host:0", "tcp:host:65536", "tcp:host:7x"]
)
def test_wrong_ports_are_refused(tmp_path: Path, port: str) -> None:
    (line,) = problems(tmp_path, f'[printer]\nport = "{port}"\n')
    assert line.startswith("printer.port (строка 2)")


@pytest.mark.parametrize("port", ["/dev/serial/by-id/usb-1", "tcp:192.168.137.111:7778", "tcp:[::1]:7778"])
def test_right_ports_are_taken(tmp_path: Path, port: str) -> None:
    assert load(written(tmp_path, f'[printer]\nport = "{port}"\n')).printer.port == port


def test_a_file_that_is_no_toml_or_is_not_there(tmp_path: Path) -> None:
    for path in (written(tmp_path, "[agent"), tmp_path / "missing.toml", tmp_path):
        with pytest.raises(UsageError) as caught:
            load(path)
        assert caught.value.code == "CFG-01"
        assert caught.value.params["path"] == path
        assert caught.value.params["why"]
    (tmp_path / "agent.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError) as caught:
        load(tmp_path / "agent.toml")
    assert caught.value.code == "CFG-01"


@pytest.mark.parametrize(
    ("name", "value", "section", "field", "read"),
    [
        ("AGENT__REGISTER", "till-9", "agent", "register_name", "till-9"),
        ("AGENT__LANGUAGE", "en", "agent", "language", "en"),
        ("AGENT__DATA_DIR", "/tmp/x", "agent", "data_dir", Path("/tmp/x")),
        ("PRINTER__PORT", "tcp:h:1", "printer", "port", "tcp:h:1"),
        ("PRINTER__BAUD", "9600", "printer", "baud", 9600),
        ("PRINTER__PASSWORD", "1", "printer", "password", 1),
        ("PRINTER__POLL_S", "0.5", "printer", "poll_s", 0.5),
        ("LOYALTY__INVITATION", "true", "loyalty", "invitation", True),
        ("LOG__FORM", "console", "log", "form", "console"),
    ],
)
def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, section: str, field: str, read: Any
) -> None:
    monkeypatch.setenv(f"POS_AGENT_{name}", value)
    assert getattr(getattr(load(written(tmp_path, LEAST)), section), field) == read


def test_a_wrong_value_in_the_environment_is_told_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POS_AGENT_LOYALTY__ARM_MINUTES", "0")
    monkeypatch.setenv("POS_AGENT_PRINTER__COLOUR", "red")
    found = problems(tmp_path, LEAST)
    assert [line.split()[0] for line in found] == ["loyalty.arm_minutes", "printer.colour"]


def test_settings_do_not_change_after_reading(tmp_path: Path) -> None:
    config = load(written(tmp_path, LEAST))
    with pytest.raises(ValueError, match="frozen"):
        config.agent.store = "other"


def test_lines_are_found_whatever_the_spelling() -> None:
    text = 'top = 1\n[ agent ]\n"register" = 1\n  store=2 # store = 3\n[log]\nlevel = 1\n'
    assert line_of(text, ["top"]) == 1
    assert line_of(text, ["agent"]) == 2
    assert line_of(text, ["agent", "register"]) == 3
    assert line_of(text, ["agent", "store"]) == 4
    assert line_of(text, ["log", "level"]) == 6
    assert line_of(text, ["log", "store"]) is None


def keys() -> Iterator[tuple[str, str]]:
    for section, field in Config.model_fields.items():
        for name, known in field.annotation.model_fields.items():
            yield section, known.alias or name


VALUES = [
    "5",
    "-1",
    "0",
    "1.5",
    "nan",
    "inf",
    "true",
    '""',
    '"x"',
    '"{why}"',
    "[]",
    "[1]",
    "{}",
    "{a = 1}",
    "2026-11-21",
]


@given(st.lists(st.tuples(st.sampled_from(sorted(keys())), st.sampled_from(VALUES)), unique_by=lambda pair: pair[0]))
def test_any_value_is_read_or_told(tmp_path_factory: pytest.TempPathFactory, wrong: list) -> None:
    sections: dict[str, list[str]] = {"printer": [] if dict(wrong).get(("printer", "port")) else ['port = "/dev/x"']}
    for (section, key), value in wrong:
        sections.setdefault(section, []).append(f"{key} = {value}")
    text = "".join(f"[{section}]\n" + "\n".join(lines) + "\n" for section, lines in sections.items())
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_text(text, encoding="utf-8")
    told: UsageError | None = None
    try:
        load(path)
    except UsageError as error:
        told = error
    if told is not None:
        assert told.code == "CFG-02"
        assert all("(строка " in line for line in told.lines), told.lines
