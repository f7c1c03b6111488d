"""Lint of the tables: commands, error texts, switches, tax numbers, states of the links."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from drivers.api import Effect
from drivers.atol import link_v2_table, link_v3_table
from drivers.atol.commands import ALL, BY_NAME
from drivers.atol.errors import (
    NOT_YET,
    Kind,
    Reaction,
    all_errors,
    explain,
    extended_errors,
    extra_detail,
    extra_errors,
)
from drivers.atol.packet import State
from drivers.atol.session import TRIES
from drivers.atol.switches import EVIDENCE, Switches
from drivers.atol.tasks import KeptInFile, KeptInProcess
from drivers.atol.vat import RATES, table_of, vat_tables
from drivers.atol.wires import QUANTITY
from drivers.fields import FieldError, layout

# Every result code of the notes, section 3.9.
CODES = """
00 01 08 0A 0B 0C 0D 0E 0F 10 11 12 13 14 15 16 18 19 1A 1B 1E 1F 20 21 3D 3E 3F 40 41 42 43 46 66 67 68 69 6A 6B 6C 6D
6E 6F 70 71 72 73 75 76 77 7A 7B 7C 7D 7E 7F 80 81 82 84 86 87 88 89 8A 8C 8D 8E 8F 91 92 93 94 95 96 97 98 9A 9B 9C 9E
9F A2 A3 A4 A5 A6 A7 A8 A9 AA AB AC AD AE AF B0 B1 B2 B3 B4 B5 B6 B7 B8 BA BE BF C8 C9 CA CB CC CD D0 D1 D2 D3 D4 D5 D6
D7 D8 D9 DA DB DC DD DE DF E0 E1 E4 E5 E6 E7 E8 E9 EA EB EC ED EE EF F0 F1 F2 F3 F4 F5 F6
"""
EXTENDED = """
0101 0102 0103 0104 0105 0106 0107 0108 0109 010A 0201 0202 0203 0204 0205 0206 0207 0208 0209 020A 020B 0301 0302 0303
"""
MINIMUM = """
3Fh 45h A5h 9Dh 56h 48h 9Ah 5Ah 67h 92h EAh EBh E6h E8h E9h 99h 4Ah 59h 49h 4Fh 43h 46h 50h 4Ch 87h 75h C1h 80h 47h 8Dh
"""
REGISTERS = "03 06 0A 11 12 16 18 28 2C 33 34 35 36 37"
STORAGE = "10 20 30 31 32 33 40 41 42 43 44 45 46 47"
NEVER = {0xA6, 0xA7, 0xA8, 0xEF, 0x6B, 0x77, 0x71, 0xCE, 0x61, 0x62}
COMMITS = {"67h 09h", "9Ah", "5Ah", "4Ah", "49h", "4Fh"}
STEPS = {"92h", "52h", "E6h", "EAh", "EBh", "E8h", "43h", "B8h", "99h", "9Bh", "59h", "A4h 46h", "A4h 47h"}


def test_commands_are_complete_and_none_is_declared_twice() -> None:
    assert len(BY_NAME) == len(ALL)
    wanted = {
        *MINIMUM.split(),
        *(f"91h {code}h" for code in REGISTERS.split()),
        *(f"A4h {code}h" for code in STORAGE.split()),
    }
    assert wanted <= set(BY_NAME)
    assert not {command.code for command in ALL} & NEVER, "activation, archive, resets, power: never from a till"


@pytest.mark.parametrize("command", ALL, ids=lambda command: command.name)
def test_each_command_is_declared_whole(command: Any) -> None:
    assert re.search(r"[а-я]", command.title), "name"
    assert command.name in command.source, "the source names the page"
    assert 10.0 <= command.timeout_s <= 120.0
    for record in (command.request, command.reply):
        assert [name for name, _ in layout(record)] == [field.name for field in fields(record)]


def test_effects_that_must_not_slip() -> None:
    assert {command.name for command in ALL if command.effect is Effect.COMMIT} == COMMITS
    assert {command.name for command in ALL if command.effect is Effect.STEP} == STEPS
    assert {effect for effect, tries in TRIES.items() if tries > 1} == {Effect.QUERY, Effect.SET}
    assert set(TRIES) == set(Effect)


def test_error_texts_are_whole() -> None:
    assert set(all_errors()) == {int(code, 16) for code in CODES.split()}
    assert set(extended_errors()) == {int(code, 16) for code in EXTENDED.split()}
    assert set(extra_errors()) == {0, 1, 2, 3, 4}
    for error in (*all_errors().values(), *extended_errors().values(), *extra_errors().values(), explain(0xFE)):
        assert error.safe in {"R", "N", "C", "-"}, error
        assert re.search(r"[А-Яа-я]", error.ru), error
        assert re.fullmatch(r"[ -~]+", error.en), error
        for sentence in (error.ru, error.en):
            assert sentence.count(".") >= 2, f"what happened, what to do: {error}"
            assert len(sentence) <= 90, error
        assert error.meaning


@pytest.mark.parametrize(
    ("codes", "kind"),
    [
        ("08 14 66 7A 8C 91 F5", None),
        ("0C 3F 66 76 88 89 9B D4 F0", Kind.STATE),
        ("1A 1F 67 68 69 98 D1 E6 EB F1", Kind.OPERATOR),
        ("0B 1E 8A A8 BF D2 D5 D7 EA", Kind.SERVICE),
        ("08 14 46 7A 8C A4 B3 DF E7 F2", Kind.PROGRAM),
        ("00 01 DA EE", Kind.NORMAL),
    ],
)
def test_classes_are_those_of_the_notes(codes: str, kind: Kind | None) -> None:
    kinds = {explain(int(code, 16)).kind for code in codes.split()}
    assert kinds == {kind} if kind else len(kinds) > 1


def test_reactions_the_driver_acts_on() -> None:
    waits = {code for code, error in all_errors().items() if error.reaction is Reaction.WAIT}
    assert waits == NOT_YET | {0xD1}, "too hot: a line may be half printed, nobody repeats it unasked"
    assert explain(0x8C).reaction is Reaction.INPUT, "a wrong password is never repeated"
    assert explain(0xEE).reaction is Reaction.EXTENDED
    assert explain(0x67).reaction is Reaction.PAPER
    assert "FEh" in explain(0xFE).ru
    assert "not described" in extra_detail(9)


def test_every_switch_has_evidence_and_a_probe() -> None:
    assert set(EVIDENCE) == {field.name for field in fields(Switches)}
    assert all(evidence.says and evidence.probe for evidence in EVIDENCE.values())
    asked = set()
    for path in (Path(link_v2_table.__file__).parent).glob("*.py"):
        asked |= {name for name in EVIDENCE if re.search(rf"switches\.{name}\b", path.read_text("utf-8"))}
    assert asked == set(EVIDENCE), "a switch that nothing asks"


def test_tax_numbers() -> None:
    assert table_of(82, 3688) == "old"
    assert table_of(82, 3689) == table_of(76, 4799) == "unified"
    assert table_of(76, 4798) == "old"
    assert [vat for vat in RATES if vat not in vat_tables()["unified"]] == [7, 8, 9, 10, 11, 12]
    assert vat_tables()["proven"].items() <= vat_tables()["unified"].items()


@pytest.mark.parametrize("module", [link_v2_table, link_v3_table])
def test_the_tables_of_the_links_are_total(module: Any) -> None:
    pending = set(module.Phase) - {module.Phase.DONE}
    assert set(module.TABLE) == pending
    reachable = {rule.then for rules in module.TABLE.values() for rule in rules.values()}
    assert reachable >= pending - {module.Phase.ADD if module is link_v3_table else module.Phase.ASK}
    for phase, rules in module.TABLE.items():
        events = set(module.Event)
        if module is link_v2_table:
            reads = {module.Event.ANSWERED, module.Event.DAMAGED, module.Event.TORN}
            events -= set() if phase.name in ("GRANT", "AGAIN", "CLOSE") else reads
        assert set(rules) == events, phase


def test_every_status_is_an_event() -> None:
    asynchronous = {State.ASYNC_RESULT, State.ASYNC_ERROR}
    assert set(link_v3_table.STATUS) == set(State) - asynchronous


def test_tids_are_kept(tmp_path: Path) -> None:
    for memory in (KeptInProcess(), KeptInFile(tmp_path / "task")):
        assert memory.outstanding() is None
        memory.remember(0x23)
        assert memory.outstanding() == 0x23
        memory.forget()
        memory.forget()
        assert memory.outstanding() is None
    KeptInFile(tmp_path / "task").remember(0x42)
    assert KeptInFile(tmp_path / "task").outstanding() == 0x42, "another process"
    (tmp_path / "task").write_text("FF\n")
    assert KeptInFile(tmp_path / "task").outstanding() is None


def test_a_quantity_finer_than_thousandths_fits_no_field() -> None:
    assert QUANTITY.encode(1_500_000) == bytes.fromhex("00 00 00 15 00")
    with pytest.raises(FieldError, match="thousandths"):
        QUANTITY.encode(1_500)
