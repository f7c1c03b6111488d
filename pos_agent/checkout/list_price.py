"""The price without loyalty: what stands on the shelf, reckoned by the same engine with rules that hold nothing."""

from __future__ import annotations

from functools import cache

from pos_agent.rules.parse import parse
from pos_agent.rules.values import Rules

NO_PROGRAM = """
[program]
id = "list-price"
name = "-"
"""


@cache
def list_rules() -> Rules:
    """No discounts, no points, no codes."""
    return parse(NO_PROGRAM)
