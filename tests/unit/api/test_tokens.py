"""Tokens and entry codes: shown once, kept as hashes, dead when they should be."""

from __future__ import annotations

import json
import stat
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pos_agent.api.entry import LIFE_S, TRIES, EntryCodes
from pos_agent.api.gate.access import token_hash
from pos_agent.api.tokens import TokenBook
from pos_agent.clock import SystemIds
from pos_agent.errors import AgentError, UsageError


class HandClock:
    """Time stands until told otherwise."""

    seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime(2026, 11, 21, 15, 5, tzinfo=UTC)

    def wait(self, event: threading.Event, seconds: float) -> bool:
        return event.is_set()


@pytest.fixture
def book(tmp_path: Path) -> TokenBook:
    return TokenBook(tmp_path, HandClock(), SystemIds())


def test_a_token_is_kept_as_a_hash_in_a_file_of_its_own(book: TokenBook) -> None:
    secret = book.create("kassa", "till")
    assert len(secret) >= 43
    text = book.path.read_text()
    assert secret not in text
    assert json.loads(text)["tokens"][0]["hash"] == token_hash(secret)
    assert stat.S_IMODE(book.path.stat().st_mode) == 0o600
    assert book.clients()[token_hash(secret)].role == "till"
    again = TokenBook(book.path.parent.parent, HandClock(), SystemIds())
    assert again.clients() == book.clients()


def test_a_revoked_token_opens_nothing_and_its_name_is_free(book: TokenBook) -> None:
    first = book.create("kassa", "till")
    with pytest.raises(UsageError, match="TOK-01"):
        book.create("kassa", "till")
    book.revoke("kassa")
    assert book.clients() == {}
    with pytest.raises(UsageError, match="TOK-02"):
        book.revoke("kassa")
    second = book.create("kassa", "cashier")
    assert set(book.clients()) == {token_hash(second)}
    assert first != second


def test_a_damaged_file_is_told_not_taken_for_empty(book: TokenBook) -> None:
    book.create("kassa", "till")
    book.path.write_text(book.path.read_text()[:40])
    with pytest.raises(AgentError, match="TOK-03"):
        TokenBook(book.path.parent.parent, HandClock(), SystemIds())


@pytest.fixture
def codes(book: TokenBook) -> EntryCodes:
    return EntryCodes(book, book._clock, SystemIds())


def wrong(digits: str) -> str:
    return f"{(int(digits) + 1) % 1_000_000:06}"


def test_a_code_opens_once(codes: EntryCodes, book: TokenBook) -> None:
    digits = codes.issue("page", "cashier")
    role, token = codes.enter(digits)
    assert (role, book.clients()[token_hash(token)].role) == ("cashier", "cashier")
    with pytest.raises(AgentError, match="TOK-04"):
        codes.enter(digits)


def test_a_page_that_enters_again_gets_a_name_of_its_own(codes: EntryCodes, book: TokenBook) -> None:
    for _ in range(3):
        codes.enter(codes.issue("page", "cashier"))
    assert [one.name for one in book.all()] == ["page", "page-2", "page-3"]


def test_the_third_wrong_try_kills_the_code(codes: EntryCodes) -> None:
    digits = codes.issue("page", "cashier")
    for _ in range(TRIES):
        with pytest.raises(AgentError, match="TOK-04"):
            codes.enter(wrong(digits))
    with pytest.raises(AgentError, match="TOK-04"):
        codes.enter(digits)


def test_an_old_code_is_dead(codes: EntryCodes, book: TokenBook) -> None:
    digits = codes.issue("page", "cashier")
    HandClock.seconds = LIFE_S
    try:
        with pytest.raises(AgentError, match="TOK-04"):
            codes.enter(digits)
    finally:
        HandClock.seconds = 0.0
