"""`[[prepaid]]` of a rules file -> terms of certificates, abonements and deposits."""

from __future__ import annotations

from pos_agent.rules.basket_values import ABONEMENT, CERTIFICATE, DEPOSIT, PREPAID
from pos_agent.rules.prepaid_terms import ADVANCE, FORFEIT, FULL, KEEP, PrepaidTerms
from pos_agent.rules.reader import Reader
from pos_agent.rules.tables import MAX_DAYS, scope
from pos_agent.rules.when_table import quantity

ONLY = {
    "units": (ABONEMENT,),
    "scope": (ABONEMENT,),
    "value_kop": (CERTIFICATE, DEPOSIT),
    "rest": (CERTIFICATE,),
    "batch": (ABONEMENT, CERTIFICATE),
}  # keys that only these kinds have


def prepaid_terms(reader: Reader) -> PrepaidTerms:
    """One table. An abonement says how many `units` it has."""
    kind = reader.text("kind", required=True)
    if kind:
        reader.choice("kind", PREPAID, "")
    for key, kinds in ONLY.items():
        if reader.has(key) and kind in PREPAID and kind not in kinds:
            reader.report("needs", reader.at(key), keys=" | ".join(f'kind = "{one}"' for one in kinds))
    if kind == ABONEMENT and not reader.has("units"):
        reader.report("missing", reader.at("units"))
    table = reader.table.get("scope")
    found = PrepaidTerms(
        id=reader.text("id", required=True, limit=64),
        kind=kind,
        name=reader.text("name", limit=64),
        sold=scope(reader, "sold"),
        scope=scope(reader, "scope"),
        scope_table=dict(table) if isinstance(table, dict) else {},
        stores=reader.texts("stores"),
        units_micro=quantity(reader, "units") or 0,
        value_kop=reader.integer("value_kop"),
        valid_days=reader.integer("valid_days", most=MAX_DAYS),
        rest=reader.choice("rest", (KEEP, FORFEIT), KEEP),
        personal=reader.flag("personal"),
        method=reader.choice("method", (ADVANCE, FULL), ADVANCE),
        batch=reader.text("batch", limit=64),
    )
    reader.done()
    return found
