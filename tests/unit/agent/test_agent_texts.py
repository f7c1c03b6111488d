"""Sentences: filled in, with a verdict about the sale, and readable even when a word is missing."""

from __future__ import annotations

import pytest

from pos_agent import texts
from pos_agent.cli.output import complain
from pos_agent.errors import AgentError, DamagedError, PrinterError, UsageError


def test_a_message_says_what_happened_what_to_do_and_whether_the_sale_is_safe() -> None:
    told = texts.message("PRN-01")
    assert (told.what, told.action) == ("Кончилась бумага.", "Вставьте рулон и закройте крышку.")
    assert told.safe == "Чек не пробит, деньги и баллы не тронуты."
    assert str(told).endswith("[PRN-01]")
    assert texts.message("PRN-01", "en").what == "Out of paper."


def test_the_fiscal_storage_knows_better_than_the_table() -> None:
    assert texts.message("PRN-01", "ru", "R").safe == "Продажа записана."
    assert texts.message("PRN-01", "en", "C").safe == "Checking. Do not ring it up again."


def test_words_are_filled_in_and_a_missing_one_does_not_hide_the_sentence() -> None:
    assert texts.message("PRN-07", port="/dev/x").what == "Порта принтера нет: /dev/x."
    assert texts.message("PRN-07").what == "Порта принтера нет: ?."
    assert texts.message("CFG-01", why="x {path} {0}").what == "Настройка не читается: ?: x {path} {0}."
    assert texts.message("PRN-01", needless="word").what == "Кончилась бумага."


def test_an_unknown_code_is_the_programs_mistake() -> None:
    with pytest.raises(KeyError):
        texts.message("XXX-99")


def test_phrases() -> None:
    assert texts.phrase("slip", "level", "ru", level="Золото") == "Уровень Золото"
    assert texts.phrase("slip", "level", "en", level="Gold") == "Level Gold"
    assert texts.phrase("slip", "pending", "ru", points=1) == "Ждут до ?"
    with pytest.raises(KeyError):
        texts.phrase("slip", "no such phrase")


def test_exit_codes() -> None:
    kinds = (AgentError, UsageError, PrinterError, DamagedError)
    assert [kind("PRN-01").exit_code for kind in kinds] == [1, 2, 3, 5]


@pytest.mark.parametrize(("language", "first"), [("ru", "Порта принтера нет: /dev/x."), ("en", "There is no such")])
def test_complaints_go_to_stderr(
    language: str, first: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POS_AGENT_AGENT__LANGUAGE", language)
    complain(PrinterError("PRN-07", port="/dev/x", lines=("one", "two")))
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(first)
    assert told.err.splitlines()[1:] == ["  one", "  two"]
