"""Parts of a basket as the faces of tills need them: how lines find theirs, and what was made of a sale in parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pos_agent.checkout.lifecycle import SaleState
from pos_agent.checkout.part_words import OWN, PartWords
from pos_agent.checkout.split_plan import TAX_SYSTEMS
from pos_agent.config import Config
from pos_agent.errors import PrinterError
from pos_agent.model.receipt import DocumentId
from pos_agent.store.intents import Intent
from pos_agent.store.repositories import View


def part_words(config: Config) -> PartWords:
    """By the settings."""
    parts = config.parts
    return PartWords(
        systems={**TAX_SYSTEMS, **{one.part: one.tax_system for one in parts.printer}},
        own=config.gateway.tax_system,
        departments={int(number): part for number, part in parts.departments.items()},
        tax_systems={TAX_SYSTEMS[word]: part for word, part in parts.tax_systems.items()},
        suppliers=dict(parts.suppliers),
        used=parts.used,
    )


@dataclass(frozen=True)
class MadePart:
    """One receipt of a sale. `part` "" = the register's usual one."""

    part: str
    intent: Intent

    @property
    def document(self) -> DocumentId:
        assert self.intent.document is not None, "a registered receipt has its document"
        return self.intent.document


def made_parts(view: View, sale_id: str) -> tuple[MadePart, ...]:
    """The receipts of a sale that are registered, in the order of its parts; () = none."""
    split = view.splits.get(sale_id)
    if split is not None:
        found = [one for one in view.splits.intents(split) if one is not None]
        return tuple(MadePart(one.plan["part"]["name"], one) for one in found if one.state == SaleState.REGISTERED)
    intent = view.intents.get(sale_id)
    if intent is None or intent.state != SaleState.REGISTERED:
        return ()
    return (MadePart(printer_part(intent.register), intent),)


def printer_part(station: str) -> str:
    """The part whose printer this is, by the name of its storages: `till-1/ip` -> `ip`; "" of the register's own."""
    return station.partition("/")[2]


def main_of(made: Sequence[MadePart]) -> MadePart:
    """The receipt that a till, which knows of one, is told: the register's usual one, else the first."""
    return next((one for one in made if one.part == OWN), made[0])


def unfinished(view: View, sale_id: str) -> PrinterError:
    """SAL-06 of a sale in parts of which some are made."""
    split = view.splits.get(sale_id)
    assert split is not None, "only a sale in parts is unfinished"
    made = made_parts(view, sale_id)
    states = [one.state if one is not None else "" for one in view.splits.intents(split)]
    number = next((n for n, state in enumerate(states, 1) if state != SaleState.REGISTERED), len(states))
    documents = ", ".join(str(one.document) for one in made)
    return PrinterError("SAL-06", n=number, of=split.parts, made=documents)
