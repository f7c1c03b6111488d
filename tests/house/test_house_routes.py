"""Whoever takes a body over the own API reads it strictly: a key twice has no second meaning."""

import ast

from house.tree import sources, tree_of

READS_BODIES = {"post", "put", "patch", "delete"}


def test_every_router_that_takes_a_body_is_strict() -> None:
    found, seen = [], 0
    for path in sources("pos_agent/api/v1"):
        calls = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]
        takes = any(isinstance(node.func, ast.Attribute) and node.func.attr in READS_BODIES for node in calls)
        routers = [node for node in calls if isinstance(node.func, ast.Name) and node.func.id == "APIRouter"]
        strict = [node for node in routers if any(one.arg == "route_class" for one in node.keywords)]
        seen += len(strict)
        if takes and routers != strict:
            found.append(str(path))
    assert seen >= 5
    assert not found, f"APIRouter(route_class=StrictRoute): {found}"
