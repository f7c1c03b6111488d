"""Lint of the tables: commands, error texts, quirks."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

import pytest

from drivers.api import Effect
from drivers.fields import layout
from drivers.shtrih.command import Password
from drivers.shtrih.commands import ALL, BY_CODE
from drivers.shtrih.commands_status import ModelParameters
from drivers.shtrih.errors import Reaction, all_errors, explain
from drivers.shtrih.quirks import QUIRKS, DeviceFacts, Profile, profile_for
from drivers.shtrih.session import TRIES

MINIMUM = (
    "10 11 FC F7 26 1F 2D 2E 6B 17 2F 12 29 25 28 13 B0 DD DE C4 C3 4E 4D FF01 FF02 FF03 FF04 FF08 FF09 FF0A "
    "FF39 FF3A FF3B FF3F FF40"
)
NO_PASSWORD = {0xFC, 0xF7, 0x6B}
MOVES_FISCAL_STATE = dict.fromkeys((0xE0, 0x41, 0xFF45, 0x50, 0x51), Effect.COMMIT)
ADDS_TO_RECEIPT = (0x8D, 0x88, 0xFF46, 0xFF4D, 0xFF0C)


def test_codes_are_unique_and_complete() -> None:
    assert len(BY_CODE) == len(ALL)
    assert {int(code, 16) for code in MINIMUM.split()} <= set(BY_CODE)


@pytest.mark.parametrize("command", ALL, ids=lambda command: command.name)
def test_each_command_is_declared_whole(command: Any) -> None:
    assert re.search(r"[а-я]", command.title), "official name"
    assert command.name in command.source, "the source names the page"
    assert 1.0 <= command.timeout_s <= 120.0
    assert isinstance(command.effect, Effect)
    assert (command.password is Password.NONE) == (command.code in NO_PASSWORD)
    for record in (command.request, command.reply):
        names = [name for name, _ in layout(record)]
        assert names == [field.name for field in fields(record)]
        optional = [wire.name.endswith("?") for _, wire in layout(record)]
        assert optional == sorted(optional), "optional fields last"


def test_effects_that_must_not_slip() -> None:
    for code, effect in MOVES_FISCAL_STATE.items():
        assert BY_CODE[code].effect is effect
    for code in ADDS_TO_RECEIPT:
        assert BY_CODE[code].effect is Effect.STEP
    assert BY_CODE[0xFF3B].effect is Effect.STEP, "reading moves the position: a repeat leaves a hole"
    assert {effect for effect, tries in TRIES.items() if tries > 1} == {Effect.QUERY, Effect.SET}
    assert set(TRIES) == set(Effect)


def test_error_texts_are_whole() -> None:
    errors = all_errors()
    assert len(errors) == 155
    for error in errors.values():
        assert error.safe in {"R", "N", "C", "W", "-"}, error
        assert re.search(r"[А-Яа-я]", error.ru), error
        assert re.fullmatch(r"[ -~]+", error.en), error
        for sentence in (error.ru, error.en):
            assert sentence.count(".") >= 2, f"what happened, what to do: {error}"
            assert len(sentence) <= 90, error
        assert error.meaning


def test_reactions_of_the_errors_the_driver_knows() -> None:
    expected = {0x50: Reaction.WAIT, 0x58: Reaction.CONTINUE, 0x6B: Reaction.PAPER, 0x4E: Reaction.SHIFT}
    assert {code: explain(code).reaction for code in expected} == expected
    assert explain(0x4F).reaction is Reaction.INPUT, "a wrong password is never repeated"


def test_unknown_error_has_a_sentence_too() -> None:
    assert "FEh" in explain(0xFE).ru
    assert explain(0xFE).reaction is Reaction.STATE


def parameters(bits: int, first_line: int = 1) -> ModelParameters:
    return ModelParameters(bits, 12, 24, first_line, 12, 16, 0, 0, 0, 30, 0, 6, 255, 64)


def test_shtrih_quirks() -> None:
    assert profile_for(DeviceFacts(1, "", None)) == Profile()
    assert profile_for(DeviceFacts(250, "", None)).columns == 48
    nano = profile_for(DeviceFacts(152, "", None))
    assert (nano.columns, nano.vat_table, Profile().vat_table) == (42, "nano-f", "general")
    core = profile_for(DeviceFacts(45, "", parameters(1 << 23 | 1 << 13 | 1 << 37 | 1 << 35, first_line=2)))
    assert (core.serial_cell, core.rnm_cell, core.cutter) == ((14, 1, 1), None, True)
    assert (core.graphics_flags, core.graphics_lines, core.first_graphics_line) == (True, 6, 2)
    assert profile_for(DeviceFacts(45, "", parameters(0))).cutter is False
    assert profile_for(DeviceFacts(1, "", None), mirrored_graphics=True).mirrored_graphics


def test_each_quirk_has_evidence_and_a_test() -> None:
    names = [field.name for field in fields(Profile)]
    for quirk in QUIRKS:
        assert quirk.evidence
        assert set(quirk.changes) <= set(names)
        assert quirk.test in globals()
