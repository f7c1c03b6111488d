"""Money, points, quantities and rates are integers; exact ratios are `Fraction`. No float comes near them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from house.tree import PACKAGES, dotted, last_name, sources, tree_of

UNITS = ("_kop", "_pt", "_micro", "_bp")
EXACT_ONLY = (
    "pos_agent/money.py",
    "pos_agent/rules",
    "pos_agent/ledger",
    "pos_agent/model",
    "pos_agent/checkout",
    "drivers/fiscal",
    "emulator/receipt.py",
    "emulator/counters.py",
    "emulator/vat.py",
    "emulator/shtrih/vat.py",
    "emulator/till_orders.py",
    "emulator/terms.py",
    "emulator/forms_receipt.py",
    "emulator/forms_registers.py",
)
RATIO = "exact"  # the house's name for a Fraction: it may be divided by an integer


def is_unit(node: ast.AST) -> bool:
    return last_name(node).endswith(UNITS)


def inexact(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Places anywhere in the product where a float touches a name with a unit."""
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(left=left, op=ast.Div(), right=right) if is_unit(left) or is_unit(right):
                if last_name(left) != RATIO:
                    yield node.lineno, "true division: use // or Fraction and money.floor, half_up"
            case ast.AugAssign(target=target, op=ast.Div(), value=value) if is_unit(target) or is_unit(value):
                yield node.lineno, "true division: use // or Fraction"
            case ast.AnnAssign(target=target, annotation=annotation) if is_unit(target) and _says_float(annotation):
                yield node.lineno, "annotated float: int in kopecks, hundredths, millionths, basis points"
            case ast.arg(arg=name, annotation=ast.AST() as annotation) if name.endswith(UNITS):
                if _says_float(annotation):
                    yield node.lineno, "annotated float: int"
            case ast.Call(func=ast.Name(id="float"), args=args) if any(_speaks_of_units(arg) for arg in args):
                yield node.lineno, "float(): keep the integer, show it with money.roubles or money.points"
            case ast.FunctionDef(name=name, returns=ast.AST() as returns) if name.endswith(UNITS):
                if _says_float(returns):
                    yield node.lineno, "returns float: int"


def _says_float(annotation: ast.AST) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "float" for node in ast.walk(annotation))


def _speaks_of_units(node: ast.AST) -> bool:
    return any(is_unit(part) for part in ast.walk(node))


def floats(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Any float at all: its name as a call or an annotation, a literal, a round() to digits."""
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=float()):
                yield node.lineno, "a float literal: write integers of the smallest unit"
            case ast.Call(func=called) if dotted(called) in ("float", "math.floor", "math.ceil", "math.isclose"):
                yield node.lineno, f"{dotted(called)}(): use Fraction and money.floor, half_up, ceil"
            case ast.Call(func=ast.Name(id="round"), args=[_, _]):
                yield node.lineno, "round() to digits: use money.half_up on a Fraction"
            case ast.arg(annotation=ast.AST() as said) | ast.AnnAssign(annotation=said) if _says_float(said):
                yield node.lineno, "annotated float: int, or Fraction for an exact ratio"
            case ast.FunctionDef(returns=ast.AST() as said) if _says_float(said):
                yield node.lineno, "returns float: int, or Fraction for an exact ratio"


def places(paths: list[Path], rule) -> list[str]:
    return [f"{path}:{line} {what}" for path in paths for line, what in rule(tree_of(path))]


def test_no_float_touches_a_name_with_a_unit() -> None:
    found = places(sources(*PACKAGES), inexact)
    assert not found, found


def test_money_code_has_no_float_at_all() -> None:
    paths = [path for path in sources(*PACKAGES) if str(path).startswith(EXACT_ONLY)]
    assert all(any(str(path).startswith(part) for path in paths) for part in EXACT_ONLY), "a name in EXACT_ONLY is gone"
    found = places(paths, floats)
    assert not found, found


@pytest.mark.parametrize(
    "code",
    [
        "x = net_kop / 2",
        "x = total / line.sum_kop",
        "x = row['sum_kop'] / 3",
        "net_kop /= 2",
        "def f(sum_kop: float): pass",
        "def sum_kop() -> float: pass",
        "price_kop: float | None = None",
        "x = float(line.sum_kop * 2)",
        "x = points_pt() / 100",
    ],
)
def test_the_rule_sees(code: str) -> None:
    assert list(inexact(ast.parse(code)))


@pytest.mark.parametrize("code", ["x = 0.5", "x = float('1')", "def f(x: float): pass", "x = round(y, 2)", "y: float"])
def test_the_strict_rule_sees(code: str) -> None:
    assert list(floats(ast.parse(code)))


def test_exact_ratios_may_be_divided() -> None:
    assert not list(inexact(ast.parse("x = exact / rule.step_pt")))
