"""All that is told about a basket is the same bytes everywhere: answer, trace, both languages, remarks on rules."""

import json

import pytest
from oracle.digests import FILE, digest, names

GOLDEN = json.loads(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", names())
def test_the_same_bytes_as_ever(name: str) -> None:
    assert digest(name) == GOLDEN[name], "meant to change? python -m oracle.digests, and read what else it changes"
