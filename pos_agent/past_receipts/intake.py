"""Receipts of any source put into a spool, each once, and which sales returns name. Refusals are kept, not hidden."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from pos_agent.past_receipts.spool import Spool, text_of
from pos_agent.simulate.past import Past, PastKind
from pos_agent.tax_receipts.refusal import TWO_CONTENTS, Refusal

DIGEST = 8  # bytes: enough to tell two contents of one document apart
TOLD = 1000  # refusals kept in full


@dataclass
class Intake:
    """What came in. `named`: id of a sale -> how many returns name it. `twice`: the same receipt again, left out.

    `unique`: the source itself has every id once, so none is remembered here.
    """

    unique: bool = False
    named: dict[str, int] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    refused_count: int = 0
    twice: int = 0
    sales: int = 0
    _seen: dict[str, bytes] = field(default_factory=dict)

    def take(self, found: Iterable[Past | Refusal], spool: Spool, step: Callable[[], object] = lambda: None) -> None:
        """All of a source. Of two contents under one id the first stays and the other is refused."""
        for one in found:
            step()
            if isinstance(one, Refusal):
                self._refuse(one)
            elif self._is_new(one, text := text_of(one)):
                spool.put(one, text)
                self.sales += one.kind is PastKind.SALE
                if one.kind is PastKind.RETURN and one.original:
                    self.named[one.original] = self.named.get(one.original, 0) + 1

    def _refuse(self, refusal: Refusal) -> None:
        self.refused_count += 1
        if len(self.refused) < TOLD:
            self.refused.append(refusal)

    def _is_new(self, past: Past, text: str) -> bool:
        if self.unique:
            return True
        digest = hashlib.sha256(text.encode()).digest()[:DIGEST]
        known = self._seen.setdefault(past.id, digest)
        if known is digest:
            return True
        if known == digest:
            self.twice += 1
        else:
            self._refuse(Refusal(TWO_CONTENTS, "", "", "", {"value": past.id}))
        return False
