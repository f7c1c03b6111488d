"""A rules file (TOML, or JSON with the same keys) -> `Rules`, or everything that is wrong with it at once."""

from __future__ import annotations

from typing import Any

from pos_agent.model.canonical import canonical_json, sha256_hex
from pos_agent.rules import sale_rules, tables
from pos_agent.rules.problems import Problem, RulesError, problem
from pos_agent.rules.reader import Reader
from pos_agent.rules.source import load
from pos_agent.rules.values import Program, Rules


def parse(text: str, fmt: str = "toml") -> Rules:
    """Rules of a file. `fmt`: "toml" or "json". RulesError with all problems; ValueError for another `fmt`.

    Unknown keys and kinds and fractional numbers are refused. `[[rule]]` tables are checked and kept, not priced.
    """
    content, locate = load(text, fmt)
    problems: list[Problem] = []
    root = Reader(content, "", problems, locate)
    head, accrue, spend = root.table_at("program"), root.table_at("accrue"), root.table_at("spend")
    if head is None and not root.has("program"):
        problems.append(problem("no_program", "program"))
    earned = tables.accrue(accrue) if accrue else None
    program = tables.program(head, earned.tiers if earned else ()) if head else Program("", "")
    rules = [rule for item in root.tables_at("rule") if (rule := sale_rules.sale_rule(item))]
    sale_rules.check_together(root, rules)
    blacklist = tuple(tables.blacklist_entry(item) for item in root.tables_at("blacklist"))
    _no_twin_entries(root, [entry.id for entry in blacklist])
    slip = root.table_at("slip")
    spending = tables.spend(spend) if spend else None
    texts = tables.slip(slip) if slip else {}
    root.done()
    if problems:
        raise RulesError(sorted(problems, key=lambda found: found.line or 0))
    return Rules(_digest(content), program, earned, spending, tuple(rules), blacklist, texts)


def _digest(content: dict[str, Any]) -> str:
    try:
        return sha256_hex(canonical_json(content))
    except ValueError as error:  # half a surrogate pair, which JSON can spell
        raise RulesError([problem("syntax", "", detail=error)]) from error


def _no_twin_entries(root: Reader, ids: list[str]) -> None:
    for twice in sorted({found for found in ids if found and ids.count(found) > 1}):
        root.report("duplicate", "blacklist", value=twice)
