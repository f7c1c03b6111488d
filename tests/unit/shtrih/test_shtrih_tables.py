"""Lint of the tables: commands, error texts, quirks."""

from __future__ import annotations

import inspect
import re
import tomllib
from dataclasses import fields
from importlib import resources
from typing import Any

import pytest

from drivers.api import Effect
from drivers.fields import layout
from drivers.shtrih.command import Password
from drivers.shtrih.commands import ALL, BY_CODE
from drivers.shtrih.commands_status import ModelParameters
from drivers.shtrih.errors import Reaction, all_errors, explain
from drivers.shtrih.printer import ShtrihPrinter
from drivers.shtrih.quirks import QUIRKS, DeviceFacts, Profile, profile_for
from drivers.shtrih.session import REPEATABLE

MINIMUM = (
    "10 11 FC F7 26 1F 2D 2E 6B 17 2F 12 29 25 28 13 B0 DD DE C4 C3 4E 4D FF01 FF02 FF03 FF04 FF08 FF09 FF0A "
    "FF39 FF3A FF3B FF3F FF40"
)
NO_PASSWORD = {0xFC, 0xF7, 0x6B}
COMMITS = "E0 41 50 51 85 8E FF45 FF36 FF38 FF4A FF0B FF43"
STEPS = (
    "8D 88 80 81 82 83 84 86 87 8A 8B FF46 FF4D FF0C FF0D FF44 FF4B FF08 FF35 FF37 FF41 FF42 FF64 FF61 FF66 FF67 FF69"
    " FF3B FF72 FF73"
)
PRINTS = "12 17 2F 18 52 53 54 8C 25 28 29 13 40 42 43 C1 C2 C3 C5 4F 4D CB DE"
SETS = "14 1E 21 22 23 B0 C0 C4 4E DD FF32 FF33 FF62"


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
    """The whole table: FF3Bh and FF72h are steps, because reading moves the position and a repeat leaves a hole."""
    listed = {Effect.COMMIT: COMMITS, Effect.STEP: STEPS, Effect.PRINT: PRINTS, Effect.SET: SETS}
    for effect, codes in listed.items():
        found = {code for code, command in BY_CODE.items() if command.effect is effect}
        assert found == {int(code, 16) for code in codes.split()}, effect
    assert set(REPEATABLE) == {Effect.QUERY, Effect.SET}


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
    assert (core.wide_registers, core.line_bytes, core.reversed_lines, core.graphics_512) == (True, 64, False, False)
    modern = profile_for(DeviceFacts(1, "", parameters(1 << 26 | 1 << 28 | 1 << 42)))
    assert (modern.reversed_lines, modern.protocol_2, modern.graphics_512) == (True, True, True)
    assert profile_for(DeviceFacts(45, "", parameters(0))).cutter is False
    assert profile_for(DeviceFacts(1, "", None), mirrored_graphics=True).mirrored_graphics


def test_each_quirk_has_evidence_and_a_test() -> None:
    names = [field.name for field in fields(Profile)]
    for quirk in QUIRKS:
        assert quirk.evidence
        assert set(quirk.changes) <= set(names)
        assert quirk.test in globals()


DOUBTS = tomllib.loads(resources.files("drivers.spec").joinpath("shtrih_doubts.toml").read_text("utf-8"))["doubts"]


@pytest.mark.parametrize("name", DOUBTS)
def test_each_doubt_has_a_default_and_what_changes_it(name: str) -> None:
    doubt = DOUBTS[name]
    assert doubt["mark"] in {"one-source", "conflict", "derived"}
    assert doubt["claim"]
    assert doubt["default"]
    where, _, switch = doubt["switch"].partition(".")
    known = {
        "profile": {field.name for field in fields(Profile)},
        "printer": set(inspect.signature(ShtrihPrinter).parameters),
        "reads-all": {""},
        "unused": {""},
    }
    assert switch in known[where]
