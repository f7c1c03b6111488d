"""kill -9 of the agent between the POST of a till and its GET: a resend of the known id makes no second document.

What each moment of the kill leads to is in tests/long; here is the least that every run has to see, on both faces.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
from kit.often import often
from kit.till_atol import RULES
from kit.till_faces import CASH, Faces, faces
from kit.waiting import until

CART = [("Чай", 10000, 1, 10000)]
PAID = {CASH: 10000}
KKM = [
    ("after:kkm sent", False, "GetRezult"),
    ("before:kkm done", True, "again"),
    ("after:kkm sent", False, "again"),
    ("before:kkm done", True, "GetRezult"),
]


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faces]:
    with faces(tmp_path_factory.mktemp("resend"), "shtrih", RULES) as made:
        made.by_atol("open", made.atol_task(CART, PAID))
        yield made


def killed(register: Faces, point: str, send: Any) -> None:
    """The agent dies there by what is sent; another one is started."""
    register.stop_agent()
    register.start_agent(kill_at=point)
    until(register.serves, 90)
    until(lambda: register.status()["printer"]["connected"], 90)
    with suppress(httpx.TransportError):
        send()
    until(lambda: register.agent.poll() is not None, 60)
    assert register.agent.returncode == -signal.SIGKILL, point
    register.run_agent()


@pytest.mark.parametrize(("point", "made", "asks"), often(KKM, 2))
def test_kkmserver(register: Faces, point: str, made: bool, asks: str) -> None:
    before, name = len(register.receipts()), f"{point}/{asks}"
    body = {"IdCommand": name, "Timeout": 1, **register.kkm_check(CART, PAID)}
    killed(register, point, lambda: register.kkm(**body))
    assert len(register.receipts()) == before + made, "of the storage itself"
    poll = {"Command": "GetRezult", "IdCommand": name}
    if asks == "again":
        register.kkm(**{**body, "Timeout": 60})

    def over() -> dict | None:
        found = register.kkm(**poll)["Rezult"]
        return found if found["Status"] != 1 else None

    told = until(over, 60)
    expected = int(made or asks == "again")
    assert (told["Status"], len(register.receipts())) == (0 if expected else 2, before + expected), told
    assert told.get("CheckNumber") == (register.documents()[-1]["fd_number"] if expected else None)
    body["Timeout"] = 60
    assert register.kkm(**body) == told
    assert len(register.receipts()) == before + expected
    other = register.kkm(**{**body, **register.kkm_check([("Чай", 9000, 1, 9000)], {CASH: 9000})})
    assert (other["Status"], len(register.receipts())) == (2, before + expected)


@pytest.mark.parametrize("point", often(["before:till request done", "after:till request runs", "after:till request"]))
def test_atol(register: Faces, point: str) -> None:
    before, task = len(register.receipts()), register.atol_task(CART, PAID)
    killed(register, point, lambda: register.post(point, task))
    assert register.post(point, task).status_code == 409
    (told,) = register.done(point)
    assert (told["status"], len(register.receipts())) == ("ready", before + 1), told
    assert told["result"]["fiscalParams"]["fiscalDocumentNumber"] == register.documents()[-1]["fd_number"]
    other = register.atol_task([("Чай", 9000, 1, 9000)], {CASH: 9000})
    assert register.post(point, other).status_code == 409, "whatever it holds"
    assert register.get(point) == [told]
    assert len(register.receipts()) == before + 1
