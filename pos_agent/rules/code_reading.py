"""What a basket tells of the codes in it: `code_states` -> records (loyalty rules, section 3.5)."""

from __future__ import annotations

from pos_agent.rules.code_states import CodeRecord, CodeState, Use
from pos_agent.rules.moments import local_moment
from pos_agent.rules.reader import Reader

COUNTED = ("used", "reserved")


def code_records(root: Reader) -> dict[str, CodeRecord]:
    """`{"SPRING": {"online": true, "revoked": false, "register": "till-1", "customer": "c-1", "uses": [{...}]}}`."""
    table = root.table_at("code_states")
    found: dict[str, CodeRecord] = {}
    for code in table.table if table else ():
        one = table.table_at(code) if table else None
        if one is not None:
            found[code] = _record(one)
    return found


def _record(reader: Reader) -> CodeRecord:
    start, end = reader.period()
    found = CodeRecord(
        start=start,
        end=end,
        uses=tuple(_use(item) for item in reader.tables_at("uses")),
        revoked=reader.flag("revoked"),
        bound_register=reader.text("register"),
        bound_customer=reader.text("customer"),
        online=reader.flag("online"),
    )
    reader.done()
    return found


def _use(reader: Reader) -> Use:
    state = reader.choice("state", COUNTED, "used")
    found = Use(
        draft=reader.text("draft"),
        customer=reader.text("customer"),
        state=CodeState(state),
        until=local_moment(reader, "until"),
    )
    reader.done()
    return found
