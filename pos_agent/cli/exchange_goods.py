"""A table of goods into a rules file and out of it; the file is checked as rules before it is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pos_agent.cli.exchange_run import SUFFIX, conclude
from pos_agent.cli.input_file import text_of
from pos_agent.cli.output import emit, emit_json
from pos_agent.cli.pricing import read_rules
from pos_agent.errors import UsageError
from pos_agent.exchange.goods import Goods, goods_row, put_in, read_out
from pos_agent.exchange.kinds import COLUMNS, GOODS, TWO, Refused, check_columns
from pos_agent.exchange.tables import Row, read_table, write_table


def take_goods(file: Path, rules: Path, dry_run: bool, refused: Path | None, as_json: bool) -> None:
    """All goods of the table in place of those of the file. RUL-02: the rules would not be good; EXC-01 ... EXC-05."""
    table, was = read_table(file), text_of(rules)
    check_columns(GOODS, table)
    known = {one.sku: one for one in read_out(was)}
    found: dict[str, Goods] = {}
    told: list[dict[str, Any]] = []
    for row in table.rows:
        told.append(_taken(row, found, known))
    now = put_in(was, list(found.values()))
    if now != was:
        _write(rules, now, dry_run)
    gone = len(set(known) - set(found))
    if gone and not as_json:
        emit([f"- {sku}" for sku in sorted(set(known) - set(found))])
    conclude(table, told, refused or file.with_name(file.name + SUFFIX), dry_run, as_json)


def give_goods(file: Path, rules: Path, as_json: bool) -> None:
    """EXC-03, CFG-03."""
    count = write_table(file, COLUMNS[GOODS], (one.cells() for one in read_out(text_of(rules))))
    if as_json:
        emit_json({"kind": GOODS, "rows": count})
    else:
        emit([f"{file.name}: {count}"])


def _taken(row: Row, found: dict[str, Goods], known: dict[str, Goods]) -> dict[str, Any]:
    asked = goods_row(row)
    if isinstance(asked, Goods) and asked.sku in found:
        asked = Refused(row.number, "sku", TWO)
    if isinstance(asked, Refused):
        refusal = {"column": asked.column, "code": asked.code, "what": asked.what}
        return {"number": row.number, "outcome": "refused", **refusal}
    found[asked.sku] = asked
    was = known.get(asked.sku)
    return {"number": row.number, "outcome": "added" if was is None else "same" if was == asked else "changed"}


def _write(rules: Path, now: str, dry_run: bool) -> None:
    beside = rules.with_name(f".{rules.name}.new.toml")
    try:
        beside.write_text(now, encoding="utf-8")
        read_rules(beside)
        if not dry_run:
            beside.replace(rules)
    except OSError as error:
        raise UsageError("EXC-03", path=rules.name, why=error.strerror or "") from error
    finally:
        beside.unlink(missing_ok=True)
