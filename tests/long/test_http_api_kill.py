"""kill -9 of the agent between a till's POST and its GET: the request is there again, and there is one receipt."""

from __future__ import annotations

import signal
from contextlib import suppress

import httpx
import pytest
from kit import plain_http
from kit.register import CARD, OPEN, Register
from kit.waiting import until

from pos_agent.api.tokens import TokenBook
from pos_agent.clock import SystemClock, SystemIds

BASKET = {"lines": [{"id": "1", "name": "Кофе", "price_kop": 10_000, "qty": "1"}]}
# Before anything was begun, and with the receipt in the storage; the points between are those of `test_sale_kill`.
POINTS = {"after:till request sent": 0, "after:document": 1}
START_S = 90  # of a process on a busy machine


class Till:
    """Speaks HTTP to whatever process is there now; its token outlives them all."""

    def __init__(self, register: Register) -> None:
        self.register, self.token = register, ""
        register.extra += '[http]\nlisten = "127.0.0.1:18734"\nquote_ms = 5000\n'

    def prepare(self) -> None:
        self.token = TokenBook(self.register.folder / "data", SystemClock(), SystemIds()).create("till", "till")

    def ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"}
        return plain_http.request(method, f"http://127.0.0.1:18734{path}", json=body, headers=headers, timeout=40)

    def settled(self, sale_id: str) -> dict | None:
        """Where it stands, once that is known."""
        told = self.ask("GET", f"/v1/sales/{sale_id}").json()
        return None if told["state"] == "checking" else told

    def answers(self) -> bool:
        try:
            return self.ask("GET", "/readyz").status_code == 200
        except httpx.TransportError:
            return False


def receipts(register: Register) -> int:
    return len([one for one in register.documents() if one["form"] == 3])


@pytest.mark.parametrize("point", POINTS)
def test_killed_between_post_and_get(register: Register, point: str) -> None:
    till, printed = Till(register), POINTS[point]
    register.start_printer()
    register.prepare()
    till.prepare()
    register.till(OPEN)
    register.start_agent(kill_at=point)
    until(till.answers, START_S)
    till.ask("POST", "/v1/sales", {"sale": "s-1", "basket": BASKET, "customer": CARD})
    with suppress(httpx.TransportError):
        till.ask("POST", "/v1/sales/s-1/fiscalise", {"payments": [{"kind": "card", "sum_kop": 10_000}]})
    assert register.agent.wait(60) == -signal.SIGKILL
    assert receipts(register) == printed

    register.start_agent()
    until(till.answers, START_S)
    told = until(lambda: till.settled("s-1"), 60)
    assert (told["state"], told["final"]) == (("registered", True) if printed else ("not_executed", False))
    assert receipts(register) == printed  # nothing was printed by itself
    done = till.ask("POST", "/v1/sales/s-1/fiscalise", {}).json()
    assert (done["state"], done["answer"]["total_kop"]) == ("registered", 10_000)
    assert told["answer"] == (done["answer"] if printed else None)
    assert till.settled("s-1")["answer"] == done["answer"]
    assert receipts(register) == 1
    register.settled()
    assert register.active_pt() == 1000
    assert register.ask("ledger.verify")["ok"]
