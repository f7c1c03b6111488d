"""`[limits]` of a rules file -> values."""

from __future__ import annotations

from pos_agent.rules.limit_terms import (
    ACTIONS,
    CODE_ATTEMPTS,
    COUNTED,
    FLAG,
    NAMES,
    QUICK_RETURN,
    SENDERS,
    SHARES,
    SLIP,
    Limit,
    Limits,
)
from pos_agent.rules.reader import Reader

MOST_MINUTES = 1_440


def limits(reader: Reader) -> Limits:
    """`[limits]`: one table per limit, `sender` and `code_digits` of confirmation codes."""
    found = []
    for name in NAMES:
        table = reader.table_at(name)
        if table is not None:
            found.append(_limit(table, name))
    made = Limits(
        all=tuple(found),
        sender=reader.choice("sender", SENDERS, SLIP),
        digits=reader.integer("code_digits", 4, least=4, most=6),
    )
    reader.done()
    return made


def _limit(reader: Reader, name: str) -> Limit:
    share = name in SHARES
    # A return takes points back whoever brings it, so the only thing to do about a quick one is to say so.
    action = reader.choice("action", (FLAG,) if name == QUICK_RETURN else ACTIONS, FLAG)
    most = minutes = least = 0
    if share:
        most = reader.integer("most_bp", most=10_000, required=True)
        least = reader.integer("least", 10, least=1, most=100_000)
    elif name in COUNTED or name == CODE_ATTEMPTS:
        most = reader.integer("most", least=1, most=100_000, required=True)
    if name in (QUICK_RETURN, CODE_ATTEMPTS):
        minutes = reader.integer("minutes", 60, least=1, most=MOST_MINUTES)
    reader.done()
    return Limit(name, action, most, least, minutes)
