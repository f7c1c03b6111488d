"""Form codes: names, sizes, tags that must be there, and a guess for a body that came without its form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from drivers.fiscal.tags import table
from drivers.fiscal.tlv import Tag

RECEIPTS = frozenset({3, 4})
CORRECTIONS = frozenset({31, 41})
REGISTRATIONS = frozenset({1, 11})
FFD_NAMES = {0: "1.0", 1: "1.0", 2: "1.05", 3: "1.1", 4: "1.2"}


@dataclass(frozen=True)
class FormSpec:
    """One form. `max_length` counts the body's bytes."""

    code: int
    name: str
    max_length: int
    required: tuple[int, ...]
    expected: tuple[int, ...]
    by_version: dict[int, tuple[int, ...]]

    def required_in(self, ffd: int) -> tuple[int, ...]:
        """Mandatory tags of the version (value of 1209; FFD 1.0: only those that identify the document)."""
        if ffd < 2:
            return tuple(tag for tag in self.required if tag in (1012, 1040, 1041, 1077))
        return self.required + self.by_version.get(ffd, ())


@cache
def form_spec(code: int) -> FormSpec | None:
    """The form's entry, or None for an unknown code."""
    entry = table("ffd_forms").get(str(code))
    if entry is None:
        return None
    return FormSpec(
        code=code,
        name=entry["name"],
        max_length=entry["max"],
        required=tuple(entry.get("required", ())),
        expected=tuple(entry.get("expected", ())),
        by_version={ffd: tuple(entry.get(f"required_{ffd}", ())) for ffd in (2, 3, 4)},
    )


def form_name(code: int) -> str:
    """Official Russian name; a plain sentence for an unknown code."""
    spec = form_spec(code)
    return spec.name if spec else f"Документ с кодом формы {code}"


def guess_form(tags: tuple[Tag, ...]) -> int:
    """The form of a body that came without its header, from tags only that form has; 0 = cannot be told."""
    present = {tag.tag for tag in tags}
    for code, marks in _MARKS:
        if marks <= present:
            return code
    return 0


_MARKS: tuple[tuple[int, frozenset[int]], ...] = (
    (31, frozenset({1054, 1174})),
    (31, frozenset({1054, 1173})),
    (3, frozenset({1054, 1020})),
    (5, frozenset({1111, 1118})),
    (11, frozenset({1062, 1205})),
    (11, frozenset({1062, 1101})),
    (1, frozenset({1062, 1013})),
    (1, frozenset({1062, 1002})),
    (2, frozenset({1038, 1189})),
    (2, frozenset({1038, 1188})),
    (21, frozenset({1097, 1116})),
    (21, frozenset({1158})),
)
