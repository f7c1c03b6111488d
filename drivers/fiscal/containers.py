"""From what people have in a file to the members of one fiscal document.

    [OFD container header, 28 or 32 bytes] [form u16][length u16][body] [FPS, 8 bytes] [2 bytes]

Only the middle is always there; a printer returns the bare body. The reader stops at the form's own length: the FPS
that follows starts with 81 06 and would look like a tag. Source: fiscal notes, section 1, "Image of a stored document".
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.fiscal.tags import form_codes
from drivers.fiscal.tlv import HEADER, TlvError

MAX_INPUT = 256 * 1024  # a document is at most 32 KB; as spaced hex that is 96 KB
MAX_BODY = 0xFFFF  # what the two length bytes of a document can say
FPS_SIZE = 8
TAIL_SIZE = 2
_SIGNATURE = 0xA5
_VERSION = 0x01
_LONG, _SHORT = 32, 28
_HEX = frozenset(b"0123456789abcdefABCDEF")
_BETWEEN = frozenset(b" \t\r\n,:;|-")


@dataclass(frozen=True)
class ContainerHeader:
    """The OFD container's own words. `kind` is the document kind; `fd_number` and `fn_serial` repeat 1040 and 1041."""

    size: int
    kind: int
    fn_serial: str
    fd_number: int


@dataclass(frozen=True)
class Image:
    """One document taken out of its wrapping.

    `form` is None for a bare body. `body_offset` is where the body starts in the input. `fps` is the 8-byte sign
    after the document (b"" = none), `tail` whatever else follows.
    """

    form: int | None
    body: bytes
    body_offset: int
    header: ContainerHeader | None = None
    fps: bytes = b""
    tail: bytes = b""

    @property
    def tail_known(self) -> bool:
        """False when bytes follow that are neither an FPS nor the usual two."""
        return len(self.tail) in (0, TAIL_SIZE)


def read_input(content: bytes) -> bytes:
    """Binary or hex text (spaces, line breaks, `0x` and `, : ; | -` between bytes) to binary.

    Raises TlvError: empty, too big, odd number of digits, a character that is not hex. Its offset counts bytes.
    """
    if len(content) > MAX_INPUT:
        raise TlvError(MAX_INPUT, f"more than {MAX_INPUT} bytes", f"больше {MAX_INPUT} байт: это не один документ")
    if not content.strip():
        raise TlvError(0, "the input is empty", "вход пуст")
    text = content.removeprefix(b"\xef\xbb\xbf")
    if any(byte >= 0x80 or (byte < 0x20 and byte not in _BETWEEN) for byte in text):
        return content
    return _from_hex(text.replace(b"0x", b"").replace(b"0X", b""))


def unwrap(buffer: bytes) -> Image:
    """Find the document in the bytes. Raises TlvError when a form is announced but is not all there."""
    if not buffer:
        raise TlvError(0, "the input is empty", "вход пуст")
    size = _header_size(buffer)
    if size is not None:
        return _image(buffer, size, _container_header(buffer, size))
    if len(buffer) >= 2 and int.from_bytes(buffer[:2], "little") in form_codes():
        return _image(buffer, 0, None)
    if len(buffer) > MAX_BODY:
        raise TlvError(MAX_BODY, f"more than {MAX_BODY} bytes", f"больше {MAX_BODY} байт: это не один документ")
    return Image(None, buffer, 0)


def _from_hex(text: bytes) -> bytes:
    digits = bytes(byte for byte in text if byte not in _BETWEEN)
    for position, byte in enumerate(digits):
        if byte not in _HEX:
            shown = chr(byte)
            raise TlvError(position // 2, f"{shown!r} is not a hex digit", f"символ {shown!r} — не шестнадцатеричный")
    if len(digits) % 2:
        raise TlvError(
            len(digits) // 2,
            "an odd number of hex digits: half a byte is missing",
            "нечётное число шестнадцатеричных цифр: не хватает половины байта",
        )
    return bytes.fromhex(digits.decode("ascii"))


def _header_size(buffer: bytes) -> int | None:
    """32: length, CRC, then A5; 28: A5 first. The third byte from A5 is the version."""
    for size, start in ((_LONG, 4), (_SHORT, 0)):
        mark = buffer[start : start + 3]
        if len(mark) == 3 and mark[0] == _SIGNATURE and mark[2] == _VERSION:
            return size
    return None


def _container_header(buffer: bytes, size: int) -> ContainerHeader:
    if len(buffer) < size:
        raise TlvError(
            len(buffer),
            f"the container header is {size} bytes, only {len(buffer)} are there",
            f"заголовок контейнера ОФД занимает {size} байт, есть только {len(buffer)}",
        )
    start = size - _SHORT
    return ContainerHeader(
        size=size,
        kind=buffer[start + 1],
        fn_serial=buffer[start + 5 : start + 13].hex(),
        fd_number=int.from_bytes(buffer[start + 13 : start + 16], "big"),
    )


def _image(buffer: bytes, start: int, header: ContainerHeader | None) -> Image:
    left = len(buffer) - start
    if left < HEADER:
        raise TlvError(
            start,
            f"a document header needs {HEADER} bytes, {left} left",
            f"для заголовка документа нужно {HEADER} байта, осталось {left}",
        )
    form = int.from_bytes(buffer[start : start + 2], "little")
    length = int.from_bytes(buffer[start + 2 : start + 4], "little")
    if form not in form_codes():
        raise TlvError(start, f"{form} is not a form code", f"код формы {form} неизвестен")
    if length > left - HEADER:
        raise TlvError(
            start,
            f"form {form} declares {length} bytes, {left - HEADER} left",
            f"документ (форма {form}) объявляет длину {length}, а осталось байт: {left - HEADER}",
        )
    body_offset = start + HEADER
    rest = buffer[body_offset + length :]
    fps = rest[:FPS_SIZE] if len(rest) in (FPS_SIZE, FPS_SIZE + TAIL_SIZE) else b""
    return Image(form, buffer[body_offset : body_offset + length], body_offset, header, fps, rest[len(fps) :])
