"""TLV of fiscal documents: `tag u16 LE, length u16 LE, value`; an STLV value is a sequence of TLVs.

Sans I/O. The reader is for bytes of unknown origin (fiscal notes, section 1, "Reader hardening"): a length past the
buffer is an error with its offset, nesting is capped, unknown tags and values of a wrong size stay raw, duplicates
and the order stay as they are. `encode(decode(x)) == x` byte for byte.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from drivers.fiscal.tags import FFD_10, TagSpec, TagType, form_codes, meaning
from drivers.fiscal.values import Scalar, decode_value, encode_value

MAX_DEPTH = 8
HEADER = 4
_BODY_MARKS = frozenset({1040, 1041, 1077})  # written by the storage into every document


class TlvError(ValueError):
    """The bytes are not well-formed TLV. `offset` counts bytes from the start of the input.

    `message` is English for logs, `message_ru` one sentence for people.
    """

    def __init__(self, offset: int, message: str, message_ru: str = "") -> None:
        super().__init__(f"byte {offset}: {message}")
        self.offset = offset
        self.message = message
        self.message_ru = message_ru or message


@dataclass(frozen=True)
class Tag:
    """One TLV. `raw` is the value's bytes as found; `value` is decoded, raw bytes when the tag is unknown or its
    length does not fit, None for a container; `tags` are the members of a container in their order."""

    tag: int
    raw: bytes
    value: Scalar | None
    tags: tuple[Tag, ...] = ()
    spec: TagSpec | None = field(default=None, compare=False, repr=False)

    @property
    def typed(self) -> bool:
        """True when the bytes were understood as the table says; False for unknown tags and wrong lengths."""
        return self.spec is not None and (self.spec.type in (TagType.STLV, TagType.BYTES) or self.value is not self.raw)


def decode(buffer: bytes, *, parent: int | None = None, ffd: int | None = None, offset: int = 0) -> tuple[Tag, ...]:
    """Read a whole buffer as a sequence of TLVs.

    `parent` is the enclosing tag or form code when it is known, `ffd` the document's version (value of 1209, 0 = the
    document has none); both only choose between old and new meanings. `offset` is where the buffer starts in the
    input, for messages. Raises TlvError.
    """
    return _decode(buffer, parent, ffd, offset, 0)


def encode(tags: Iterable[Tag]) -> bytes:
    """Bytes of the tags as they were found (`raw`), in their order."""
    return b"".join(_frame(tag.tag, tag.raw) for tag in tags)


def build(number: int, value: Scalar | tuple[Tag, ...], *, parent: int | None = None, ffd: int | None = 4) -> Tag:
    """A tag to write: a scalar for a plain tag, a tuple of tags for a container (or a form code).

    Raises ValueError: unknown number, wrong type, too long. Sizes are those of the order.
    """
    spec = meaning(number, parent, ffd)
    if isinstance(value, tuple):
        if number not in form_codes() and (spec is None or spec.type is not TagType.STLV):
            raise ValueError(f"tag {number} is not a container")
        raw = encode(value)
        limit = 0xFFFF if spec is None or spec.max_length is None else spec.max_length
        if len(raw) > limit:
            raise ValueError(f"tag {number}: {len(raw)} bytes, allowed {limit}")
        return Tag(number, raw, None, value, spec)
    if spec is None:
        raise ValueError(f"tag {number} is not in the table")
    raw = encode_value(spec, value)
    return Tag(number, raw, decode_value(spec, raw), (), spec)


def walk(tags: Iterable[Tag], prefix: str = "") -> Iterator[tuple[str, Tag]]:
    """Every tag with its path, e.g. `1059[2]/1043`; siblings of one number are counted from 1 when they repeat."""
    members = tuple(tags)
    total = Counter(tag.tag for tag in members)
    seen: Counter[int] = Counter()
    for tag in members:
        seen[tag.tag] += 1
        index = f"[{seen[tag.tag]}]" if total[tag.tag] > 1 else ""
        path = f"{prefix}{tag.tag}{index}"
        yield path, tag
        if tag.tags:
            yield from walk(tag.tags, f"{path}/")


def _decode(buffer: bytes, parent: int | None, ffd: int | None, offset: int, depth: int) -> tuple[Tag, ...]:
    if depth > MAX_DEPTH:
        raise TlvError(
            offset,
            f"containers are nested deeper than {MAX_DEPTH}",
            f"контейнеры вложены глубже {MAX_DEPTH} уровней",
        )
    pairs = list(_split(buffer, offset))
    if depth == 0 or parent in form_codes():
        ffd = _declared_ffd(pairs, parent, ffd)
    return tuple(_tag(number, raw, at, parent, ffd, depth) for number, raw, at in pairs)


def _split(buffer: bytes, offset: int) -> Iterator[tuple[int, bytes, int]]:
    """(number, value, offset of the value in the input) for each TLV of one level."""
    at = 0
    while at < len(buffer):
        left = len(buffer) - at
        if left < HEADER:
            raise TlvError(
                offset + at,
                f"a tag header needs {HEADER} bytes, {left} left",
                f"для заголовка тега нужно {HEADER} байта, осталось {left}",
            )
        number = int.from_bytes(buffer[at : at + 2], "little")
        length = int.from_bytes(buffer[at + 2 : at + 4], "little")
        if length > left - HEADER:
            raise TlvError(
                offset + at,
                f"tag {number} declares {length} bytes, {left - HEADER} left",
                f"тег {number} объявляет длину {length}, а осталось байт: {left - HEADER}",
            )
        yield number, buffer[at + HEADER : at + HEADER + length], offset + at + HEADER
        at += HEADER + length


def _declared_ffd(pairs: Sequence[tuple[int, bytes, int]], parent: int | None, given: int | None) -> int | None:
    """The version a document declares about itself; FFD_10 when it is a document without 1209."""
    declared = next((raw[0] for number, raw, _ in pairs if number == 1209 and len(raw) == 1), None)
    if declared is not None:
        return declared
    is_document = parent in form_codes() or _BODY_MARKS.intersection(number for number, _, _ in pairs)
    return FFD_10 if given is None and is_document else given


def _tag(number: int, raw: bytes, at: int, parent: int | None, ffd: int | None, depth: int) -> Tag:
    if depth == 0 and number in form_codes():
        return Tag(number, raw, None, _decode(raw, number, ffd, at, depth + 1))
    spec = meaning(number, parent, ffd)
    if spec is None:
        return Tag(number, raw, raw)
    if spec.type is not TagType.STLV:
        value = decode_value(spec, raw)
        return Tag(number, raw, raw if value is None else value, (), spec)
    try:
        return Tag(number, raw, None, _decode(raw, number, ffd, at, depth + 1), spec)
    except TlvError:
        if spec.contextual:  # the older meaning after all: keep what cannot be read
            return Tag(number, raw, raw)
        raise


def _frame(number: int, raw: bytes) -> bytes:
    return number.to_bytes(2, "little") + len(raw).to_bytes(2, "little") + raw
