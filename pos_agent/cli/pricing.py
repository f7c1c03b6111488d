"""Files of the pricing commands -> rules, baskets, keys of code batches; every problem with its place."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from pos_agent.cli.input_file import cause, format_of, json_of, text_of
from pos_agent.cli.output import language
from pos_agent.errors import UsageError
from pos_agent.rules import basket
from pos_agent.rules.code_form import CODE_KINDS, Batch
from pos_agent.rules.parse import parse
from pos_agent.rules.problems import Problem, RulesError
from pos_agent.rules.values import Rules

LEAST_SECRET = 16  # bytes: a shorter key can be guessed


def read_rules(file: Path) -> Rules:
    """UsageError RUL-02: not accepted."""
    try:
        return parse(text_of(file), format_of(file))
    except RulesError as error:
        raise UsageError("RUL-02", lines=_told(error.problems), count=len(error.problems)) from error


def read_basket(file: Path) -> basket.Basket:
    """UsageError PRC-01: not accepted."""
    try:
        return basket.read(json_of(file))
    except (RulesError, basket.BasketError) as error:
        raise refused(error) from error


def refused(error: RulesError | basket.BasketError) -> UsageError:
    """PRC-01 with every problem of the basket."""
    return UsageError("PRC-01", lines=_told(error.problems), count=len(error.problems))


def read_secrets(said: Sequence[str] | None) -> dict[str, bytes]:
    """`BATCH=FILE` of each -> key by batch."""
    found = {}
    for one in said or ():
        batch, _, file = one.partition("=")
        if not (batch and file):
            raise UsageError("PRC-02", why=f"--secret {one}: BATCH=FILE")
        found[batch] = secret_of(Path(file))
    return found


def secret_of(file: Path) -> bytes:
    """The bytes of a key file, a last line feed apart."""
    try:
        found = file.read_bytes().removesuffix(b"\n")
    except OSError as error:
        raise UsageError("CFG-03", path=file, why=error.strerror or str(error)) from error
    if len(found) < LEAST_SECRET:
        raise UsageError("PRC-02", why=f"{file}: {len(found)} < {LEAST_SECRET} bytes")
    return found


def batch_of(rules: Rules, name: str) -> Batch:
    """The batch of this id."""
    found = next((one for one in rules.batches if one.id == name), None)
    if found is None:
        raise UsageError("PRC-02", why=f"[[codes]] {name}: {', '.join(one.id for one in rules.batches) or '-'}")
    return found


def codes_table(text: str, batch: str, kind: str) -> str:
    """`[[codes]]` of a list with one code a line; empty lines and repetitions apart."""
    if kind not in CODE_KINDS:
        raise UsageError("PRC-02", why=f"--kind {kind}: {', '.join(CODE_KINDS)}")
    codes = listed_codes(text)
    listed = "".join(f"  {json.dumps(code, ensure_ascii=False)},\n" for code in codes)
    return f'[[codes]]\nid = {json.dumps(batch, ensure_ascii=False)}\nkind = "{kind}"\ncodes = [\n{listed}]'


def listed_codes(text: str) -> list[str]:
    """One code a line, each once; empty lines apart."""
    return list(dict.fromkeys(line.strip() for line in text.lstrip("\ufeff").splitlines() if line.strip()))


def _told(problems: Sequence[Problem]) -> tuple[str, ...]:
    english = language() == "en"
    return tuple(_where(problem, english) + cause(problem, language()) for problem in problems)


def _where(problem: Problem, english: bool) -> str:
    line = f" ({'line' if english else 'строка'} {problem.line})" if problem.line else ""
    return f"{problem.path or '-'}{line}: "
