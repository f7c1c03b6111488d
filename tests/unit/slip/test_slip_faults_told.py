"""What is wrong with the shop's own slips and is seen late, or in no kind's file, is told all the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from unit.slip.slip_story import ANNA, SALE, STYLE, paper

from pos_agent.api.slip_style import failed
from pos_agent.printing.slip import SlipStyle, lay_out
from pos_agent.printing.slip_folder import load
from pos_agent.printing.slip_template import Fault


def failed_of(style: SlipStyle) -> list[Fault]:
    """As `status` tells them."""
    orders: Any = SimpleNamespace(journal=SimpleNamespace(habits=SimpleNamespace(style=style)))
    return list(failed(orders))


def test_a_template_that_fails_with_real_figures_is_told_until_one_comes_out(tmp_path: Path) -> None:
    (tmp_path / "receipt.j2").write_text("Уровень {{ level }}", encoding="utf-8")
    style = replace(STYLE, templates=load(tmp_path))
    assert failed_of(style) == []
    lay_out(replace(SALE, level="Итого"), ANNA, style, paper(48))
    assert failed_of(style) == [Fault("receipt.j2", 0, "slip_fiscal")]
    lay_out(SALE, ANNA, style, paper(48))
    assert failed_of(style) == []


def test_without_a_printer_nothing_has_failed() -> None:
    assert failed(None) == ()


def test_a_template_of_no_kind_and_one_of_an_older_version_are_named(tmp_path: Path) -> None:
    for name in ("reciept.j2", "receipt.txt", ".balance.j2", "balance.j2~", "notes.txt"):
        (tmp_path / name).write_text("Баланс {{ available }}", encoding="utf-8")
    (tmp_path / "balance.j2").write_text("Баланс {{ available }}", encoding="utf-8")
    found = load(tmp_path)
    assert found.faults == (Fault("receipt.txt", 0, "slip_no_kind"), Fault("reciept.j2", 0, "slip_no_kind"))
    assert list(found.made) == ["balance"]
