"""The shop's own slips: the shipped examples are the built-in slips, what is wrong falls back to them, none fails."""

from __future__ import annotations

import json
import os
import re
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
from pos_agent.printing.slip_folder import load, made
from pos_agent.printing.slip_template import (
    BLOCKS,
    KINDS,
    LISTS,
    MOST_BYTES,
    WORDS,
    BadSlipError,
    Fault,
    Template,
    Templates,
)
from pos_agent.texts import message, table

EXAMPLES = Path(__file__).parents[3] / "config" / "slips"


def by(text: str, kind: str = "receipt") -> SlipStyle:
    return replace(STYLE, templates=Templates({kind: made(kind, f"{kind}.j2", text)}))


def wrong(text: str, kind: str = "receipt") -> tuple[int, str]:
    """(line, why) of what is told about it."""
    with pytest.raises(BadSlipError) as told:
        made(kind, f"{kind}.j2", text)
    return told.value.line, told.value.why


def slip(style: SlipStyle, facts: SlipFacts = SALE, columns: int = 32) -> list[str]:
    return seen(lay_out(facts, ANNA if facts.customer else None, style, paper(columns)), columns)


@pytest.mark.parametrize("kind", [kind for kind in FACTS if kind.partition("_")[0] in KINDS])
def test_the_shipped_examples_print_the_built_in_slips(kind: str) -> None:
    own = replace(STYLE, templates=load(EXAMPLES))
    assert set(own.templates.made) == set(KINDS)
    assert slip(own, FACTS[kind]) == slip(STYLE, FACTS[kind])


def test_the_example_of_the_document_is_taken() -> None:
    text = (EXAMPLES.parents[1] / "docs" / "slips.md").read_text(encoding="utf-8")
    found = re.search(r"```jinja\n(.*?)```", text, re.DOTALL)
    assert found
    lines = [line.strip() for line in slip(by(found[1]), replace(SALE, stamps=(("Кофе", 4, 6),)), 48)[2:]]
    assert lines[2].startswith("ДОСТУПНО")
    assert {"Ждём вас, Анна К.!", "<QR HTTPS://EXAMPLE.ORG/REVIEW>"} <= set(lines)
    assert "Кофе" + "4 из 6".rjust(44) in slip(by(found[1]), replace(SALE, stamps=(("Кофе", 4, 6),)), 48)


def test_every_way_a_line_may_stand() -> None:
    text = (
        "= Спасибо, {{ name }}!\n---\nСписано | -{{ spent }}\n! ДОСТУПНО | {{ available }}\n\n---\n"
        "@qr HTTPS://E.RU/7\nПросто текст"
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
    text = "---\nДолг | {{ debt }}\n---\nСписано | -{{ spent }}\n---\nСнова {{ debt }} | {{ spent }}\n---"
    assert slip(by(text))[2:] == ["Списано                     -323"]


def test_the_heading_stays_the_agents() -> None:
    lines = slip(by("= МОЙ МАГАЗИН"))
    assert [line.strip() for line in lines] == ["ЗЕРНО+", NOT_FISCAL, "МОЙ МАГАЗИН"]


def test_a_slip_of_nobody_is_the_built_in_one() -> None:
    """A template of a receipt is for customers; a coupon or a certificate alone has its own form."""
    assert slip(by("= МОЙ МАГАЗИН"), FACTS["coupon"]) == slip(STYLE, FACTS["coupon"])


def test_a_condition_on_its_own_line_or_around_one_never_joins_two_lines() -> None:
    text = "{% if spent %}Списано | -{{ spent }}{% endif %}\n{% if spent %}\n  = Спасибо\n{% endif %}\nКонец"
    assert slip(by(text))[2:] == ["Списано                     -323", "            Спасибо", "Конец"]


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("", 0, "slip_empty"),
        ("{# только замечание #}\n", 0, "slip_empty"),
        ("Списано | {{ spend }}", 1, "slip_word"),
        ("Списано | {spent}", 1, "slip_word"),
        ("Списано\nДоступно | {{ available", 2, "slip_syntax"),
        ("ок\n{% if spent %}\nда\n", 2, "slip_syntax"),
        ("{{ " + "9" * 5000 + " }}", 0, "slip_syntax"),
        ("{{ 0x" + "f" * 7000 + " }}", 0, "slip_syntax"),
        ("ок\n" + "{{ " + "(" * 3000 + " }}", 0, "slip_syntax"),
        ("{% for one in stamps %}\n{{ one.colour }}\n{% endfor %}", 2, "slip_word"),
        ("{% for one in coupons %}\n{{ one.full }}\n{% endfor %}", 2, "slip_word"),
        ("{% for one in stamps %}\n{{ one }}\n{% endfor %}", 2, "slip_word"),
        ("{{ coupons }}", 0, "slip_word"),
        ("@cards", 1, "slip_block"),
        ("{# две\nстроки #}\n@cards", 3, "slip_block"),
        ("@{{ level }}", 0, "slip_block"),
        ("@qr https://example.org", 1, "slip_qr"),
        ("@qr HTTPS://E.RU/{{ name }}", 0, "slip_qr"),
        ("@qr T=20261121T1805&S=994.61&FN=9999078902001234", 1, "slip_qr"),
        ("@qr " + "A" * 62, 1, "slip_qr"),
        ("ИТОГ | {{ available }}", 1, "slip_fiscal"),
        ("ИТ{# #}ОГ | {{ available }}", 1, "slip_fiscal"),
        ("{{ 'ИТОГ' }} | {{ available }}", 0, "slip_fiscal"),
        ("= КАССОВЫЙ | ЧЕК", 1, "slip_fiscal"),
        ("ФН | {{ available }}", 1, "slip_fiscal"),
        ("! А | {{ spent }}\n! Б | {{ available }}", 0, "slip_two_loud"),
        ("{{ spent - 1 }}", 1, "slip_fails"),
        ("ок\n{% if spent > 100 %}x{% endif %}", 2, "slip_fails"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, line: int, why: str) -> None:
    assert wrong(text) == (line, why)
    for lang in ("ru", "en"):
        told = message("SLP-05", lang, **words(Fault("receipt.j2", line, why)))
        assert "receipt.j2" in told.what
        assert table("reasons")[why][lang] in told.what


def test_conditions_lists_and_the_width_of_the_paper() -> None:
    text = (
        "{% for one in stamps %}\n{{ loop.index }}. {{ one.counter }} | {{ one.have }}/{{ one.full }}\n{% endfor %}\n"
        "{% if columns >= 42 %}\n= на широкой бумаге\n{% elif debt %}\nдолг\n{% else %}\n= на узкой\n{% endif %}\n"
        "{{ name|upper ~ '!' }} | {{ columns - 2 }} {{ lang }} {{ debt|default('нет', true) }} {{ stamps|length }}"
    )
    facts = replace(SALE, stamps=(("Кофе", 4, 6), ("Чай", 1, 10)))
    assert [line.strip() for line in slip(by(text), facts)[2:]] == [
        "1. Кофе                      4/6",
        "2. Чай                      1/10",
        "на узкой",
        "АННА К.!             30 ru нет 2",
    ]
    assert slip(by(text), facts, 48)[4].strip() == "на широкой бумаге"


def test_every_word_and_field_can_be_written() -> None:
    fields = "".join(
        f"{{% for one in {name} %}}{' '.join(f'{{{{ one.{field} }}}}' for field in LISTS[name])}\n{{% endfor %}}\n"
        for name in LISTS
    )
    text = "\n".join(f"{word} | {{{{ {word} }}}}" for word in sorted(WORDS)) + "\n" + fields
    facts = replace(
        SALE,
        stamps=(("Кофе", 4, 6),),
        burns=(("2027-02-28", 1_200),),
        returned=(("Чай", 1_000_000, 2_000_000),),
        coupons=({"code": "ABCDEFGH", "text": "-10 %", "from": "2026-12-01", "last": "2026-12-31"},),
    )
    lines = slip(by(text), facts, 48)
    assert {"Кофе 4 6", "28.02.2027 12", "Чай 1 2", "ABCD-EFGH -10 % 01.12.2026 31.12.2026"} <= set(lines)


@pytest.mark.parametrize(
    "level", ["@card", "= А", "! А", "---", "@qr HTTPS://E.RU", "{{ name }}", "А | Б", "А\nБ", "# А"]
)
def test_a_figure_is_text_whatever_stands_in_it(level: str) -> None:
    """The name of a level, of goods, of a person is printed as it is: it lays nothing out."""
    assert slip(by("{{ level }}"), replace(SALE, level=level))[2:] == [" ".join(level.split())]


def test_a_figure_that_no_slip_may_show_brings_the_built_in_slip(capsys: pytest.CaptureFixture) -> None:
    style, facts = by("Уровень {{ level }}"), replace(SALE, level="Итого")
    assert slip(style, facts) == slip(STYLE, facts)
    told = capsys.readouterr()
    assert "SLP-05" in told.out + told.err
    assert slip(style)[2:] == ["Уровень Серебро"]


LONG = (("Кофе", 1, 6),) * 61


def test_more_lines_than_a_slip_has_bring_the_built_in_slip() -> None:
    style, facts = by("{% for one in stamps %}\n{{ one.counter }}\n{% endfor %}"), replace(SALE, stamps=LONG)
    assert slip(style, facts) == slip(STYLE, facts)


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x00",
        b"x" * (MOST_BYTES + 1),
        b"a\n" * 61,
        b"{{ nobody }}",
        b"{% for a in b %}{% endfor %}",
        b"\x00\x1b[2J{x}",
    ],
    ids=["no text", "too large", "too long", "no such word", "no such list", "control signs"],
)
def test_a_broken_file_prints_the_built_in_slip(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "receipt.j2").write_bytes(content)
    (tmp_path / "balance.j2").write_text("= {{ name }}", encoding="utf-8")
    read = load(tmp_path)
    assert [fault.file for fault in read.faults] == ["receipt.j2"]
    assert slip(replace(STYLE, templates=read)) == slip(STYLE)
    assert slip(replace(STYLE, templates=read), FACTS["balance"])[2:] == ["            Анна К."]


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "receipt.j2")
    (tmp_path / "return.j2").mkdir()
    (tmp_path / "balance.j2").symlink_to(tmp_path / "nowhere")
    assert {fault.file for fault in load(tmp_path).faults} == {"receipt.j2", "return.j2", "balance.j2"}
    assert load(tmp_path / "missing").faults == (Fault("missing", 0, "No such file or directory"),)
    assert load(None) == Templates()


def test_the_setting_brings_the_templates_into_the_style(tmp_path: Path) -> None:
    (tmp_path / "receipt.j2").write_text("= {{ name }}", encoding="utf-8")
    (tmp_path / "return.j2").write_text("{{ nobody }}", encoding="utf-8")
    config = Config(printer=PrinterSection(port="/dev/none"), loyalty=LoyaltySection(slip_templates=tmp_path))
    style = style_of(config)
    assert list(style.templates.made) == ["receipt"]
    assert [fault.file for fault in style.templates.faults] == ["return.j2"]


TEXT = st.lists(
    st.one_of(
        st.sampled_from([f"@{name}" for name in sorted(BLOCKS)] + ["---", "! A | {{ available }}", "{# x #}"]),
        st.builds("{} | {{{{ {} }}}}".format, st.text(max_size=20), st.sampled_from(sorted(WORDS))),
        st.sampled_from([f"{{% for a in {one} %}}{{{{ a.{of[0]} }}}}\n{{% endfor %}}" for one, of in LISTS.items()]),
        st.text(max_size=60),
    ),
    max_size=20,
).map("\n".join)


def taken(text: str) -> Template | str:
    """The template, or why it is none."""
    try:
        return made("receipt", "receipt.j2", text)
    except BadSlipError as bad:
        return bad.why


@given(TEXT, ANY_FACTS, st.sampled_from([24, 32, 36, 42, 48]))
def test_no_template_fails_or_leaves_the_paper(text: str, facts: SlipFacts, columns: int) -> None:
    template = taken(text)
    if isinstance(template, str):
        assert template in table("reasons")
        return
    facts = replace(facts, customer="c-1")
    device = paper(columns)
    style = replace(STYLE, templates=Templates(dict.fromkeys(KINDS, template)))
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
    (tmp_path / "receipt.j2").write_text("ок\n{{ nobody }}", encoding="utf-8")
    told = CliRunner().invoke(app, ["check", str(tmp_path), "--json"])
    assert json.loads(told.stdout)["faults"][0]["code"] == "SLP-05"
    assert told.exception is not None
    assert "receipt.j2:2" in str(getattr(told.exception, "params", told.exception))
