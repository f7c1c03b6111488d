"""Rules 1 and 12: the form, mandatory tags of the declared version, lengths, duplicates, control characters."""

from __future__ import annotations

from collections.abc import Iterator

from drivers.fiscal.containers import Image
from drivers.fiscal.cp866 import lost_characters
from drivers.fiscal.documents import FiscalDocument, Receipt
from drivers.fiscal.findings.model import Finding, finding
from drivers.fiscal.forms import CORRECTIONS, form_name, form_spec
from drivers.fiscal.members import first, whole
from drivers.fiscal.tags import TagType, all_specs
from drivers.fiscal.tlv import Tag, encode, walk

_EMPTY_IS_ZERO = (TagType.FLAG, TagType.VLN)
_ITEM_ALWAYS = (1043, 1079, 1023)
ADVANCE = 3


def check_shape(document: FiscalDocument) -> Iterator[Finding]:
    """Everything about the document's build; values are not judged here."""
    spec = form_spec(document.form)
    if spec is None:
        yield finding("form.unknown")
    else:
        size = len(encode(document.tags))
        if size > spec.max_length:
            yield finding("form.size", got=size, allowed=spec.max_length)
        yield from _missing(document.tags, spec.required_in(document.ffd), "tag.missing")
        if document.ffd >= 2:
            yield from _missing(document.tags, spec.expected, "tag.expected")
    if isinstance(document, Receipt) and document.ffd >= 2:
        yield from _items(document)
    yield from _duplicates(document.tags)
    for path, tag in walk(document.tags):
        yield from _one(path, tag, document.ffd)


def check_wrapping(document: FiscalDocument, image: Image) -> Iterator[Finding]:
    """What surrounds the document: header of the OFD container, bytes behind, a missing outer header."""
    if image.form is None and document.form:
        yield finding("form.guessed", name=form_name(document.form), form=document.form)
    if not image.tail_known:
        yield finding("tail.unknown", got=len(image.tail))
    header = image.header
    if header and header.fn_serial != document.fn_serial:
        yield finding("header.mismatch", "1041", got=header.fn_serial, expected=document.fn_serial)
    if header and header.fd_number != document.fd_number:
        yield finding("header.mismatch", "1040", got=header.fd_number, expected=document.fd_number)


def check_text(text: str, path: str = "") -> Iterator[Finding]:
    """A text that is about to be sent: characters CP866 cannot carry, control characters."""
    lost = lost_characters(text)
    if lost:
        yield finding("text.lost", path, got=lost)
    yield from _control(text, path)


def _missing(tags: tuple[Tag, ...], required: tuple[int, ...], code: str, prefix: str = "") -> Iterator[Finding]:
    present = {tag.tag for tag in tags}
    for number in required:
        if number not in present:
            spec = all_specs().get(number)
            yield finding(code, f"{prefix}{number}", tag=number, name=spec.name if spec else "")


def _items(receipt: Receipt) -> Iterator[Finding]:
    """Mandatory tags of a line by version (fiscal notes, sections 2.4 and 2.12)."""
    many = len(receipt.items) > 1
    for item in receipt.items:
        required = list(_ITEM_ALWAYS)
        if receipt.ffd == 2 or item.method != ADVANCE:
            required.append(1030)
        if receipt.ffd >= 3:
            required += [1214, 1212]
        if receipt.ffd >= 4:
            required.append(2108)
        prefix = f"1059[{item.number}]/" if many else "1059/"
        yield from _missing(item.tags, tuple(required), "tag.missing", prefix)
        if receipt.ffd == 2 and receipt.form not in CORRECTIONS:
            yield from _missing(item.tags, (1214,), "tag.expected", prefix)
        if whole(item.tags, 1222) and first(item.tags, 1226) is None:
            yield finding("supplier.missing", f"{prefix}1226")


def _duplicates(tags: tuple[Tag, ...], prefix: str = "") -> Iterator[Finding]:
    seen: set[int] = set()
    reported: set[int] = set()
    for tag in tags:
        if tag.tag in seen and tag.tag not in reported and tag.spec and not tag.spec.multiple:
            reported.add(tag.tag)
            yield finding("tag.duplicate", f"{prefix}{tag.tag}", tag=tag.tag)
        seen.add(tag.tag)
        yield from _duplicates(tag.tags, f"{prefix}{tag.tag}/")


def _one(path: str, tag: Tag, ffd: int) -> Iterator[Finding]:
    spec = tag.spec
    if spec is None:
        yield finding("tag.unknown", path, tag=tag.tag)
        return
    size = len(tag.raw)
    if spec.type is TagType.VLN:
        size = len(tag.raw.rstrip(b"\0"))  # high zero bytes may be kept
    if spec.length is not None:
        fits = size == spec.length
    else:
        fits = spec.max_length is None or size <= spec.max_length
        fits = fits or (spec.type is TagType.VLN and ffd < 2 and size <= 8)  # sums of the 2016 drafts
    if tag.typed and spec.length is None and not fits:
        yield finding("tag.too_long", path, got=len(tag.raw), allowed=spec.max_length)
    elif not tag.typed or not (fits or (size == 0 and spec.type in _EMPTY_IS_ZERO)):
        yield finding("tag.length", path, got=len(tag.raw), allowed=spec.length or _allowed(spec.type, spec.max_length))
    if isinstance(tag.value, str):
        yield from _control(tag.value, path)


def _allowed(kind: TagType, limit: int | None) -> int:
    fixed = {TagType.BYTE: 1, TagType.FLAG: 1, TagType.UINT16: 2, TagType.UINT32: 4, TagType.UNIXTIME: 4}
    return fixed.get(kind, limit or 0)


def _control(text: str, path: str) -> Iterator[Finding]:
    found = next((char for char in text if ord(char) < 0x20), None)
    if found is not None:
        yield finding("text.control", path, got=f"{ord(found):02X}h")
