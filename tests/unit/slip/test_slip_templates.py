"""The shop's own slips: the shipped examples are the built-in slips, what is wrong falls back to them, none fails."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from golden.slips.slip_kinds import FACTS
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner
from unit.slip.slip_story import ANNA, NOT_FISCAL, SALE, STYLE, paper, seen
from unit.slip.test_slip_properties import FACTS as ANY_FACTS

from drivers.api import Qr, Text
from pos_agent.api.slip_style import style_of, words
from pos_agent.cli.slip import app
from pos_agent.config import Config, LoyaltySection, PrinterSection
from pos_agent.model.slip import SlipFacts
from pos_agent.printing.slip import SlipStyle, lay_out
from pos_agent.printing.slip_template import BLOCKS, KINDS, MOST_BYTES, WORDS, Fault, Templates, load, parse
from pos_agent.texts import message, table

EXAMPLES = Path(__file__).parents[3] / "config" / "slips"


def by(text: str, kind: str = "receipt") -> SlipStyle:
    made = parse(f"{kind}.txt", text)
    assert not isinstance(made, Fault), made
    return replace(STYLE, templates=Templates({kind: made}))


def slip(style: SlipStyle, facts: SlipFacts = SALE, columns: int = 32) -> list[str]:
    return seen(lay_out(facts, ANNA if facts.customer else None, style, paper(columns)), columns)


@pytest.mark.parametrize("kind", [kind for kind in FACTS if kind.partition("_")[0] in KINDS])
def test_the_shipped_examples_print_the_built_in_slips(kind: str) -> None:
    own = replace(STYLE, templates=load(EXAMPLES))
    assert set(own.templates.lines) == set(KINDS)
    assert slip(own, FACTS[kind]) == slip(STYLE, FACTS[kind])


def test_every_way_a_line_may_stand() -> None:
    text = (
        "= Спасибо, {name}!\n---\nСписано | -{spent}\n! ДОСТУПНО | {available}\n\n---\n@qr HTTPS://E.RU/7\nПросто текст"
    )
    assert slip(by(text))[2:] == [
        "       Спасибо, Анна К.!",
        "-" * 32,
        "Списано                     -323",
        "ДОСТУПНО                     517",
        "-" * 32,
        "<QR HTTPS://E.RU/7>",
        "Просто текст",
    ]


def test_a_line_without_a_value_and_a_rule_without_neighbours_are_left_out() -> None:
    text = "---\nДолг | {debt}\n---\nСписано | -{spent}\n---\nСнова {debt} | {spent}\n---"
    assert slip(by(text))[2:] == ["Списано                     -323"]


def test_the_heading_stays_the_agents() -> None:
    lines = slip(by("= МОЙ МАГАЗИН"))
    assert [line.strip() for line in lines] == ["ЗЕРНО+", NOT_FISCAL, "МОЙ МАГАЗИН"]


def test_a_slip_of_nobody_is_the_built_in_one() -> None:
    """A template of a receipt is for customers; a coupon or a certificate alone has its own form."""
    assert slip(by("= МОЙ МАГАЗИН"), FACTS["coupon"]) == slip(STYLE, FACTS["coupon"])


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("", 0, "slip_empty"),
        ("# только замечание", 0, "slip_empty"),
        ("Списано | {spend}", 1, "slip_word"),
        ("Списано\nДоступно | {available", 2, "slip_word"),
        ("{{ 7 * 7 }}", 1, "slip_word"),
        ("{name.__class__}", 1, "slip_word"),
        ("@cards", 1, "slip_block"),
        ("@qr https://example.org", 1, "slip_qr"),
        ("@qr T=20261121T1805&S=994.61&FN=9999078902001234", 1, "slip_qr"),
        ("@qr " + "A" * 62, 1, "slip_qr"),
        ("ИТОГ | {available}", 1, "slip_fiscal"),
        ("= КАССОВЫЙ | ЧЕК", 1, "slip_fiscal"),
        ("ФН | {available}", 1, "slip_fiscal"),
        ("! А | {spent}\n! Б | {available}", 2, "slip_two_loud"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, line: int, why: str) -> None:
    assert parse("receipt.txt", text) == Fault("receipt.txt", line, why)
    for lang in ("ru", "en"):
        told = message("SLP-05", lang, **words(Fault("receipt.txt", line, why)))
        assert "receipt.txt" in told.what
        assert table("reasons")[why][lang] in told.what


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe\x00", b"x" * (MOST_BYTES + 1), b"a\n" * 61, b"{nobody}", b"{% for a in b %}", b"\x00\x1b[2J{x}"],
    ids=["no text", "too large", "too long", "no such word", "another language", "control signs"],
)
def test_a_broken_file_prints_the_built_in_slip(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "receipt.txt").write_bytes(content)
    (tmp_path / "balance.txt").write_text("= {name}", encoding="utf-8")
    read = load(tmp_path)
    assert [fault.file for fault in read.faults] == ["receipt.txt"]
    assert slip(replace(STYLE, templates=read)) == slip(STYLE)
    assert slip(replace(STYLE, templates=read), FACTS["balance"])[2:] == ["            Анна К."]


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "receipt.txt")
    (tmp_path / "return.txt").mkdir()
    (tmp_path / "balance.txt").symlink_to(tmp_path / "nowhere")
    assert {fault.file for fault in load(tmp_path).faults} == {"receipt.txt", "return.txt", "balance.txt"}
    assert load(tmp_path / "missing").faults == (Fault("missing", 0, "No such file or directory"),)
    assert load(None) == Templates()


def test_the_setting_brings_the_templates_into_the_style(tmp_path: Path) -> None:
    (tmp_path / "receipt.txt").write_text("= {name}", encoding="utf-8")
    (tmp_path / "return.txt").write_text("{nobody}", encoding="utf-8")
    config = Config(printer=PrinterSection(port="/dev/none"), loyalty=LoyaltySection(slip_templates=tmp_path))
    style = style_of(config)
    assert list(style.templates.lines) == ["receipt"]
    assert [fault.file for fault in style.templates.faults] == ["return.txt"]


TEXT = st.lists(
    st.one_of(
        st.sampled_from([f"@{name}" for name in sorted(BLOCKS)] + ["---", "! A | {available}", "# x"]),
        st.builds("{} | {}".format, st.text(max_size=20), st.sampled_from([f"{{{word}}}" for word in sorted(WORDS)])),
        st.text(max_size=60),
    ),
    max_size=20,
).map("\n".join)


@given(TEXT, ANY_FACTS, st.sampled_from([24, 32, 36, 42, 48]))
def test_no_template_fails_or_leaves_the_paper(text: str, facts: SlipFacts, columns: int) -> None:
    made = parse("receipt.txt", text)
    if isinstance(made, Fault):
        assert made.why in table("reasons")
        return
    facts = replace(facts, customer="c-1")
    device = paper(columns)
    style = replace(STYLE, templates=Templates(dict.fromkeys(KINDS, made)))
    parts = lay_out(facts, ANNA, style, device)
    for part in parts:
        if isinstance(part, Text):
            assert len(part.text) <= (device.double_columns if part.double else columns), part
            assert part.text.encode("cp866").decode("cp866") == part.text
        elif isinstance(part, Qr):
            assert "&" not in part.text
    lines = [part.text.strip() for part in parts if isinstance(part, Text)]
    assert " ".join(lines[1:3]).startswith(NOT_FISCAL)


def test_the_command_shows_good_ones_and_names_bad_ones(tmp_path: Path) -> None:
    good = CliRunner().invoke(app, ["check", str(EXAMPLES), "--columns", "42"])
    assert good.exit_code == 0, good.output
    assert "Покупка                   21.11.2026 18:05" in good.output
    (tmp_path / "receipt.txt").write_text("ок\n{nobody}", encoding="utf-8")
    told = CliRunner().invoke(app, ["check", str(tmp_path), "--json"])
    assert json.loads(told.stdout)["faults"][0]["code"] == "SLP-05"
    assert told.exception is not None
    assert "receipt.txt:2" in str(getattr(told.exception, "params", told.exception))
