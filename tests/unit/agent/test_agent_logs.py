"""Logs: what may be read by anybody who has the log, and what never stands there."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from pos_agent.logs import TEXT_LIMIT, clean, configure, logger, redact

CANARIES = {
    "phone": "+79161234417",
    "card": "7Q4M2XKD9W",
    "email": "anna@example.org",
    "name": "Анна Козлова",
    "buyer": "anna@example.org",
    "contact": "+79161234417",
    "customer": "Анна Козлова",
    "body": {"phone": "+79161234417"},
    "lines": ["7Q4M2XKD9W"],
    "tlv": b"\xf0\x03anna@example.org",
}


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    made = io.StringIO()
    configure("info", "json", made)
    yield made
    structlog.reset_defaults()


def test_people_are_not_in_the_log(stream: io.StringIO) -> None:
    logger("test").info("document recorded", fd=42, customer_id="c-1", **CANARIES)
    told = stream.getvalue()
    assert told.count("\n") == 1
    for secret in ("9161234417", "7Q4M2X", "anna", "Анна", "Козлова"):
        assert secret not in told
    line = json.loads(told)
    assert (line["phone"], line["card"]) == ("*17", "*KD9W")
    assert (line["fd"], line["customer_id"], line["event"], line["level"]) == (42, "c-1", "document recorded", "info")
    assert {line[field] for field in CANARIES if field not in ("phone", "card")} == {"[hidden]"}


@given(st.dictionaries(st.text("abcdefghijklmnop_", min_size=1, max_size=12), st.text(min_size=1, max_size=8)))
def test_a_field_nobody_listed_is_hidden(fields: dict[str, str]) -> None:
    fields = {f"new_{name}": value for name, value in fields.items()}
    assert set(redact(None, "info", dict(fields)).values()) <= {"[hidden]"}


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_hostile_receipt_cannot_forge_a_line(form: str) -> None:
    stream = io.StringIO()
    configure("info", form, stream)
    try:
        logger("test").warning("read\n{}", why='bad\r\n{"event": "forged"}\x1b[2J\u2028', path="/x\0y")
    finally:
        structlog.reset_defaults()
    told = stream.getvalue()
    assert len(told.splitlines()) == 1
    assert not {"\x1b", "\0", "\r", "\u2028"} & set(told)


def test_errors_come_with_their_trace_on_one_line(stream: io.StringIO) -> None:
    try:
        raise ZeroDivisionError("kopecks")
    except ZeroDivisionError:
        logger("test").exception("operation failed", trace_id="abc")
    (line,) = stream.getvalue().splitlines()
    assert "ZeroDivisionError: kopecks" in json.loads(line)["exception"]


def test_what_is_below_the_level_is_not_written(stream: io.StringIO) -> None:
    logger("test").debug("chatter")
    assert stream.getvalue() == ""


@given(st.text(max_size=3000))
def test_clean_text_is_one_printable_line(text: str) -> None:
    shown = clean(text)
    assert shown.isprintable()
    assert len(shown) <= TEXT_LIMIT + 3
    if text.isprintable() and len(text) <= TEXT_LIMIT:
        assert shown == text


def test_figures_stay_figures() -> None:
    shown = redact(None, "info", {"fd": 42, "seconds": 0.5, "status": True, "why": None, "code": 0x6B})
    assert shown == {"fd": 42, "seconds": 0.5, "status": True, "why": None, "code": 0x6B}
    assert redact(None, "info", {"path": ["a", "b"]}) == {"path": "['a', 'b']"}
