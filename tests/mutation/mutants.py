"""Small changes of a source file, one at a time: what a slip of the hand would leave behind.

Left alone: texts, annotations, decorators, `strict=` of zip, and everything that is not a statement that runs.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

COMPARES = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
SUMS = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip
SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any"}
NOT_RUN = ("annotation", "returns", "decorator_list", "type_params", "bases")


@dataclass(frozen=True)
class Mutant:
    """`where`: qualified name of the outermost function changed, "" when the change is outside of any."""

    file: str
    line: int
    column: int
    end: int
    change: str
    where: str
    path: tuple[tuple[str, int | None], ...]

    @property
    def id(self) -> str:
        """Says the same change in every run."""
        return f"{self.file}:{self.line}:{self.column}-{self.end} {self.change}"


def mutants(file: str, text: str) -> list[Mutant]:
    """All of a file, in its order."""
    found: list[Mutant] = []
    for node, path, where in _nodes(ast.parse(text), (), ""):
        for change in changes(node):
            found.append(Mutant(file, node.lineno, node.col_offset, node.end_col_offset, change, where, path))
    return found


def mutated(text: str, mutant: Mutant) -> ast.Module:
    """The tree with the change made; lines stay where they were."""
    tree = ast.parse(text)
    parent, (field, index) = _at(tree, mutant.path[:-1]), mutant.path[-1]
    node = _at(tree, mutant.path)
    changed = ast.copy_location(_changed(node, mutant.change), node)
    if index is None:
        setattr(parent, field, changed)
    else:
        getattr(parent, field)[index] = changed
    return ast.fix_missing_locations(tree)


def _at(tree: ast.AST, path: tuple[tuple[str, int | None], ...]) -> ast.AST:
    for field, index in path:
        value = getattr(tree, field)
        tree = value if index is None else value[index]
    return tree


def _nodes(node: ast.AST, path: tuple, where: str, classes: str = "") -> Iterator[tuple[ast.AST, tuple, str]]:
    """Every node that runs, with its path and the function it is in."""
    for field, value in ast.iter_fields(node):
        if field in NOT_RUN or (isinstance(node, ast.keyword) and node.arg == "strict"):
            continue
        inside, named = where, classes
        if isinstance(node, ast.ClassDef):
            named = f"{classes}{node.name}."
        if isinstance(node, ast.FunctionDef) and field == "body" and not where:
            inside = f"{classes}{node.name}"
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST):
                here = (*path, (field, index))
                if hasattr(child, "lineno"):
                    yield child, here, inside
                yield from _nodes(child, here, inside, named)


def changes(node: ast.AST) -> Iterator[str]:
    """Names of what may be done to the node."""
    match node:
        case ast.Compare():
            for number, op in enumerate(node.ops):
                yield f"{type(op).__name__} -> {COMPARES[type(op)].__name__} #{number}"
        case ast.BinOp() | ast.AugAssign() if type(node.op) in SUMS:
            yield f"{type(node.op).__name__} -> {SUMS[type(node.op)].__name__}"
        case ast.BoolOp():
            yield "and -> or" if isinstance(node.op, ast.And) else "or -> and"
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.Invert()):
            yield f"{type(node.op).__name__} dropped"
        case ast.Constant(value=bool()):
            yield f"{node.value} -> {not node.value}"
        case ast.Constant(value=int()):
            yield f"{node.value} + 1"
            yield f"{node.value} - 1"
        case ast.Call(func=ast.Name()) if node.func.id in SWAPPED:
            yield f"{node.func.id} -> {SWAPPED[node.func.id]}"
        case ast.If() | ast.IfExp() | ast.While():
            yield "condition turned"
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            for number, one in enumerate(node.generators):
                if one.ifs:
                    yield f"filter dropped #{number}"
        case ast.Return() if node.value is not None and not _is_nothing(node.value):
            yield "return None"
        case ast.Raise() | ast.Continue() | ast.Break():
            yield "statement dropped"
        case ast.Expr(value=ast.Call()):
            yield "statement dropped"
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield "statement dropped"
    if isinstance(node, ast.AugAssign):
        yield "statement dropped"


def _changed(node: ast.AST, change: str) -> ast.AST:
    if change == "statement dropped":
        return ast.Pass()
    if change == "return None":
        return ast.Return(ast.Constant(None))
    found = copy.copy(node)
    match node:
        case ast.Compare():
            number = int(change.rpartition("#")[2])
            found.ops = list(node.ops)
            found.ops[number] = COMPARES[type(node.ops[number])]()
        case ast.BinOp() | ast.AugAssign():
            found.op = SUMS[type(node.op)]()
        case ast.BoolOp():
            found.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case ast.UnaryOp():
            return node.operand
        case ast.Constant(value=bool()):
            return ast.Constant(not node.value)
        case ast.Constant():
            return ast.Constant(node.value + (1 if "+" in change else -1))
        case ast.Call():
            found.func = ast.copy_location(ast.Name(SWAPPED[node.func.id], ast.Load()), node.func)
        case ast.If() | ast.IfExp() | ast.While():
            found.test = ast.UnaryOp(ast.Not(), node.test)
        case _:
            number = int(change.rpartition("#")[2])
            found.generators = list(node.generators)
            found.generators[number] = copy.copy(node.generators[number])
            found.generators[number].ifs = []
    return found


def _is_nothing(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value in (None, False)


def sources(root: Path) -> dict[str, str]:
    """Path below the root -> text of every file that is broken."""
    files = [root / "pos_agent/money.py", *sorted((root / "pos_agent/rules").glob("**/*.py"))]
    return {str(file.relative_to(root)): file.read_text(encoding="utf-8") for file in files}
