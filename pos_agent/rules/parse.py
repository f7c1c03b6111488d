"""A rules file (TOML, or JSON with the same keys) -> `Rules`, or everything that is wrong with it at once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from pos_agent.model.canonical import sha256_hex
from pos_agent.rules import migration, names, sale_rules, tables, when_table
from pos_agent.rules.blacklist_table import blacklist_entry, presets
from pos_agent.rules.club_table import club
from pos_agent.rules.limit_table import limits
from pos_agent.rules.limit_terms import Limits
from pos_agent.rules.prepaid_table import prepaid_terms
from pos_agent.rules.problems import Problem, RulesError, problem
from pos_agent.rules.reader import Reader
from pos_agent.rules.source import load
from pos_agent.rules.values import Program, Rules


def parse(text: str, fmt: str = "toml") -> Rules:
    """Rules of a file. `fmt`: "toml" or "json". RulesError with all problems; ValueError for another `fmt`.

    Unknown keys and kinds and fractional numbers are refused, and names that nothing defines.
    """
    content, locate = load(text, fmt)
    problems: list[Problem] = []
    root = Reader(content, "", problems, locate)
    head, accrue, spend = root.table_at("program"), root.table_at("accrue"), root.table_at("spend")
    if head is None and not root.has("program"):
        problems.append(problem("no_program", "program"))
    earned = tables.accrue(accrue) if accrue else None
    promised, too_much = club(root, head), root.table_at("limits")
    program = tables.program(head, earned.tiers if earned else ()) if head else Program("", "")
    found = [rule for item in root.tables_at("rule") if (rule := sale_rules.sale_rule(item))]
    sale_rules.check_together(root, found)
    slip = root.table_at("slip")
    rules = Rules(
        hash="",
        program=program,
        accrue=earned,
        spend=tables.spend(spend) if spend else None,
        sale_rules=tuple(found),
        blacklist=tuple(blacklist_entry(item) for item in root.tables_at("blacklist")),
        slip=tables.slip(slip) if slip else {},
        programs=tuple(tables.further(item) for item in root.tables_at("programs")),
        calendars=tuple(when_table.calendar(item) for item in root.tables_at("calendar")),
        experiments=tuple(when_table.experiment(item) for item in root.tables_at("experiment")),
        batches=tuple(when_table.batch(item) for item in root.tables_at("codes")),
        prepaid=tuple(prepaid_terms(item) for item in root.tables_at("prepaid")),
        club=promised,
        limits=limits(too_much) if too_much else Limits(),
    )
    _no_twins(root, "blacklist", [entry.id for entry in rules.blacklist])
    _no_twins(root, "programs", [program.id, *(one.program.id for one in rules.programs)])
    _no_twins(root, "calendar", [one.id for one in rules.calendars])
    _no_twins(root, "experiment", [one.id for one in rules.experiments])
    _no_twins(root, "codes", [one.id for one in rules.batches])
    _no_twins(root, "prepaid", [one.id for one in rules.prepaid])
    names.check(root, rules)
    rules = migration.dated(root, rules)
    root.done()
    if problems:
        raise RulesError(sorted(problems, key=lambda one: one.line or 0))
    return names.hashed(rules, _digest(content))


def _digest(content: dict[str, Any]) -> str:
    """SHA-256 of the file's content; the presets it takes are part of it, so that their figures are too."""
    used = {
        entry["preset"]: presets()[entry["preset"]] for entry in content.get("blacklist") or () if entry.get("preset")
    }
    plain = {**content, "presets": used} if used else content
    text = json.dumps(  # a file cannot hold itself: no need to look for it
        plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False
    )
    try:
        return sha256_hex(text)  # of canonical JSON: `load` leaves no other values, fractions were refused
    except ValueError as error:  # half a surrogate pair, which JSON can spell
        raise RulesError([problem("syntax", "", detail=error)]) from error


def _no_twins(root: Reader, table: str, ids: Iterable[str]) -> None:
    for twice in when_table.repeated(list(ids)):
        root.report("duplicate", table, value=twice)
