"""`POST /Execute`: how long it waits, what `GetRezult` has at any rate, and what it says while the database fails."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from kit.kkm_jobs import REQUEST, Shop

from pos_agent.api.kkmserver import app
from pos_agent.api.kkmserver.answers import DONE, FAILED, NOT_FOUND, RUNNING, Json
from pos_agent.api.kkmserver.app import WORKS, Face
from pos_agent.api.kkmserver.fields import Fields
from pos_agent.api.kkmserver.jobs import Jobs
from pos_agent.store.errors import StoreBusy, StoreFull

SENT = {**REQUEST, "IdCommand": "k-1"}
POLL = {"Command": "GetRezult", "IdCommand": "k-1"}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    made = Shop(tmp_path)
    monkeypatch.setitem(WORKS, "RegisterCheck", made.work)
    yield made
    made.store.close()


def face_of(shop: Shop, *bodies: Json, jobs: type[Jobs] = Jobs) -> list[Json]:
    """The answers of one process to one request after another."""

    async def story(made: Jobs) -> list[Json]:
        face, told = Face(made), []
        for body in bodies:
            status, answer = await face.execute(json.dumps(body).encode())
            assert status == 200, answer
            told.append(answer)
        return told

    return list(shop.life(story, jobs))


@pytest.mark.parametrize(
    ("timeout", "wait_s"),
    [(None, 57), (0, 57), ("", 57), (1, None), ("1", None), (2, 1), (5, 2), (30, 27), (60, 57), (600, 57), (-5, 1)],
)
def test_how_long_a_call_waits(timeout: object, wait_s: float | None) -> None:
    """60 s is also the HTTP timeout of the vendor's sample: three less (section 4.1)."""
    assert app._wait_s(Fields({"Timeout": timeout})) == wait_s


def test_a_job_that_takes_longer_goes_on_and_is_told_as_running(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "SHORTEST_WAIT_S", 0.01)
    shop.work.stands = True
    sent, polled = face_of(shop, {**SENT, "Timeout": 2}, POLL)
    assert (sent["Status"], sent["Error"], sent["IdCommand"], sent["NumDevice"]) == (RUNNING, "", "k-1", 1)
    assert (polled["Status"], polled["IdCommand"]) == (DONE, "")
    assert {**polled["Rezult"], "Message": ""} == {**sent, "Message": ""}
    assert "CheckNumber" not in polled


def test_what_a_poll_has_of_what_is_done(shop: Shop) -> None:
    sent, polled = face_of(shop, SENT, POLL)
    assert (polled["Status"], polled["IdCommand"], polled["Rezult"], polled["CheckNumber"]) == (DONE, "", sent, 7)
    assert "NumDevice" not in polled


class Failing(Jobs):
    """The database does not take or give anything."""

    error: Exception = StoreBusy("no turn")

    def _take(self, key: str, content: Any) -> Any:
        raise self.error

    def _stored(self, key: str) -> Any:
        raise self.error


@pytest.mark.parametrize("error", [StoreBusy("no turn"), StoreFull()])
def test_while_the_database_fails_nobody_is_told_that_a_receipt_is_not_made(shop: Shop, error: Exception) -> None:
    """It may be a repeat of one that is: the client shall ask again, not ring it up again."""
    (first,) = face_of(shop, SENT)
    failing = type("Now", (Failing,), {"error": error})
    sent, polled = face_of(shop, SENT, POLL, jobs=failing)
    assert (sent["Status"], sent["Error"], sent["IdCommand"]) == (RUNNING, "", "k-1")
    assert (polled["Status"], polled["Rezult"]["Status"], polled["Rezult"]["IdCommand"]) == (DONE, RUNNING, "k-1")
    for told in (sent, polled["Rezult"]):
        assert "смен" not in told["Message"].casefold()
        assert told["Message"]
    assert face_of(shop, SENT, POLL)[1]["Rezult"] == first
    assert shop.work.runs == 1


def test_a_new_command_that_was_not_taken_is_not_known_later(shop: Shop) -> None:
    assert face_of(shop, SENT, jobs=Failing)[0]["Status"] == RUNNING
    (polled,) = face_of(shop, POLL)
    assert (polled["Status"], polled["Rezult"]["Status"], shop.work.runs) == (NOT_FOUND, NOT_FOUND, 0)


def test_without_an_id_what_was_not_taken_is_not_done(shop: Shop) -> None:
    (told,) = face_of(shop, {**SENT, "IdCommand": ""}, jobs=Failing)
    assert (told["Status"], shop.work.runs) == (FAILED, 0)
    assert told["Error"]


def test_an_answer_that_cannot_be_kept_is_given_all_the_same(shop: Shop) -> None:
    class NotKept(Jobs):
        def _finish(self, key: str, told: Json, loyalty: str) -> None:
            raise StoreFull

    sent, polled = face_of(shop, SENT, POLL, jobs=NotKept)
    assert (sent["Status"], sent["CheckNumber"]) == (DONE, 7)
    assert polled["Rezult"]["Status"] == DONE, "found anew"
    assert face_of(shop, SENT)[0]["CheckNumber"] == 7
    assert shop.work.runs == 1


def test_a_question_while_the_database_fails(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "choose", lambda given, parts: SimpleNamespace(number=1, name="till-1", part=""))
    (told,) = face_of(shop, {"Command": "GetLineLength", "IdCommand": "q-1"}, jobs=Failing)
    assert told["Status"] == FAILED
    assert "STO-09" in told["Error"]
