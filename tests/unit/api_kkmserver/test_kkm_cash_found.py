"""Money in the drawer after a stop of the agent: while the printer does not tell, nobody says that it was not moved."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from kit.kkm_jobs import Shop, state_in

from pos_agent.api.kkmserver.answers import DONE, FAILED, RUNNING, Json, Name
from pos_agent.api.kkmserver.fields import Fields
from pos_agent.api.kkmserver.jobs import Jobs
from pos_agent.api.kkmserver.works import CashWork
from pos_agent.errors import AgentError, PrinterError
from pos_agent.store import till_requests as store

GIVEN = {"Command": "DepositingCash", "IdCommand": "k-1", "Amount": 10}


class Drawer:
    """`troubles` come first, one by one; `moves`: what was asked of the device since, as (again, only_look)."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.work = shop, CashWork("cash.in")
        self.troubles: list[Exception] = []
        self.moves: list[tuple[Any, Any]] = []
        self.stands = False

    async def move(self, args: Json) -> Json:
        if self.stands:
            await asyncio.Event().wait()
        self.moves.append((args.get("again"), args.get("only_look")))
        if self.troubles:
            raise self.troubles.pop(0)
        return {}

    def life(self, *, again: bool) -> Json:
        """What one process answers to a resend, or to `GetRezult`."""

        async def story(jobs: Jobs) -> Json:
            self._at(jobs)
            if again:
                return await (await jobs.effect(Name("DepositingCash", "k-1"), Fields(GIVEN), self.work))
            found = await jobs.result("k-1", lambda command: self.work)
            assert found is not None
            return await found.task

        told: Json = self.shop.life(story)
        return told

    def begun(self) -> None:
        """Killed with the command at the device."""

        async def story(jobs: Jobs) -> None:
            self._at(jobs)
            self.stands = True
            task = await jobs.effect(Name("DepositingCash", "k-1"), Fields(GIVEN), self.work)
            while state_in(self.shop.parts, "k-1") != store.SENT:
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait({task})
            self.stands = False

        self.shop.life(story)

    def _at(self, jobs: Any) -> None:
        def future(args: Json) -> Any:
            return asyncio.run_coroutine_threadsafe(self.move(args), loop)

        loop = asyncio.get_running_loop()
        works: Any = {
            "device.show": lambda parts, args: {"shift": "open"},
            "cash.show": lambda parts, args: {"in": [5, 1]},
            "cash.in": lambda parts, args: future(args),
        }
        jobs.operations = {name: SimpleNamespace(run=run) for name, run in works.items()}


@pytest.fixture
def drawer(tmp_path: Path) -> Iterator[Drawer]:
    shop = Shop(tmp_path)
    made = Drawer(shop)
    made.begun()
    yield made
    shop.store.close()


@pytest.mark.parametrize("again", [True, False])
@pytest.mark.parametrize("trouble", [PrinterError("PRN-03"), PrinterError("PRN-01"), AgentError("AGT-01")])
def test_the_printer_does_not_tell_now(drawer: Drawer, trouble: Exception, again: bool) -> None:
    drawer.troubles = [trouble]
    told = drawer.life(again=again)
    assert (told["Status"], told["Error"], state_in(drawer.shop.parts, "k-1")) == (RUNNING, "", store.SENT)
    assert told["Message"]
    assert drawer.life(again=again)["Status"] == DONE
    assert drawer.life(again=not again)["Status"] == DONE
    assert drawer.moves == [(True, not again)] * 2, "by the registers that were written down"


@pytest.mark.parametrize("trouble", [PrinterError("CSH-01"), PrinterError("CSH-02")])
def test_what_the_registers_decided_is_kept(drawer: Drawer, trouble: Exception) -> None:
    drawer.troubles = [trouble]
    first = drawer.life(again=False)
    assert first["Status"] == FAILED
    assert [drawer.life(again=True), drawer.life(again=False)] == [first, first]
    assert len(drawer.moves) == 1


def test_a_refusal_of_the_repeat_is_kept(drawer: Drawer) -> None:
    refused = PrinterError("PRN-09")
    refused.params = {"code": "46h", "text": "Мало денег."}
    drawer.troubles = [refused]
    assert [drawer.life(again=True)["Status"] for _ in range(2)] == [FAILED, FAILED]
    assert len(drawer.moves) == 1
