"""Lists of the notes as goldens: lengths of all commands, all error codes with their reactions."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from drivers.fields import Cursor, FieldError, layout
from drivers.shtrih.command import Password, decode_reply, encode_command
from drivers.shtrih.commands import ALL, BY_CODE
from drivers.shtrih.errors import all_errors

HERE = Path(__file__).parent
LENGTHS: dict[str, list[int]] = tomllib.loads((HERE / "lengths.toml").read_text("utf-8"))["lengths"]
REACTIONS: dict[str, str] = tomllib.loads((HERE / "error_codes.toml").read_text("utf-8"))


def _least(record: type) -> Any:
    """The record as zeros read it: optional fields stay away, texts and tails are empty."""
    values = {}
    for name, wire in layout(record):
        values[name] = None if wire.name.endswith("?") else _zero(wire)
    return record(**values)


def _zero(wire: Any) -> Any:
    for size in range(100):
        try:
            return wire.decode(Cursor(bytes(size)))
        except FieldError:
            continue
    raise AssertionError(wire.name)


def test_every_command_has_its_lengths() -> None:
    assert {int(code, 16) for code in LENGTHS} == set(BY_CODE)


@pytest.mark.parametrize("command", ALL, ids=lambda command: command.name)
def test_request_has_the_length_of_the_notes(command: Any) -> None:
    expected = LENGTHS[f"{command.code:02X}"][0]
    payload = encode_command(command, _least(command.request), 30)
    assert len(payload) == expected
    secret = payload[2 if command.code > 0xFF else 1 :][:4]
    assert (secret == b"\x1e\0\0\0") == (command.password is not Password.NONE)


@pytest.mark.parametrize("command", ALL, ids=lambda command: command.name)
def test_answer_is_read_from_the_shortest_one_on(command: Any) -> None:
    """And newer firmware may append what it likes."""
    expected = LENGTHS[f"{command.code:02X}"][1]
    data = bytes(expected - (3 if command.code > 0xFF else 2))
    decode_reply(command, data)
    decode_reply(command, data + bytes(100))
    fixed = sum(not wire.name.endswith(("?", "rest", "text")) for _, wire in layout(command.reply))
    if fixed and data:
        with pytest.raises(FieldError):
            decode_reply(command, data[:-1])


def test_every_error_code_of_the_notes_is_there_and_no_other() -> None:
    listed = [code for codes in REACTIONS.values() for code in codes.split()]
    assert len(listed) == len(set(listed))
    assert {int(code, 16) for code in listed} == set(all_errors())


@pytest.mark.parametrize("reaction", REACTIONS)
def test_reactions_are_those_of_the_notes(reaction: str) -> None:
    found = {f"{code:02X}" for code, error in all_errors().items() if error.reaction.value == reaction}
    assert found == set(REACTIONS[reaction].split())
