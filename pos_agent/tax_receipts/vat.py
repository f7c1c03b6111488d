"""VAT of a whole foreign receipt by code of tag 1199: the old fields and the list of the new rates (section 2.6)."""

from __future__ import annotations

from pos_agent.tax_receipts.fields import Amount, Fields
from pos_agent.tax_receipts.refusal import MALFORMED, MISSING, Refused

VAT_FIELDS = {
    1: ("nds18", "nds20"),
    2: ("nds10",),
    3: ("nds18118", "ndsCalculated18", "ndsCalculated20"),
    4: ("nds10110", "ndsCalculated10"),
    5: ("nds0",),
    6: ("ndsNo",),
}  # tags 1102, 1103, 1106, 1107, 1104, 1105; codes 5 and 6 are turnover, not VAT
IN_THE_LIST = range(7, 13)  # 5, 7 and 22 %: tags 1115 -> 1119


def vat_amounts(fields: Fields) -> dict[int, Amount]:
    """Code -> sum as it is written. Refused TAX-04: a rate of the list that no receipt has, or one twice."""
    found = {code: amount for code, names in VAT_FIELDS.items() if (amount := fields.amount(*names))}
    holder = fields.table_at("amountsReceiptNds")
    for entry in holder.tables_at("amountsNds") if holder else ():
        code = entry.needed("nds")
        if code not in IN_THE_LIST or code in found:
            raise Refused(MALFORMED, entry.path("nds"), value=code)
        amount = entry.amount("ndsSum")
        if amount is None:
            raise Refused(MISSING, entry.path("ndsSum"))
        found[code] = amount
    return found
