"""KkmServer's jobs on a database of their own, with works that are counted instead of a device."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kit.memory_register import CountedIds, VirtualClock
from pos_agent.api.kkmserver.answers import NOT_FOUND, Json, Name
from pos_agent.api.kkmserver.fields import Fields
from pos_agent.api.kkmserver.jobs import Job, Jobs, Result
from pos_agent.api.operation import Parts
from pos_agent.config import Config
from pos_agent.store import till_requests as store
from pos_agent.store.keys import Keys
from pos_agent.store.store import Store

REQUEST = {"Command": "RegisterCheck", "Cash": 10, "CheckStrings": [{"Register": {"Name": "Чай", "Amount": 10}}]}


@dataclass
class Counted:
    """A command whose carrying out is counted. `stands`: it never ends; `begins`: it gets as far as the device.

    With `free` it ends when that is set.
    """

    stands: bool = False
    begins: bool = True
    ends: Callable[[], Result] = lambda: Result({"CheckNumber": 7})
    free: asyncio.Event | None = None
    runs: int = 0
    revived: list[tuple[bool, object]] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    async def run(self, job: Job) -> Result:
        self.runs += 1
        self.seen.append(state_of(job))
        if self.begins:
            await job.note(before=self.runs)
            self.seen.append(state_of(job))
        return await self._ended()

    async def revive(self, job: Job, again: bool) -> Result:
        self.revived.append((again, job.content.get("before")))
        return await self._ended()

    async def _ended(self) -> Result:
        if self.stands:
            await asyncio.Event().wait()
        if self.free is not None:
            await self.free.wait()
        return self.ends()


def state_of(job: Job) -> str:
    with job.parts.views.reading() as view:
        found = view.till_requests.get(store.KKMSERVER, job.key)
    return "" if found is None else found.state


class Shop:
    """One agent on one database; `life` is a process of it: what runs when it ends is killed."""

    def __init__(self, folder: Path) -> None:
        self.store = Store.open(folder / "agent.db", Keys.derive(bytes(range(32))), VirtualClock(), CountedIds())
        config = Config(agent={"data_dir": folder, "socket": folder / "s"}, printer={"port": "/dev/none"})
        self.parts = Parts(config, self.store, VirtualClock(), CountedIds())
        self.work = Counted()

    def life(self, story: Callable[[Jobs], Coroutine[Any, Any, Any]], jobs: type[Jobs] = Jobs) -> Any:
        return asyncio.run(story(jobs(self.parts, {}, "till-1")))

    async def sent(self, jobs: Jobs, name: str = "k-1", request: Json = REQUEST, wait: bool = True) -> Json:
        """The answer; with `wait` off {} as soon as the command is taken and its carrying out has begun."""
        fields = Fields({**request, "IdCommand": name})
        task = await jobs.effect(Name(str(request.get("Command", "RegisterCheck")), name), fields, self.work)
        if wait:
            return await task
        await begun(lambda: (bool(self.work.seen) and state_in(self.parts, name) == store.SENT) or not self.work.begins)
        return {}

    async def asked(self, jobs: Jobs, name: str = "k-1") -> Json:
        """What `GetRezult` gives."""
        found = await jobs.result(name, lambda command: self.work)
        return {"Status": NOT_FOUND} if found is None else await found.task


def state_in(parts: Parts, name: str) -> str:
    with parts.views.reading() as view:
        found = view.till_requests.get(store.KKMSERVER, name)
    return "" if found is None else found.state


async def begun(holds: Callable[[], bool]) -> None:
    for _ in range(2000):
        if holds():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("not within the time")
