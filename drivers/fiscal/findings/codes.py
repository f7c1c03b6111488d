"""Rules 9 and 11: values of lists, tax systems, what a version forbids, marked goods."""

from __future__ import annotations

from collections.abc import Iterator

from drivers.fiscal.documents import FiscalDocument, Item, Receipt
from drivers.fiscal.findings.model import Context, Finding, finding
from drivers.fiscal.findings.sums import item_path
from drivers.fiscal.forms import CORRECTIONS, FFD_NAMES
from drivers.fiscal.gtin import is_unique_code, product_code
from drivers.fiscal.members import first, inside
from drivers.fiscal.tags import TagType, table
from drivers.fiscal.tlv import Tag, walk
from drivers.fiscal.values import quantity_text

MARKED = frozenset({30, 31, 32, 33})
MARKED_WITH_CODE = frozenset({31, 33})
PIECES = 0  # tag 2108
_CODE_KINDS = frozenset({1305, 1306})


def check_lists(document: FiscalDocument) -> Iterator[Finding]:
    """Each value of a coded tag is in its list; bit fields have known bits only."""
    for path, tag in walk(document.tags):
        if tag.spec is None or not tag.spec.list_name or not isinstance(tag.value, int):
            continue
        names = table("ffd_lists")[tag.spec.list_name]["names"]
        if tag.spec.type is TagType.BITS:
            known = sum(1 << int(bit) for bit in names)
            if tag.value & ~known:
                yield finding("list.bits", path, got=tag.value, tag=tag.tag)
        elif str(tag.value) not in names:
            yield finding("list.value", path, got=tag.value, tag=tag.tag)


def check_codes(receipt: Receipt, context: Context) -> Iterator[Finding]:
    """Tax system, version rules, marking."""
    yield from _tax_system(receipt, context)
    if receipt.form in CORRECTIONS and receipt.ffd == 2 and receipt.operation not in (None, 1, 3):
        yield finding("correction.operation", "1054", got=receipt.operation)
    seen: dict[bytes, int] = {}
    for item in receipt.items:
        path = item_path(receipt, item)
        yield from _version(receipt, item.tags, path)
        yield from _marking(receipt, item, path)
        code = product_code(item.tags)
        if is_unique_code(item.tags) and seen.setdefault(code, item.number) != item.number:
            yield finding("marking.duplicate", f"{path}/1163", expected=seen[code])
    has_code = any(child.tag in _CODE_KINDS for item in receipt.items for child in inside(item.tags, 1163))
    if has_code and first(receipt.tags, 2107) is None:
        yield finding("marking.summary", "2107")


def _tax_system(receipt: Receipt, context: Context) -> Iterator[Finding]:
    mask = receipt.tax_system
    if mask is None:
        return
    if mask.bit_count() != 1:
        yield finding("tax.bits", "1055", got=mask)
    elif context.tax_systems is not None and mask & ~context.tax_systems:
        yield finding("tax.registered", "1055", got=mask, expected=context.tax_systems)


def _version(receipt: Receipt, item: tuple[Tag, ...], path: str) -> Iterator[Finding]:
    present = {tag.tag for tag in item}
    if receipt.ffd == 4 and 1197 in present:
        yield finding("unit.forbidden", f"{path}/1197")
    wrong = 1162 if receipt.ffd == 4 else 1163
    if receipt.ffd in (2, 3, 4) and wrong in present:
        yield finding("code.version", f"{path}/{wrong}", tag=wrong, ffd=FFD_NAMES[receipt.ffd])


def _marking(receipt: Receipt, item: Item, path: str) -> Iterator[Finding]:
    code = first(item.tags, 1163)
    if code is not None and len(code.tags) != 1:
        yield finding("marking.child", f"{path}/1163", got=len(code.tags))
    if item.subject not in MARKED:
        return
    if receipt.ffd != 4:
        yield finding("marking.version", f"{path}/1212", got=item.subject)
    if item.subject not in MARKED_WITH_CODE:
        return
    for needed in (1163, 2106):
        if first(item.tags, needed) is None:
            yield finding("marking.code", f"{path}/{needed}", tag=needed)
    fraction = first(item.tags, 1291) is not None
    if item.measure == PIECES and not fraction and item.quantity not in (None, 1):
        got = quantity_text(item.quantity) if item.quantity is not None else ""
        yield finding("marking.quantity", f"{path}/1023", got=got)
