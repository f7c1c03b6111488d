"""Slips line by line: the story of one customer at 32, 42 and 48 columns, and the rules that every slip keeps."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from unit.slip.slip_story import ANNA, BALANCE, NOT_FISCAL, RETURN, SALE, STYLE, paper, seen, texts

from drivers.api import Cut, Feed, Qr
from pos_agent.model.slip import SlipFacts, SlipKind
from pos_agent.printing.slip import fit, grouped, lay_out, percent
from pos_agent.printing.slip_note import told
from pos_agent.printing.slip_offers import join_address

WIDTHS = (32, 42, 48)
CARD_LINES = ["<QR HTTPS://EXAMPLE.ORG/C/7Q4M2XKD9W>", "Код 7Q4M-2XKD-9W", "Покажите QR вместо карты"]


def slip(facts: SlipFacts, columns: int = 48, **more: str) -> list[str]:
    return seen(lay_out(facts, ANNA, STYLE, paper(columns), **more), columns)


@pytest.mark.parametrize("columns", WIDTHS)
def test_the_slip_of_a_sale(columns: int) -> None:
    wanted = (Path(__file__).parent / f"receipt_{columns}.txt").read_text(encoding="utf-8").splitlines()
    assert slip(SALE, columns) == wanted


def test_the_slip_of_a_return() -> None:
    lines = slip(RETURN)
    assert [line.strip() for line in lines[:2]] == ["ЗЕРНО+  ВОЗВРАТ БАЛЛОВ", NOT_FISCAL]
    assert lines[2:] == [
        "Анна К.                          карта **** KD9W",
        "Покупка 21.11.2026 18:05           возврат 18:40",
        "------------------------------------------------",
        "Было доступно                                517",
        "Вернули списанные ранее                   +28.42",
        "ДОСТУПНО                                  545.42",
        "  из них до 31.01.2027 включительно       125.42",
        "Ждут до 05.12.2026: было                      37",
        "Отменено начисление                        -3.25",
        "ЖДУТ                                       33.75",
        "------------------------------------------------",
        "До уровня Золото (7 %) осталось         10659.87",
        "      Деньги - по кассовому чеку возврата",
    ]


def test_a_return_on_narrow_paper_or_of_another_day_takes_two_lines() -> None:
    narrow = ["Покупка         21.11.2026 18:05", "Возврат         21.11.2026 18:40"]
    assert slip(RETURN, 32)[3:5] == narrow
    later = slip(replace(RETURN, at="2026-11-22T09:00"))
    assert later[3:5] == [
        "Покупка                         21.11.2026 18:05",
        "Возврат                         22.11.2026 09:00",
    ]


def test_a_return_without_its_sale_says_so() -> None:
    alone = replace(RETURN, original_at="")
    assert slip(alone)[3] == "Возврат без чека покупки        21.11.2026 18:40"
    assert slip(alone, 32)[3:5] == ["Возврат без чека покупки", "                21.11.2026 18:40"]
    assert not [line for line in slip(alone) if line.startswith("Покупка")]


def test_the_slip_of_a_balance() -> None:
    lines = slip(BALANCE, 32)
    assert [line.strip() for line in lines[:2]] == ["БАЛАНС", NOT_FISCAL]
    assert lines[2:-3] == [
        "Анна К.          карта **** KD9W",
        "На              21.11.2026 18:06",
        "--------------------------------",
        "ДОСТУПНО                     517",
        "Ждут до 05.12.2026            37",
        "Сгорит 97, посл. день 31.01.2027",
        "Уровень Серебро              5 %",
        "До уровня Золото        10593.39",
    ]
    assert [line.strip() for line in lines[-3:]] == CARD_LINES


def test_the_invitation_names_nobody_and_shows_no_code() -> None:
    facts = SlipFacts(SlipKind.INVITATION, at="2026-11-21T18:05", earned_pt=3200)
    lines = seen(lay_out(facts, None, STYLE, paper(32)), 32)
    assert [line.strip() for line in lines] == [
        "ПРИГЛАШЕНИЕ",
        NOT_FISCAL,
        "-" * 32,
        "За эту покупку было бы        32",
        "Покупка         21.11.2026 18:05",
        "Назовите кассиру телефон -",
        "и следующая покупка с баллами",
    ]


def test_the_invitation_tells_the_terms_and_shows_the_way_in() -> None:
    facts = SlipFacts(SlipKind.INVITATION, at="2026-11-21T18:05", earned_pt=3200, point_kop=100, cap_bp=3000)
    style = replace(STYLE, join_url="HTTPS://EXAMPLE.ORG/JOIN")
    lines = [line.strip() for line in seen(lay_out(facts, None, style, paper(32)), 32)]
    assert lines[3:6] == ["За эту покупку было бы        32", "1 балл = 1 руб., до 30 % чека", lines[5]]
    assert lines[-3:] == ["<QR HTTPS://EXAMPLE.ORG/JOIN>", "Или отсканируйте QR", "Приложение ставить не нужно"]
    half = seen(lay_out(replace(facts, point_kop=50, cap_bp=1250), None, STYLE, paper(42)), 42)
    assert "1 балл = 0.50 руб., до 12.5 % чека" in [line.strip() for line in half]
    english = seen(lay_out(facts, None, replace(style, lang="en"), paper(42)), 42)
    assert "1 point = 1 rub., up to 30 % of a receipt" in [line.strip() for line in english]


def test_the_way_in_names_the_receipt_that_may_still_be_claimed() -> None:
    facts = SlipFacts(
        SlipKind.INVITATION, at="2026-11-21T18:05", document="9999078902001234/1042", fpd=4294967295,
        claim_until="2026-11-24",
    )  # fmt: skip
    url = "HTTPS://EXAMPLE.ORG/JOIN"
    whole = f"{url}/9999078902001234-1042-4294967295"
    assert join_address(url, facts) == join_address(f"{url}/", facts) == whole
    assert len(whole) <= 61
    assert set(whole) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"), "letters of QR's small alphabet"
    longest = url + "A" * (61 - len(whole))
    assert len(join_address(longest, facts)) == 61
    assert join_address(longest + "A", facts) == longest + "A", "a longer code would not fit the paper"
    assert join_address(url, replace(facts, claim_until="")) == url, "nothing to claim"
    assert join_address(url, replace(facts, fpd=0)) == url
    style = replace(STYLE, join_url=url)
    assert f"<QR {whole}>" in [line.strip() for line in seen(lay_out(facts, None, style, paper(32)), 32)]


def test_a_code_slip_of_a_register_for_learning_says_so_twice() -> None:
    said = ("НЕ ЯВЛЯЕТСЯ КАССОВЫМ ЧЕКОМ", "Код 4829")
    marked = [line.strip() for line in seen(told("ЗЕРНО+", said, paper(32), "*** ОБУЧЕНИЕ ***"), 32)]
    assert marked == ["ЗЕРНО+", said[0], "*** ОБУЧЕНИЕ ***", said[1], "*** ОБУЧЕНИЕ ***"]
    assert [line.strip() for line in seen(told("ЗЕРНО+", said, paper(32)), 32)] == ["ЗЕРНО+", *said]


def test_a_copy_says_so_first_and_stays_not_fiscal() -> None:
    lines, first = slip(SALE, 42, copy_at="2026-11-21T18:20:07"), slip(SALE, 42)
    assert [line.strip() for line in lines[:3]] == ["ПОВТОР 21.11.2026 18:20", NOT_FISCAL, "ЗЕРНО+"]
    assert lines[3:] == first[2:]


@pytest.mark.parametrize("columns", [24, 32, 36, 42, 48])
def test_a_long_heading_never_pushes_the_second_line_away(columns: int) -> None:
    style = replace(STYLE, heading="БУЛОЧНАЯ НА ТРЕТЬЕЙ УЛ.")
    lines = [line.strip() for line in seen(lay_out(RETURN, ANNA, style, paper(columns)), columns)]
    if columns < 26:  # the sentence itself takes two lines
        assert " ".join(lines[1:3]) == NOT_FISCAL
        return
    assert lines[1] == NOT_FISCAL
    assert ["ВОЗВРАТ БАЛЛОВ", NOT_FISCAL, style.heading] == lines[:3] or columns >= 42


@pytest.mark.parametrize("facts", [SALE, RETURN, BALANCE])
@pytest.mark.parametrize("lang", ["ru", "en"])
def test_a_slip_ends_with_paper_and_knife(facts: SlipFacts, lang: str) -> None:
    parts = lay_out(facts, ANNA, replace(STYLE, lang=lang), paper(42))
    assert parts[-2:] == [Feed(3), Cut(partial=True)]
    assert [part.double for part in texts(parts)].count(True) == 1


def test_stamps_say_how_far_the_gift_is() -> None:
    def told(have: int, columns: int = 48, lang: str = "ru") -> list[str]:
        facts = replace(SALE, stamps=(("Круассан", have, 6),))
        lines = seen(lay_out(facts, ANNA, replace(STYLE, lang=lang), paper(columns)), columns)
        at = next(number for number, line in enumerate(lines) if line.startswith("Круассан"))
        return [" ".join(line.split()) for line in lines[at : at + 2]]

    assert told(4) == ["Круассан, штампы 4 из 6", "ещё 1 штамп, и шестой - в подарок"]
    assert told(3) == ["Круассан, штампы 3 из 6", "ещё 2 штампа, и шестой - в подарок"]
    assert told(0) == ["Круассан, штампы 0 из 6", "ещё 5 штампов, и шестой - в подарок"]
    assert told(5)[1] == "следующий - в подарок"
    assert told(4, 32)[1] == "ещё 1, и шестой - в подарок"
    assert told(4, 32, "en")[1] == "1 more, the 6th is free"
    assert [line for line in slip(replace(SALE, stamps=(("Чай", 3, 20),))) if "и 20-й - в подарок" in line]


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("kind", list(SlipKind))
@pytest.mark.parametrize("lang", ["ru", "en"])
def test_nothing_looks_like_a_fiscal_receipt(columns: int, kind: SlipKind, lang: str) -> None:
    parts = lay_out(replace(SALE, kind=kind, restored_pt=1, debt_pt=1), ANNA, replace(STYLE, lang=lang), paper(columns))
    whole = "\n".join(part.text for part in texts(parts))
    told = {"ru": NOT_FISCAL, "en": "NOT A FISCAL RECEIPT"}[lang]
    assert texts(parts)[1].text.strip() == told
    words = re.findall(r"\w+", whole.replace(told, "").casefold())
    assert not {"итог", "итого", "total", "ндс", "vat", "фн", "фд", "фп", "ккт", "nalog", "чек", "кассовый"} & {*words}
    assert "9999078902001234" not in whole
    assert not [part for part in parts if isinstance(part, Qr) and re.search(r"(?i)fn=|fp=|\bt=", part.text)]


def test_lines_without_a_value_are_left_out() -> None:
    bare = SlipFacts(SlipKind.RECEIPT, at="2026-11-21T18:05", customer="c-1", before_pt=100, available_pt=100)
    stranger = seen(lay_out(bare, None, STYLE, paper(32)), 32)
    assert [line.split()[0] for line in stranger] == ["ЗЕРНО+", "НЕ", "Покупка", "-" * 32, "Было", "ДОСТУПНО"]
    pairs = {
        "spent_pt": "Списано",
        "restored_pt": "Вернули",
        "cancelled_pt": "Отменено",
        "earned_pt": "Начислено",
        "debt_pt": "Учтём",
    }
    for field, word in pairs.items():
        assert [line for line in slip(replace(bare, **{field: 50})) if line.startswith(word)], field
    assert not [line for line in slip(replace(bare, earned_pt=0, earned_from="2026-12-01")) if "12.2026" in line]


def test_without_a_card_there_is_no_code() -> None:
    parts = lay_out(SALE, replace(ANNA, card=""), STYLE, paper(48))
    lines = seen(parts, 48)
    assert not [part for part in parts if isinstance(part, Qr)]
    assert "Анна К." in [line.rstrip() for line in lines]
    assert not [line for line in lines if "Код" in line or "карта" in line]


def test_the_phone_and_the_surname_are_not_on_paper() -> None:
    for facts in (SALE, RETURN, BALANCE):
        whole = "\n".join(slip(facts))
        assert not [word for word in ("4417", "1234417", "Козлова", "example.org") if word in whole]


@pytest.mark.parametrize("name", ["Анна\tКозлова", "Анна\u00a0Козлова", "  Анна   Козлова ", "Анна  К."])
def test_however_the_name_is_spaced_the_surname_is_one_letter(name: str) -> None:
    lines = seen(lay_out(SALE, replace(ANNA, name=name), STYLE, paper(48)), 48)
    assert "Анна К.                          карта **** KD9W" in lines


@pytest.mark.parametrize(
    ("pt", "told"),
    [
        (100, "1 балл"),
        (200, "2 балла"),
        (500, "5 баллов"),
        (1100, "11 баллов"),
        (2100, "21 балл"),
        (11200, "112 баллов"),
        (12200, "122 балла"),
        (150, "1.50 балла"),
        (5, "0.05 балла"),
    ],
)
def test_points_are_declined(pt: int, told: str) -> None:
    lines = slip(replace(SALE, expiry_pt=pt))
    assert [line for line in lines if line.startswith(f"Сгорит {told}, последний день")]


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("№ 5 — «да» $3 ₽", 'N 5 - "да" S3 руб.'),
        ("a\tb\nc\x1b[2J\x00", "a b c [2J "),
        ("Ёж 😀 €", "Ёж ? ?"),
        ("Їжак", "Їжак"),
    ],
)
def test_what_a_printer_cannot_print_is_replaced(text: str, printed: str) -> None:
    assert fit(text) == printed


def test_small_forms() -> None:
    assert [percent(bp) for bp in (0, 5, 50, 250, 500, 1000, 10000)] == [
        "0 %",
        "0.05 %",
        "0.5 %",
        "2.5 %",
        "5 %",
        "10 %",
        "100 %",
    ]
    assert grouped("7Q4M2XKD9W") == "7Q4M-2XKD-9W"
    assert grouped("") == ""


@pytest.mark.parametrize("columns", WIDTHS)
def test_a_figure_never_touches_the_text_before_it(columns: int) -> None:
    for length in range(1, 2 * columns):
        lines = slip(replace(SALE, next_level="Я" * length), columns)
        assert [line for line in lines if re.search(r"(^| )10593\.39$", line)], length


@pytest.mark.parametrize("kind", list(SlipKind))
def test_a_training_register_says_so_at_both_ends(kind: SlipKind) -> None:
    facts = replace(SALE, kind=kind)
    lines = [line.strip() for line in seen(lay_out(facts, ANNA, replace(STYLE, training=True), paper(32)), 32)]
    assert lines[1:3] == [NOT_FISCAL, "*** ОБУЧЕНИЕ ***"]
    assert lines[-1] == "*** ОБУЧЕНИЕ ***"
    plain = [line.strip() for line in seen(lay_out(facts, ANNA, STYLE, paper(32)), 32)]
    assert [line for line in lines if "ОБУЧЕНИЕ" not in line] == plain
