"""What a certificate, an abonement or a deposit is in this shop: `[[prepaid]]`. Values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pos_agent.rules.scope import EVERYTHING, Scope

KEEP, FORFEIT = "keep", "forfeit"
ADVANCE, FULL = "advance", "full"  # tag 1214 of its sale: 3 (аванс), or 1 (предоплата 100 %) where goods are known


@dataclass(frozen=True)
class PrepaidTerms:
    """Terms of what is sold by a line with `sells = kind` in scope `sold`. They go with it: later rules change nothing.

    `value_kop` 0 = what was paid. `units_micro` of an abonement, which pays for lines of `scope` (as written:
    `scope_table`). `stores` empty = everywhere. `valid_days` 0 = no end, else the last usable day is sale + n. `rest`
    of a certificate after its first use: keep or forfeit. `personal`: only the customer who bought it pays with it.
    `batch`: codes are made as those of that `[[codes]]` batch.
    """

    id: str
    kind: str
    name: str = ""
    sold: Scope = EVERYTHING
    scope: Scope = EVERYTHING
    scope_table: Mapping[str, Any] = field(default_factory=dict)
    stores: tuple[str, ...] = ()
    units_micro: int = 0
    value_kop: int = 0
    valid_days: int = 0
    rest: str = KEEP
    personal: bool = False
    method: str = ADVANCE
    batch: str = ""
