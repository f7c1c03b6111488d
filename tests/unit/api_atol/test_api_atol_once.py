"""A uuid is done once: sent again, sent at once, stopped at any moment (`till`: see conftest)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pos_agent.api.atol_tasks.worker import TOO_OLD
from pos_agent.errors import AgentError

SELL, OTHER, CASH, ASK = {"type": "sell"}, {"type": "sellReturn"}, {"type": "cashIn"}, {"type": "getFnStatus"}
BEFORE, AFTER = "before", "after"  # the document is in the storage


class GoneError(BaseException):
    """The process ends here."""


def refused_again(till: Any, uuid: str) -> None:
    """409 in both generations, whatever it holds, and nothing more is done."""
    done, known = list(till.storage.done), till.book.get(uuid)
    for path in ("/api/v2/requests", "/requests", "/requests//"):
        for task in (SELL, OTHER, ASK):
            assert till.post(uuid, task, path=path) == 409
    assert (till.storage.done, till.book.get(uuid)) == (done, known)


@pytest.mark.parametrize("state", ["asked", "sent", "done", "dropped", "failed"])
def test_a_known_uuid_is_409_in_every_state_and_in_the_next_process(till: Any, state: str) -> None:
    assert till.post("u-1", {"type": "makeCoffee"} if state == "failed" else SELL) == 201
    if state == "dropped":
        assert till.ask("DELETE", "/api/v2/requests/u-1").status_code == 200
    elif state == "sent":
        till.killed(BEFORE)
    elif state != "asked":
        till.work()
    for _ in range(2):
        refused_again(till, "u-1")
        till.begin()
    till.work()
    assert till.storage.done == ([] if state in ("dropped", "failed") else ["u-1"])


def test_posts_at_once_are_one(till: Any) -> None:
    with ThreadPoolExecutor(8) as pool:
        told = sorted(pool.map(lambda _: till.post("u-1", SELL), range(8)))
    assert told == [201] + [409] * 7
    till.work()
    assert till.storage.done == ["u-1"]


@pytest.mark.parametrize(("moment", "recovered"), [(BEFORE, False), (AFTER, True)])
@pytest.mark.parametrize("times", [1, 3])
def test_killed_between_the_post_and_the_get(till: Any, moment: str, recovered: bool, times: int) -> None:
    till.post("u-1", SELL)
    till.killed(moment)
    for _ in range(times - 1):
        if moment == BEFORE:
            till.killed(moment)
    refused_again(till, "u-1")
    till.work()
    (item,) = till.items("u-1")
    assert (item["status"], item["result"]) == ("ready", {"sold": "u-1", "recovered": recovered})
    assert till.storage.done == ["u-1"]
    till.begin()
    assert till.items("u-1") == [item], "after another restart as well"


def test_killed_after_the_document_and_asked_long_after(till: Any) -> None:
    """What is made is found however late; what is not made is not made any more."""
    for uuid, moment in (("made", AFTER), ("not", BEFORE)):
        till.post(uuid, SELL)
        till.killed(moment)
        till.clock.advance(TOO_OLD.total_seconds() + 1)
        till.work()
    assert (till.statuses("made"), till.statuses("not")) == (["ready"], ["error"])
    assert till.items("not")[0]["error"]["code"] == 241
    assert till.storage.done == ["made"]


@pytest.mark.parametrize("kind", ["cashIn", "cashOut"])
@pytest.mark.parametrize("moment", [BEFORE, AFTER])
def test_money_in_the_drawer_is_never_moved_again(till: Any, moment: str, kind: str) -> None:
    till.post("u-1", {"type": kind}, ASK)
    till.killed(moment)
    till.work()
    assert till.statuses("u-1") == ["error", "interrupted"]
    assert [one["error"]["code"] for one in till.items("u-1")] == [15, 502]
    assert till.storage.done == ([kind] if moment == AFTER else [])


def test_finished_tasks_of_a_request_are_not_done_again(till: Any) -> None:
    till.post("u-1", CASH, SELL)
    progress = till.book.progress

    def dies(known: Any, items: Any, **more: Any) -> Any:
        kept = progress(known, items, **more)
        if items and not more:
            raise GoneError
        return kept

    till.book.progress = dies
    with pytest.raises(GoneError):
        till.work()
    till.begin()
    till.work()
    assert (till.statuses("u-1"), till.storage.done) == (["ready", "ready"], ["cashIn", "u-1"])


def test_the_end_cannot_be_written_down_and_is_found_later(till: Any) -> None:
    till.post("u-1", SELL)
    finish = till.book.finish
    till.book.finish = lambda *given: (_ for _ in ()).throw(AgentError("STO-01"))
    with pytest.raises(AgentError):
        till.work()
    refused = till.post("u-1", SELL)
    till.book.finish = finish
    till.work()
    assert (refused, till.statuses("u-1"), till.storage.done) == (409, ["ready"], ["u-1"])


def test_what_follows_the_task_that_was_stopped_was_not_begun_and_is_done(till: Any) -> None:
    till.post("u-1", SELL, CASH)
    till.killed(AFTER)
    till.work()
    assert (till.statuses("u-1"), till.storage.done) == (["ready", "ready"], ["u-1", "cashIn"])


def test_taken_back_between_the_look_and_the_work(till: Any) -> None:
    till.post("u-1", SELL)
    (seen,) = till.book.open()
    assert till.ask("DELETE", "/requests/u-1").status_code == 200
    till.runner.run(seen)
    assert (till.statuses("u-1"), till.storage.done) == (["canceled"], [])


def test_the_next_process_sells_by_the_offer_of_the_first(till: Any) -> None:
    till.post("u-1", SELL)
    till.killed(BEFORE)
    till.work()
    assert till.storage.kept == [{}, {"basket": {}, "total_kop": 1}]


@pytest.mark.parametrize("moment", [BEFORE, AFTER])
def test_after_a_restart_a_silent_storage_is_asked_until_it_tells(till: Any, moment: str) -> None:
    till.post("u-1", SELL)
    till.killed(moment)
    till.storage.silent = 3
    till.work()
    assert (till.statuses("u-1"), till.storage.done, till.storage.silent) == (["ready"], ["u-1"], -1)


@pytest.mark.parametrize("trouble", [AgentError("STO-09", why=""), ValueError("a bug")])
def test_whatever_fails_after_the_document_it_is_made(till: Any, trouble: Exception) -> None:
    till.post("u-1", SELL)
    till.storage.troubles = [trouble]
    till.work()
    assert (till.statuses("u-1"), till.storage.done) == (["ready"], ["u-1"])
