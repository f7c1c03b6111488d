"""Agents with one safeguard taken out. A proof that does not see them proves nothing."""

from dataclasses import replace
from typing import Any

import pytest

from drivers.api import Outcome, OutcomeUnknown
from drivers.shtrih.printer import ShtrihPrinter
from drivers.shtrih.session import Session
from kit.sale_register import SaleRegister
from pos_agent.checkout import settle
from pos_agent.checkout.desk import Desk
from pos_agent.checkout.resolve import Answer, Verdict
from pos_agent.checkout.settle import Settler
from pos_agent.model.receipt import DocumentId
from pos_agent.store.intents import UNSETTLED, Intent, Intents, IntentsView


class ResendingSession(Session):
    """Sends a command once more when nothing came back."""

    def run(self, command: Any, request: Any) -> Outcome[Any]:
        outcome = super().run(command, request)
        return super().run(command, request) if isinstance(outcome, OutcomeUnknown) else outcome


class ResendingPrinter(ShtrihPrinter):
    def _new_session(self, *given: Any) -> Session:
        made = super()._new_session(*given)
        made.__class__ = ResendingSession
        return made


class Resending(SaleRegister):
    """The driver repeats a command after silence."""

    driver = ResendingPrinter


class HastySettler(Settler):
    def settle_patiently(self, sale_id: str, call: Any = None) -> Intent:
        with self.journal.store.writing("settled") as txn:
            return txn.intents.move(sale_id, "not_executed", "silence")


class Hasty(SaleRegister):
    """Silence is taken for "not executed": the receipt is made and closed again."""

    resolver = HastySettler


class TrustingSettler(Settler):
    def settle_patiently(self, sale_id: str, call: Any = None) -> Intent:
        intent = self._get(sale_id)
        number = DocumentId(intent.fn_serial, intent.fd_before + 1)
        answer = settle._answer(intent, number, None, 0)
        with self.journal.store.writing("registered") as txn:
            return txn.intents.register_as(sale_id, number, None, answer)


class Trusting(SaleRegister):
    """Silence is taken for "executed"."""

    resolver = TrustingSettler


class RepeatingDesk(Desk):
    def _stepped(self, step: Any) -> Any:
        for _ in range(2):
            done = super()._stepped(step)
            if done is not None:
                break
            self.watch.line.connect()
        return done


class Repeating(SaleRegister):
    """The desk repeats a step, "close" as well, after silence."""

    seller = RepeatingDesk


def credulous(patch: pytest.MonkeyPatch) -> type[SaleRegister]:
    """Any newer document is taken for ours."""
    decide = settle.decide

    def first_newer(expected: Any, seen: Any) -> Verdict:
        if seen.documents:
            return Verdict(Answer.REGISTERED, "there is a document", seen.documents[0].fd_number)
        return decide(expected, seen)

    patch.setattr(settle, "decide", first_newer)
    return SaleRegister


def forgetful(patch: pytest.MonkeyPatch) -> type[SaleRegister]:
    """The intent is kept in memory until the sale is registered."""
    memory: dict[str, Intent] = {}
    get, write, register_as = IntentsView.get, Intents.write, Intents.register_as

    class Forgetful(SaleRegister):
        def reborn(self) -> None:
            memory.clear()
            super().reborn()

    def remember(self: Intents, new: Intent) -> Intent:
        memory[new.sale_id] = new
        return new

    def move(self: Intents, sale_id: str, state: str, reason: str = "") -> Intent:
        return remember(self, replace(memory[sale_id], state=state, reason=reason))

    def registered(self: Intents, sale_id: str, *facts: Any) -> Intent:
        write(self, memory[sale_id])
        return register_as(self, sale_id, *facts)

    def unsettled(self: IntentsView, register: str) -> Intent | None:
        waiting = [one for one in memory.values() if one.state in UNSETTLED and get(self, one.sale_id) is None]
        return waiting[0] if waiting else None

    patch.setattr(Intents, "write", remember)
    patch.setattr(Intents, "again", lambda self, new: remember(self, replace(new, attempt=2)))
    patch.setattr(Intents, "move", move)
    patch.setattr(Intents, "register_as", registered)
    patch.setattr(IntentsView, "unsettled", unsettled)
    patch.setattr(IntentsView, "get", lambda self, sale_id: get(self, sale_id) or memory.get(sale_id))
    return Forgetful
