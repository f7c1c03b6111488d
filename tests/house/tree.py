"""The checkout as the house rules see it: files, syntax trees, names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("pos_agent", "drivers", "emulator", "cloud")
TEXT_SUFFIXES = {".py", ".toml", ".md", ".txt", ".cfg", ".ini", ".yml", ".yaml", ".json", ".service", ".rules", ""}
NOT_OURS = {".git", ".venv", "build", "dist", "node_modules"}


def sources(*folders: str) -> list[Path]:
    """Python files under these folders of the checkout, relative to it."""
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(path.relative_to(ROOT) for path in found)


def everything() -> list[Path]:
    """Every text file that is delivered, relative to the checkout."""
    found: list[Path] = []
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        if _ours(parts) and path.suffix in TEXT_SUFFIXES and path.is_file():
            found.append(Path(*parts))
    return sorted(found)


def _ours(parts: tuple[str, ...]) -> bool:
    caches = any(part.endswith(("_cache", "__pycache__", ".egg-info")) or part == ".hypothesis" for part in parts)
    return not caches and parts[0] not in NOT_OURS


@cache
def text_of(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(text_of(path), str(path))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of everything imported: `from a import b` gives `a` and `a.b`."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a name or an attribute, "" of anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def last_name(node: ast.AST) -> str:
    """`sum_kop` of `sum_kop`, `line.sum_kop`, `line["sum_kop"]` and `line.sum_kop()`; "" of anything else."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
        case ast.Call(func=called):
            return last_name(called)
    return ""


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """Line and value of every string literal, docstrings too."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
