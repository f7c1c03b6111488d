"""A till's own return of a sale that nobody's card was in: no points, yet its goods cannot come back twice.

Prepaid accounts of such a sale see it as well: what its offset (1215) covers goes back to them, an account that was
sold in it is closed.
"""

from __future__ import annotations

from dataclasses import replace

from pos_agent.checkout.evidence import nobodys_sale
from pos_agent.checkout.recording import Recording, is_return
from pos_agent.checkout.returning import match, named_facts
from pos_agent.checkout.sale_codes import returns_of
from pos_agent.model.receipt import FiscalDocument
from pos_agent.store.repositories import View


def of_nobodys_sale(view: View, made: Recording, document: FiscalDocument, original_requisite: str) -> Recording:
    """The same with the sale and the pieces that came back in its facts, when it names a sale of nobody.

    `unmatched` in `flags`: more than is left, or no line of the sale.
    """
    receipt = document.receipt
    if receipt is None or not is_return(document) or "original" in made.event.facts:
        return made
    sale = nobodys_sale(view, document, original_requisite)
    if sale is None:
        return made
    backs, unmatched = match(receipt.lines, sale, returns_of(view, sale))
    facts = {**made.event.facts, **named_facts(receipt, sale, backs)}
    if unmatched:
        facts["flags"] = [*facts.get("flags", []), "unmatched"]
    return replace(made, event=replace(made.event, facts=facts))
