"""Takes out of a recorded frame what must not leave the shop. Numbers keep their last four digits, lengths stay.

What is not known to be harmless is masked: every text, every piece of bytes longer than four, every tag of a document
that is not a number. A frame that cannot be read to its last byte cannot be masked either, and is refused.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from drivers.fields import FieldError, decode_record, encode_record
from drivers.fiscal.tags import TagType
from drivers.fiscal.tlv import Tag, TlvError, decode

KEPT_BYTES = 4
NUMBERS = frozenset({"serial", "inn", "rnm", "long_serial"})
CLEAR = frozenset(
    {
        ("FullStatus", "firmware"),
        ("FullStatus", "fm_firmware"),
        ("FullStatus", "newer"),
        ("DeviceType", "name"),
        ("ErrorText", "text"),
        ("TableStructure", "name"),
        ("FieldStructure", "name"),
        ("FieldStructure", "limits"),
        ("StorageVersion", "version"),
    }
)
PASSWORDS = frozenset({"inspector_password", "system_password", "password", "new_password"})
PASSWORD_TABLE = 2  # passwords and names of the cashiers
SAFE_BYTES = frozenset({1077})  # the fiscal sign


class CannotMaskError(ValueError):
    """The frame is not understood well enough; the text says why."""


def masked_fields(record: type[Any], content: bytes, context: object = None) -> tuple[bytes, Any]:
    """The same fields with nothing personal in them: bytes and record. `context`: the request that was answered.

    Bytes beyond the layout are zeroed. Raises CannotMaskError.
    """
    try:
        read = decode_record(record, content)
        written = encode_record(read)
    except FieldError as error:
        raise CannotMaskError(f"not as the command's layout says: {error}") from error
    if not content.startswith(written):
        raise CannotMaskError("bytes are written otherwise than the driver would write them")
    clean = dataclasses.replace(read, **_clean_values(read, context))
    try:
        again = encode_record(clean)
    except FieldError as error:
        raise CannotMaskError(str(error)) from error
    if len(again) != len(written):
        raise CannotMaskError("masked it would have another length")
    return again + bytes(len(content) - len(written)), clean


def asked(record: type[Any], content: bytes) -> object:
    """The request as its record, to mask an answer by; None when it cannot be read."""
    try:
        return decode_record(record, content)
    except FieldError:
        return None


def _clean_values(record: Any, context: object) -> dict[str, Any]:  # noqa: ANN401 - any record
    name = type(record).__name__
    found: dict[str, Any] = {}
    for field in dataclasses.fields(record):
        value = getattr(record, field.name)
        if (name, field.name) in CLEAR:
            continue
        if field.name in PASSWORDS:
            found[field.name] = 0
        elif isinstance(value, str):
            found[field.name] = masked_text(value)
        elif isinstance(value, bytes):
            found[field.name] = _clean_bytes(field.name, value, context if context is not None else record)
        elif isinstance(value, int) and field.name in NUMBERS:
            found[field.name] = value % 10000
    return found


def _clean_bytes(name: str, value: bytes, context: object) -> bytes:
    if name == "tlv":
        return masked_tlv(value)
    if getattr(context, "table", None) == PASSWORD_TABLE:
        return bytes(len(value))
    return value if len(value) <= KEPT_BYTES else bytes(len(value))


def masked_text(text: str) -> str:
    """Digits `0` but for the last four of a number, other characters `*`, spaces stay."""
    if text.isdecimal():
        return "0" * max(0, len(text) - 4) + text[-4:] if len(text) > 4 else text
    return "".join(" " if character == " " else "*" for character in text)


def masked_tlv(content: bytes) -> bytes:
    """Tags of a document: numbers and times stay, texts and bytes are blanked. Raises CannotMaskError."""
    try:
        tags = decode(content)
    except TlvError as error:
        raise CannotMaskError("a document's tags cannot be read") from error
    return b"".join(_masked_tag(tag) for tag in tags)


def _masked_tag(tag: Tag) -> bytes:
    if tag.tags:
        value = b"".join(_masked_tag(member) for member in tag.tags)
    elif tag.tag in SAFE_BYTES or (tag.typed and tag.spec is not None and tag.spec.type in _PLAIN):
        value = tag.raw
    else:
        value = b"*" * len(tag.raw)
    return tag.tag.to_bytes(2, "little") + len(value).to_bytes(2, "little") + value


_PLAIN = frozenset(TagType) - {TagType.STRING, TagType.BYTES, TagType.STLV}
