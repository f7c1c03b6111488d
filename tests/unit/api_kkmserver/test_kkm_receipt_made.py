"""A receipt that is made is never told, nor kept, as failed: whatever of ours fails, the next look finds it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from kit.kkm_jobs import REQUEST, Shop, state_in

from pos_agent.api.kkmserver import register, sale, standing
from pos_agent.api.kkmserver.answers import DONE, FAILED, RUNNING, Json, Name
from pos_agent.api.kkmserver.fields import Fields, WrongFieldError
from pos_agent.api.kkmserver.jobs import Job, Jobs, Result
from pos_agent.api.kkmserver.offer import Offer
from pos_agent.api.kkmserver.register import RegisterWork
from pos_agent.api.kkmserver.standing import Standing
from pos_agent.api.till_book import ABSENT, CHECKING, REGISTERED
from pos_agent.errors import AgentError, UsageError
from pos_agent.store import till_requests as store
from pos_agent.store.errors import StoreBusy, StoreFull

FISCAL = {**REQUEST, "IsFiscalCheck": True}
OFFER = Offer(armed="arm-1")
CHECK: Any = SimpleNamespace(prints=(), unprinted="")


class Sold(RegisterWork):
    """Everything after the price; `sold` are the desk's receipts."""

    def __init__(self) -> None:
        self.sold: list[str] = []

    async def run(self, job: Job) -> Result:
        await job.note(offer=OFFER.to_json(), sale="kkm-k-1")
        order: Any = "kkm-k-1"
        return await self._sold(job, CHECK, OFFER, order)


class World:
    """`fails`: what of ours fails, once; `word` of the desk's records."""

    def __init__(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shop, self.work, self.word = shop, Sold(), REGISTERED
        self.fails: dict[str, Exception] = {}

        def ask(work: Callable[[Any], object]) -> Future[object]:
            done: Future[object] = Future()
            self.work.sold.append("receipt")
            done.set_result(None)
            return done

        watch = SimpleNamespace(line=SimpleNamespace(state=SimpleNamespace(identity=None)))
        actor: Any = SimpleNamespace(ask=ask, watch=watch)
        desk: Any = SimpleNamespace()
        shop.parts = replace(shop.parts, desk=desk, actor=actor)
        register_work: Any = self.work
        shop.work = register_work

        def look(job: Any) -> Standing:
            self.reach("standing")
            part: Any = SimpleNamespace(part="", document="9/7")
            return Standing(self.word, (part,) if self.word == REGISTERED else ())

        monkeypatch.setattr(standing, "_look", look)
        monkeypatch.setattr(register, "main_of", lambda made: made[0])
        monkeypatch.setattr(sale, "registered", lambda parts, made: self.reach("registered") or {"CheckNumber": 7})
        monkeypatch.setattr(register, "_use", lambda job, armed, document: self.reach("armed card"))
        monkeypatch.setattr(register, "_read", lambda job: self.reach("read") or CHECK)
        monkeypatch.setattr(sale, "order_of", lambda parts, name, check, offer: self.reach("order") or name)

    def reach(self, place: str) -> None:
        if place in self.fails:
            raise self.fails.pop(place)

    def sent(self) -> Json:
        told: Json = self.shop.life(lambda jobs: self.shop.sent(jobs, request=FISCAL))
        return told

    def asked(self) -> Json:
        told: Json = self.shop.life(self.shop.asked)
        return told

    def begun(self) -> None:
        """Killed with the receipt at the desk."""

        given = Fields({**FISCAL, "IdCommand": "k-1"})

        async def story(jobs: Jobs) -> None:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(self.work, "_sold", lambda *given: asyncio.Event().wait())
                task = await jobs.effect(Name("RegisterCheck", "k-1"), given, self.work)
                while state_in(self.shop.parts, "k-1") != store.SENT:
                    await asyncio.sleep(0)
                task.cancel()
                await asyncio.wait({task})

        self.shop.life(story)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    shop = Shop(tmp_path)
    yield World(shop, monkeypatch)
    shop.store.close()


@pytest.mark.parametrize("error", [StoreBusy("no turn"), StoreFull()])
@pytest.mark.parametrize("place", ["standing", "registered", "armed card"])
def test_after_the_receipt_the_database_fails(world: World, place: str, error: AgentError) -> None:
    world.fails = {place: error}
    first = world.sent()
    assert first["Status"] in (DONE, RUNNING), first
    assert not first["Error"]
    assert (world.asked()["Status"], world.sent()["CheckNumber"], world.work.sold) == (DONE, 7, ["receipt"])


@pytest.mark.parametrize("asks", ["sent", "asked"])
@pytest.mark.parametrize("place", ["standing", "registered", "armed card"])
def test_found_after_a_stop_the_database_fails(world: World, place: str, asks: str) -> None:
    world.begun()
    world.fails = {place: StoreBusy("no turn")}
    assert getattr(world, asks)()["Status"] in (DONE, RUNNING)
    assert (world.asked()["Status"], world.sent()["CheckNumber"], world.work.sold) == (DONE, 7, [])


def test_a_made_receipt_is_found_though_its_request_is_read_otherwise_now(world: World) -> None:
    """The settings are others now: parts, requisites."""
    world.begun()
    world.fails = {"read": WrongFieldError("Строка 1: нет такой части: ip")}
    assert world.sent()["CheckNumber"] == 7


@pytest.mark.parametrize("error", [StoreBusy("no turn"), UsageError("RET-01"), WrongFieldError("столько нет")])
@pytest.mark.parametrize("place", ["read", "order"])
def test_in_doubt_nothing_is_told_as_failed(world: World, place: str, error: Exception) -> None:
    world.begun()
    world.word, world.fails = CHECKING, {place: error}
    assert (world.sent()["Status"], state_in(world.shop.parts, "k-1")) == (RUNNING, store.SENT)
    world.word = REGISTERED
    assert world.asked()["CheckNumber"] == 7


def test_what_is_surely_absent_may_fail(world: World) -> None:
    world.begun()
    world.word, world.fails = ABSENT, {"order": WrongFieldError("столько нет")}
    assert (world.sent()["Status"], world.asked()["Status"]) == (FAILED, FAILED)
