"""A command is carried out once for one IdCommand: sent again, at once, spelled otherwise, after a restart."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kit.kkm_jobs import REQUEST, Shop, begun, state_in

from pos_agent.api.kkmserver.answers import DONE, FAILED, RUNNING, FailedError, Json, Name
from pos_agent.api.kkmserver.app import WORKS, Face
from pos_agent.api.kkmserver.fields import Fields
from pos_agent.api.kkmserver.jobs import OTHER_CONTENT, Job, Jobs, PendingError, Result
from pos_agent.store import till_requests as store

SPELLED_OTHERWISE = {
    "command": "RegisterCheck",
    "CASH": 10,
    "Timeout": 30,
    "checkstrings": [{"register": {"NAME": "Чай", "Amount": 10}}],
    "ClientId": "7",
    "KeySubLicensing": None,
    "Number": None,
}
OTHER = {**REQUEST, "Cash": 11}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.store.close()


def test_a_repeat_in_other_letters_gives_the_same_answer(shop: Shop) -> None:
    async def story(jobs: Jobs) -> list[Json]:
        first = await shop.sent(jobs)
        return [first, await shop.sent(jobs, request=SPELLED_OTHERWISE), await shop.asked(jobs)]

    first, second, asked = shop.life(story)
    assert first == second == asked
    assert (first["Status"], first["CheckNumber"], shop.work.runs) == (DONE, 7, 1)
    assert shop.life(story) == [first, first, first], "after a restart as well"
    assert (shop.work.runs, shop.work.revived) == (1, [])


@pytest.mark.parametrize("request_", [OTHER, {**REQUEST, "Command": "XReport"}], ids=["content", "command"])
@pytest.mark.parametrize("ends", [True, False])
def test_other_content_under_the_id_is_refused(shop: Shop, request_: Json, ends: bool) -> None:
    shop.work.stands = not ends

    async def first(jobs: Jobs) -> Json:
        await shop.sent(jobs, wait=ends)
        return await shop.sent(jobs, request=request_)

    async def later(jobs: Jobs) -> Json:
        return await shop.sent(jobs, request=request_)

    for told in (shop.life(first), shop.life(later)):
        assert (told["Status"], told["Error"]) == (FAILED, OTHER_CONTENT)
    assert (shop.work.runs, shop.work.revived) == (1, [])


def test_it_is_written_down_before_anything_is_done(shop: Shop) -> None:
    shop.life(shop.sent)
    assert shop.work.seen == [store.ASKED, store.SENT]
    assert state_in(shop.parts, "k-1") == store.DONE


def test_equal_commands_at_once_are_one(shop: Shop) -> None:
    async def story(jobs: Jobs) -> list[Json]:
        return list(await asyncio.gather(*(shop.sent(jobs) for _ in range(8))))

    answers = shop.life(story)
    assert answers == [answers[0]] * 8
    assert shop.work.runs == 1


def test_a_repeat_that_is_read_while_the_first_ends(shop: Shop) -> None:
    """The row that it read is an old one by the time it is looked at."""
    over = threading.Event()

    class Slow(Jobs):
        taken = 0

        def _take(self, key: str, content: Any) -> store.TillRequest:
            found = super()._take(key, content)
            self.taken += 1
            if self.taken == 2:
                assert over.wait(20)
            return found

    async def story(jobs: Jobs) -> list[Json]:
        task = await jobs.effect(Name("RegisterCheck", "k-1"), Fields({**REQUEST, "IdCommand": "k-1"}), shop.work)
        task.add_done_callback(lambda _: asyncio.get_running_loop().call_later(0.02, over.set))
        return [await shop.sent(jobs), await task]

    first, second = shop.life(story, Slow)
    assert first == second
    assert (shop.work.runs, shop.work.revived) == (1, [])


@pytest.mark.parametrize("asks", ["again", "GetRezult"])
def test_killed_in_the_middle(shop: Shop, asks: str) -> None:
    """The next process goes on with what was begun, once, with what was written down of it."""
    shop.work.stands = True
    shop.life(lambda jobs: shop.sent(jobs, wait=False))
    shop.work.stands = False
    ask = shop.sent if asks == "again" else shop.asked
    first = shop.life(ask)
    assert first["Status"] == DONE
    assert (shop.work.runs, shop.work.revived) == (1, [(asks == "again", 1)])
    assert [shop.life(shop.sent), shop.life(shop.asked)] == [first, first]
    assert (shop.work.runs, len(shop.work.revived)) == (1, 1)


def test_killed_twice(shop: Shop) -> None:
    shop.work.stands = True
    for _ in range(3):
        shop.life(lambda jobs: shop.sent(jobs, wait=False))
    assert shop.work.runs == 1
    assert shop.work.revived == [(True, 1)] * 2


def test_killed_before_the_device_had_it(shop: Shop) -> None:
    shop.work.stands, shop.work.begins = True, False
    shop.life(lambda jobs: shop.sent(jobs, wait=False))
    assert state_in(shop.parts, "k-1") == store.ASKED
    shop.work.stands, shop.work.begins = False, True
    assert shop.life(shop.sent)["Status"] == DONE
    assert shop.work.revived == []


def test_killed_before_the_device_had_it_and_only_asked_about(shop: Shop) -> None:
    """A poll prints nothing; what it was told holds for ever."""
    shop.work.stands, shop.work.begins = True, False
    shop.life(lambda jobs: shop.sent(jobs, wait=False))
    runs, shop.work.stands = shop.work.runs, False
    told = shop.life(shop.asked)
    assert (told["Status"], "Команда не начата" in told["Error"]) == (FAILED, True)
    assert shop.life(shop.sent) == told
    assert (shop.work.runs, shop.work.revived) == (runs, [])


def test_what_is_not_known_yet_is_asked_again(shop: Shop) -> None:
    def unknown() -> Result:
        raise PendingError("Исход чека выясняется.")

    shop.work.ends = unknown
    assert shop.life(shop.sent)["Status"] == RUNNING
    assert shop.life(shop.asked)["Status"] == RUNNING
    shop.work.ends = lambda: Result({"CheckNumber": 9})
    assert shop.life(shop.asked)["CheckNumber"] == 9
    assert (shop.work.runs, shop.work.revived) == (1, [(False, 1), (False, 1)])


def test_an_unexpected_end_is_looked_into_again(shop: Shop) -> None:
    """Nobody knows what it left behind: neither done nor refused for good."""

    def broken() -> Result:
        raise ZeroDivisionError

    shop.work.ends = broken
    assert "AGT-04" in shop.life(shop.sent)["Error"]
    assert state_in(shop.parts, "k-1") == store.SENT
    shop.work.ends = lambda: Result({"CheckNumber": 9})
    assert shop.life(shop.sent)["CheckNumber"] == 9
    assert (shop.work.runs, shop.work.revived) == (1, [(True, 1)])


def test_a_failure_is_kept_too(shop: Shop) -> None:
    def refused() -> Result:
        raise FailedError("Чек не пробит.")

    shop.work.ends = refused
    first = shop.life(shop.sent)
    assert (first["Status"], first["Error"]) == (FAILED, "Чек не пробит.")
    assert shop.life(shop.sent) == first
    assert (shop.work.runs, shop.work.revived) == (1, [])


def test_who_hangs_up_stops_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WORKS, "RegisterCheck", shop.work)
    body = json.dumps({**REQUEST, "IdCommand": "k-1"}).encode()

    async def story(jobs: Jobs) -> Json:
        shop.work.free = asyncio.Event()
        caller = asyncio.create_task(Face(jobs).execute(body))
        await begun(lambda: len(shop.work.seen) == 2)
        caller.cancel()
        await asyncio.wait({caller})
        shop.work.free.set()
        return await shop.asked(jobs)

    assert shop.life(story)["CheckNumber"] == 7
    assert (shop.work.runs, shop.work.revived) == (1, [])


def test_commands_without_an_id_are_each_their_own(shop: Shop) -> None:
    for _ in range(2):
        shop.life(lambda jobs: shop.sent(jobs, name=""))
    assert shop.work.runs == 2


def test_a_question_and_a_command_share_no_id(shop: Shop) -> None:
    async def question(jobs: Jobs, name: str) -> Json:
        async def told(job: Job) -> Result:
            return Result({"LineLength": 48})

        given = Fields({"Command": "GetLineLength", "IdCommand": name})
        return await (await jobs.query(Name("GetLineLength", name), given, told))

    async def story(jobs: Jobs) -> list[Json]:
        asked = await question(jobs, "q-1")
        taken = await shop.sent(jobs, name="q-1")
        return [asked, taken, await shop.sent(jobs), await question(jobs, "k-1")]

    asked, taken, done, other = shop.life(story)
    assert (asked["Status"], done["Status"]) == (DONE, DONE)
    assert (taken["Error"], other["Error"]) == (OTHER_CONTENT, OTHER_CONTENT)
    assert shop.work.runs == 1
    assert shop.life(lambda jobs: question(jobs, "k-1"))["Error"] == OTHER_CONTENT
