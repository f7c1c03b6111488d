"""What a template of a slip may not do is told with its line, and none of it runs."""

from __future__ import annotations

import pytest

from pos_agent.printing.slip_folder import made
from pos_agent.printing.slip_sandbox import FILTERS, SANDBOX
from pos_agent.printing.slip_template import MOST_BYTES, BadSlipError

FOR_EVER = [
    "{% for a in range(10 ** 9) %}x{% endfor %}",
    "{{ 'a' * 10 ** 9 }}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ 'a' * 1000000000 }}",
    "{{ '%999999999d' % 1 }}",
    "{{ '%999999999d'|format(1) }}",
    "{{ '{:>999999999}'.format(1) }}",
    "{{ name|center(999999999) }}",
    "{{ name|indent(999999999) }}",
    "{{ name|wordwrap(1) }}",
    "{{ name|replace('', name) }}",
    "{{ stamps|map('upper')|list }}",
    "{{ stamps|batch(999999999, 'x')|list }}",
    "{% for a in stamps %}{% for b in stamps %}{% for c in stamps %}x{% endfor %}{% endfor %}{% endfor %}",
    "{% for a in stamps recursive %}{{ loop(stamps) }}{% endfor %}",
    "{% for a in stamps if a.have %}x{% endfor %}",
    "{% for a in stamps %}x{% else %}y{% endfor %}",
    "{% for a in name %}x{% endfor %}",
    "{% for a in [1, 2, 3] %}x{% endfor %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% set name = name ~ name %}",
    "{% set x %}{{ name }}{% endset %}",
    "{% filter upper %}x{% endfilter %}",
    "{% call name() %}{% endcall %}",
]
OUTSIDE = [
    "{% include 'receipt.j2' %}",
    "{% import 'receipt.j2' as other %}",
    "{% from 'receipt.j2' import other %}",
    "{% extends 'receipt.j2' %}",
    "{% block a %}{% endblock %}",
    "{{ ''.__class__.__mro__ }}",
    "{{ name.__class__ }}",
    "{{ name['__class__'] }}",
    "{{ name|attr('__class__') }}",
    "{{ stamps[0] }}",
    "{{ stamps.append }}",
    "{% for a in stamps %}{{ a.__class__ }}{% endfor %}",
    "{% for a in stamps %}{{ a.items }}{% endfor %}",
    "{% for a in stamps %}{{ a.pop('have') }}{% endfor %}",
    "{% for a in stamps %}{{ loop.cycle('a', 'b') }}{% endfor %}",
    "{% for a in stamps %}{{ loop.previtem }}{% endfor %}",
    "{% for name in stamps %}x{% endfor %}",
    "{% for a, b in stamps %}x{% endfor %}",
    "{{ loop.index }}",
    "{{ self }}",
    "{{ range }}",
    "{{ lipsum() }}",
    "{{ cycler('a') }}",
    "{{ joiner() }}",
    "{{ namespace() }}",
    "{{ dict() }}",
    "{{ config }}",
    "{{ name is defined }}",
    "{% do name.upper() %}",
    "{% autoescape true %}x{% endautoescape %}",
    "{{ name|safe }}",
    "{{ name|tojson }}",
    "{{ name|xmlattr }}",
]


@pytest.mark.parametrize("text", FOR_EVER + OUTSIDE)
def test_it_is_told_with_its_line_and_never_compiled(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def compile_it(*_: object, **__: object) -> None:
        raise AssertionError("compiled")

    monkeypatch.setattr(SANDBOX, "compile", compile_it)
    with pytest.raises(BadSlipError) as told:
        made("receipt", "receipt.j2", "первая\n\n" + text)
    assert (told.value.line, told.value.why in ("slip_tag", "slip_word", "slip_syntax")) == (3, True), told.value.why


@pytest.mark.parametrize("brackets", ["(", "[", "{", "not ", "-", "{% if name %}"])
def test_brackets_in_brackets_end(brackets: str) -> None:
    text = "{{ " + brackets * 1000 if brackets[0] != "{" or brackets == "{" else brackets * 500
    with pytest.raises(BadSlipError):
        made("receipt", "receipt.j2", text[:MOST_BYTES])


def test_what_a_template_may_write_is_bounded() -> None:
    """The longest file over the longest list stops where a slip could no longer be a slip."""
    once = "{% for one in stamps %}\n" + "{{ one.counter ~ one.counter ~ one.counter }}" * 150 + "\n{% endfor %}"
    assert len(once) < MOST_BYTES
    template = made("receipt", "receipt.j2", once)
    written: list[int] = []

    class Counter(str):
        def __str__(self) -> str:
            written.append(len(self))
            return super().__str__()

    entry = {"counter": Counter("К" * 64), "have": 1, "full": 6}
    with pytest.raises(BadSlipError, match="slip_too_long"):
        template.lines({"stamps": [entry] * 10_000})
    assert sum(written) < 100_000


def test_nothing_of_the_engine_is_left_to_name() -> None:
    assert not SANDBOX.globals
    assert not SANDBOX.tests
    assert set(SANDBOX.filters) == set(FILTERS)
    assert SANDBOX.loader is None
