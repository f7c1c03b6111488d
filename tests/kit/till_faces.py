"""One register that sells through every face at once: own HTTP API, ATOL's tasks, KkmServer, the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from kit import plain_http
from kit.kkm_till import check, line
from kit.till_atol import CARD, TillRegister, free_port, position, sell
from pos_agent.api.tokens import TokenBook
from pos_agent.clock import SystemClock, SystemIds

CASH, CARD_MONEY = "cash", "card"
VAT = {"vat20": 20, "vat10": 10}


class Faces(TillRegister):
    """`cart` lines are (name, price, quantity, sum), money in kopecks. `by_...` give the ledger's new event."""

    def __init__(self, folder: Path, vendor: str, program: str) -> None:
        self.own_port, self.kkm_port = free_port(), free_port()
        own = f'listen = "127.0.0.1:{self.own_port}"\nkkmserver_listen = "127.0.0.1:{self.kkm_port}"\n'
        super().__init__(folder, vendor, settings=f"{own}quote_ms = 5000\n", program=program)
        (folder / "data").mkdir(mode=0o700, exist_ok=True)
        self.token = TokenBook(folder / "data", SystemClock(), SystemIds()).create("till", "till")

    # ------------------------------------------------------------------ requests as they are

    def own(self, method: str, path: str, body: object = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"}
        return plain_http.request(
            method, f"http://127.0.0.1:{self.own_port}{path}", json=body, headers=headers, timeout=60
        )

    def kkm(self, **body: Any) -> dict[str, Any]:
        """The answer of a command."""
        answer = plain_http.request("POST", f"http://127.0.0.1:{self.kkm_port}/Execute", json=body, timeout=60)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    # ------------------------------------------------------------------ one cart, each face's way

    def by_own(self, name: str, cart: list[tuple], paid: dict[str, int], customer: str = CARD, **chosen: Any) -> dict:
        goods = [{"id": str(at), "name": one[0], "price_kop": one[1], "qty": str(one[2]), "vat": "vat20"}
                 for at, one in enumerate(cart, 1)]  # fmt: skip
        body = {"sale": name, "basket": {"lines": goods}, "customer": customer}
        assert self.own("POST", "/v1/sales", body).status_code == 201
        if chosen:
            answer = self.own("POST", f"/v1/sales/{name}/confirm", chosen)
            assert answer.status_code == 200, answer.text
        payments = [{"kind": kind, "sum_kop": kop} for kind, kop in paid.items()]
        answer = self.own("POST", f"/v1/sales/{name}/fiscalise", {"payments": payments})
        assert answer.status_code == 200, answer.text
        return self.newest_event()

    def atol_task(self, cart: list[tuple], paid: dict[str, int], kind: str = "sell", **loyalty: Any) -> dict:
        goods = [position(one[0], one[1] / 100, one[2], amount=one[3] / 100) for one in cart]
        money = {"cash": paid.get(CASH, 0) / 100, "card": paid.get(CARD_MONEY, 0) / 100}
        return sell(*goods, kind=kind, loyalty={"customer": CARD, **loyalty}, **money)

    def by_atol(self, name: str, task: dict) -> dict:
        (found,) = self.do(name, task)
        assert found["status"] == "ready", found
        return self.newest_event()

    def kkm_check(self, cart: list[tuple], paid: dict[str, int], kind: int = 0, **more: Any) -> dict[str, Any]:
        goods = [line(one[0], one[1] / 100, one[3] / 100, one[2], Tax=20) for one in cart]
        money = {"Cash": paid.get(CASH, 0) / 100, "ElectronicPayment": paid.get(CARD_MONEY, 0) / 100}
        return check(*goods, TypeCheck=kind, Command="RegisterCheck", AdditionalAttribute=CARD, **money, **more)

    def by_kkm(self, name: str, body: dict[str, Any]) -> dict:
        answer = self.kkm(IdCommand=name, **body)
        assert answer["Status"] == 0, answer
        return self.newest_event()

    # ------------------------------------------------------------------ what is left of it

    def newest_event(self) -> dict:
        """The last receipt's event, once the ledger has every document."""
        self.settled(60)
        return [one for one in self.events() if one["kind"] == "receipt"][-1]

    def items(self) -> list[tuple]:
        """(name, price, quantity, sum) of each item of the storage's last document."""
        tags = self.documents()[-1]["tags"]
        goods = [{one["tag"]: one["value"] for one in tag["tags"]} for tag in tags if tag["tag"] == 1059]
        return [(one[1030], one[1079], one[1023], one[1043]) for one in goods]


@contextmanager
def faces(folder: Path, vendor: str, program: str) -> Iterator[Faces]:
    """Started, with its customer; everything ends with the block."""
    made = Faces(folder, vendor, program)
    try:
        made.start()
        yield made
    finally:
        made.http.close()
        made.close()


def told(event: dict) -> dict:
    """An event without ids, numbers of documents, times and the course of the customer's own figures."""
    entries = [
        {name: value for name, value in entry.items() if name in ("kind", "program", "amount_pt", "earned")}
        for entry in event["entries"]
    ]
    names = ("by", "lines", "applied", "rules", "flags", "spent_pt", "returned", "operation")
    facts = {name: value for name, value in event["facts"].items() if name in names}
    for one in facts.get("lines", ()):
        one.pop("id", None)  # the face's own
    return {"entries": entries, "facts": facts, "net_kop": event["purchase"]["net_kop"], "customer": event["customer"]}
