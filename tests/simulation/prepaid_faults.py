"""Certificates and sales in parts with faults, from a seed: nothing doubled, lost or wrong, nothing spent twice.

    PYTHONPATH=tests .venv/bin/python -m simulation.prepaid_faults --acts 400 --seed 1

One act: a certificate is sold, a basket is paid with one, a basket over two taxation systems is paid with points and a
certificate, or a receipt comes back. Faults come while it is asked for; between a first answer and the repeat somebody
else tries to pay with the same certificate. Judged by the documents of the emulated storage and rows of the database.
"""

import argparse
import random
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kit.prepaid_story import CERTIFICATE, CREAM, HAIRCUT, certificate, left, salon
from kit.sale_register import Killed, SaleRegister, memory_folder, template
from kit.sale_troubles import Saboteur, draw

from emulator.tlv import number
from pos_agent.errors import AgentError
from pos_agent.logs import configure
from pos_agent.model.receipt import DocumentId

IN_DOUBT = ("SAL-01", "SAL-02", "SAL-06")  # "being checked", or "some are made"
SETTLE_S, FACE_KOP = 180.0, 100_000
THIEF_KOP = 900_000  # and the number of the act; no other receipt costs so much


@dataclass
class Act:
    """What is asked for, and the totals its documents must have; every act has totals of its own."""

    kind: str
    sale_id: str
    totals: tuple[int, ...]
    operation: int = 1
    basket: dict[str, Any] = field(default_factory=dict)
    customer: str | None = None
    returns: str = ""
    code: str = ""


@dataclass
class World:
    """One register's life. `wrong`: sentences; `told`: the first answers, by kind."""

    seed: int
    register: SaleRegister
    wrong: list[str] = field(default_factory=list)
    told: Counter = field(default_factory=Counter)
    acts: list[Act] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    sold: list[tuple[str, str]] = field(default_factory=list)  # document, certificate

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    # ------------------------------------------------------------------ acts

    def next_act(self, place: int) -> Act:
        kind = self.chance.choice(("sell", "pay", "parts", "parts", "return"))
        if place == 0 or not self.codes:
            kind = "sell"
        if kind == "return" and not self.sold:
            kind = "pay"
        return getattr(self, f"_{kind}")(place)

    def _sell(self, place: int) -> Act:
        code, price = f"C{place:04d}", FACE_KOP + 7 * place
        line = {**CERTIFICATE, "price_kop": price, "account": code}
        return Act("sell", f"sell-{place}", (price,), basket={"lines": [line]}, code=code)

    def _pay(self, place: int) -> Act:
        price, code = 20_000 + 100 * place + 1, self.chance.choice(self.codes)
        basket = {"lines": [{**CREAM, "price_kop": price}], "payments": self._payments(code, price)}
        return Act("pay", f"pay-{place}", (price,), basket=basket, code=code)

    def _parts(self, place: int) -> Act:
        own, patent, code = 20_000 + 100 * place + 3, 50_000 + 100 * place + 5, self.chance.choice(self.codes)
        lines = [{**CREAM, "price_kop": own}, {**HAIRCUT, "price_kop": patent}]
        basket = {"lines": lines, "payments": self._payments(code, own + patent)}
        return Act("parts", f"parts-{place}", (own, patent), basket=basket, code=code, customer=self.register.customer)

    def _return(self, place: int) -> Act:
        document, code = self.sold.pop(self.chance.randrange(len(self.sold)))
        kop = number(self.register.device.fn.documents[int(document.partition("/")[2])].tags, 1020)
        return Act("return", f"back-{place}", (kop,), operation=2, returns=document, code=code)

    def _payments(self, code: str, price: int) -> list[dict]:
        rest = max(0, left(self.register, f"certificate:{code}") or 0)
        part = min(rest, price // 2)
        if not part:
            return [{"kind": "cash", "sum_kop": price}]
        return [{**certificate(code), "sum_kop": part}, {"kind": "cash", "sum_kop": price - part}]

    # ------------------------------------------------------------------ one act

    def live(self, place: int) -> None:
        act, register = self.next_act(place), self.register
        troubles = draw(self.chance)
        saboteur = Saboteur(register, troubles, lambda seen: None)
        saboteur.start()
        first = self._ask(act)
        self.told[f"{act.kind} {first if isinstance(first, str) else 'registered'}"] += 1
        documents = self._documents(act)
        if isinstance(first, str) and first not in IN_DOUBT and documents:
            self._note(act, f"wrong: told {first}, there is {documents}")
        self._calm(act, saboteur)
        if act.kind == "parts" and not isinstance(first, dict):
            self._thief(act, place)
        self._calm(act, saboteur)
        again = self._ask(act)
        self._calm(act, saboteur)
        self._judge(place, act, first, again, [str(one) for one in troubles])

    def _ask(self, act: Act) -> dict | str:
        try:
            if act.returns:
                return self.register.desk.sell(
                    self.register.orders.sale_return(act.sale_id, DocumentId.parse(act.returns), {}, "")
                )
            return self.register.desk.sell(self.register.orders.sale(act.sale_id, act.basket, act.customer, ""))
        except AgentError as error:
            return error.code
        except Killed:
            self.register.reborn()
            return "SAL-01"

    def _thief(self, act: Act, place: int) -> None:
        """Another customer comes with the same certificate while the sale is not finished."""
        price = THIEF_KOP + place
        basket = {
            "lines": [{**CREAM, "price_kop": price}],
            "payments": [certificate(act.code), {"kind": "cash", "sum_kop": price}],
        }
        try:
            self.register.desk.sell(self.register.orders.sale(f"thief-{place}", basket, None, ""))
        except AgentError as error:
            self.told[f"thief {error.code}"] += 1

    def _calm(self, act: Act, saboteur: Saboteur) -> None:
        register = self.register
        register.at_point = lambda point: None
        try:
            register.calm_world()
            saboteur.cancel_theirs()
            until = register.clock.seconds + SETTLE_S
            while not register.caught_up() and register.clock.seconds < until:
                register.clock.advance(max(register.watch.tick(), 0.01))
        except Killed:
            register.reborn()
            return self._calm(act, saboteur)
        if not register.caught_up():
            self._note(act, "lost: not settled")
        for row in register.query("SELECT total_kop FROM sale_intent WHERE state = 'needs_operator'"):
            found = [fd for fd, _, kop in register.receipts() if kop == row["total_kop"]]
            claimed = {one["fd_number"] for one in register.query("SELECT fd_number FROM sale_intent")}
            free = [fd for fd in found if fd not in claimed]
            document = DocumentId(register.device.fn.serial, free[0]) if free else None
            register.settler.by_word("registered" if free else "absent", document, "сверено с ФН")
            return self._calm(act, saboteur)
        return None

    # ------------------------------------------------------------------ the verdict

    def _documents(self, act: Act) -> list[int]:
        known = {fd for other in self.acts for fd in other.basket.get("documents", ())}
        receipts = self.register.receipts(3)
        return [fd for fd, kind, kop in receipts if kop in act.totals and kind == act.operation and fd not in known]

    def _judge(self, place: int, act: Act, first: dict | str, again: dict | str, troubles: list[str]) -> None:
        documents = self._documents(act)
        stolen = any(kop == THIEF_KOP + place for _, _, kop in self.register.receipts(3))
        if again == "PAY-03" and not documents and stolen:
            act.basket["documents"] = []  # nothing was made, and another customer was served first
            self.acts.append(act)
            return self._spent_once(act)
        if len(documents) > len(act.totals):
            self._note(act, f"doubled: {documents} {troubles}")
        if len(documents) < len(act.totals):
            self._note(act, f"lost: {documents}, told {first}, {again} {troubles}")
        if isinstance(again, str):
            self._note(act, f"wrong: the repeat was answered {again} {troubles}")
        elif isinstance(first, dict) and first != again:
            self._note(act, f"wrong: another answer to the repeat {troubles}")
        act.basket["documents"] = documents
        self.acts.append(act)
        if act.kind == "sell":
            self.codes.append(act.code)
        serial = self.register.device.fn.serial
        if act.kind in ("pay", "parts"):
            self.sold += [(f"{serial}/{fd}", act.code) for fd in documents]
        return self._spent_once(act)

    def _spent_once(self, act: Act) -> None:
        """Offsets in the storage against the face value: what the ledger says is left, and never below zero."""
        offset = 0
        for fd, operation, kop in self.register.receipts(3):
            mine = any(fd in one.basket.get("documents", ()) for one in self.acts if one.code == act.code)
            stolen = kop >= THIEF_KOP and self._thief_code(kop - THIEF_KOP) == act.code
            if mine or stolen:
                kept = number(self.register.device.fn.documents[fd].tags, 1215)
                offset += kept if operation == 1 else -kept
        face = next(one.totals[0] for one in self.acts if one.kind == "sell" and one.code == act.code)
        rest = left(self.register, f"certificate:{act.code}")
        if offset > face:
            self._note(act, f"doubled: certificate {act.code} of {face} paid {offset}")
        if rest != face - offset:
            self._note(act, f"wrong: certificate {act.code} has {rest}, the storage says {face - offset}")

    def _thief_code(self, place: int) -> str:
        return next((one.code for one in self.acts if one.sale_id == f"parts-{place}"), "")

    def end(self) -> None:
        """Everything is in the ledger once, nothing is held, no sale is unfinished."""
        if self.register.recorded() != sorted(self.register.device.fn.documents):
            self.wrong.append("end lost: the ledger's documents are not the storage's")
        if rows := self.register.query("SELECT * FROM prepaid_hold WHERE state = 'held'"):
            self.wrong.append(f"end wrong: still held {rows}")
        if rows := self.register.query("SELECT sale_id FROM split_sale WHERE state = 'open'"):
            self.wrong.append(f"end wrong: unfinished {rows}")

    def _note(self, act: Act, text: str) -> None:
        self.wrong.append(f"{act.sale_id}: {text}")


def live(seed: int, acts: int, folder: Path | None = None) -> World:
    """One register's life; the same seed gives the same one."""
    template()
    with tempfile.TemporaryDirectory(prefix="prepaid-", dir=folder or memory_folder()) as place:
        world = World(seed, salon(Path(place)))
        try:
            for number_ in range(acts):
                world.live(number_)
            world.end()
        except Exception as crash:
            crash.add_note(f"--seed {seed}")
            raise
        finally:
            world.register.close()
        return world


def main() -> int:
    """See the module's text."""
    options = argparse.ArgumentParser(description="Certificates and sales in parts with faults")
    options.add_argument("--acts", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--lives", type=int, default=1)
    chosen = options.parse_args()
    configure("critical", "console")
    worlds = [live(chosen.seed + one, chosen.acts) for one in range(chosen.lives)]
    for world in worlds:
        for one in world.wrong:
            print(f"WRONG --seed {world.seed}: {one}")
    told: Counter = sum((world.told for world in worlds), Counter())
    wrong = [one for world in worlds for one in world.wrong]
    counts = {word: sum(f" {word}:" in one for one in wrong) for word in ("doubled", "lost", "wrong")}
    print(f"acts {chosen.acts * chosen.lives} {counts} first answers {dict(sorted(told.items()))}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
