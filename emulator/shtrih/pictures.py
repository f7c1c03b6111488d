"""Graphics memory of the printer, 2D data blocks and the EAN-13 symbol (protocol notes, sections 2.3 and 6.3)."""

from __future__ import annotations

from dataclasses import dataclass, field

NARROW, WIDE = 0, 1
LINE_BYTES = {NARROW: 40, WIDE: 64}
LINES = {NARROW: 1200, WIDE: 600}
BLOCK = 64
BLOCKS = 128

_REVERSED = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))


def leftmost_high(row: bytes) -> bytes:
    """Turn a line whose bit 0 is the leftmost dot of a byte into one whose bit 7 is."""
    return row.translate(_REVERSED)


@dataclass
class Pictures:
    """Loaded graphics lines by buffer and number, and the bytes of DDh (128 blocks of 64)."""

    lines: dict[int, dict[int, bytes]] = field(default_factory=lambda: {NARROW: {}, WIDE: {}})
    blocks: dict[int, bytes] = field(default_factory=dict)

    def load(self, buffer: int, number: int, row: bytes) -> None:
        """Keep one line; ``ValueError`` when the number or the length does not fit the buffer."""
        if not 0 <= number <= LINES[buffer] or len(row) > LINE_BYTES[buffer]:
            raise ValueError(f"line {number} of {len(row)} bytes does not fit buffer {buffer}")
        self.lines[buffer][number] = row.ljust(LINE_BYTES[buffer], b"\0")

    def band(self, buffer: int, first: int, last: int) -> tuple[bytes, ...]:
        """Lines first..last for the tape, white where nothing was loaded; ``ValueError`` for a wrong range."""
        if not 0 <= first <= last <= LINES[buffer]:
            raise ValueError(f"lines {first}..{last} are not in buffer {buffer}")
        white = bytes(LINE_BYTES[buffer])
        return tuple(leftmost_high(self.lines[buffer].get(number, white)) for number in range(first, last + 1))

    def load_block(self, number: int, data: bytes) -> None:
        """Keep one block of 2D data; ``ValueError`` for a number above 127."""
        if not 0 <= number < BLOCKS:
            raise ValueError(f"block {number} is not 0..{BLOCKS - 1}")
        self.blocks[number] = data

    def block_data(self, first: int, length: int) -> bytes:
        """``length`` bytes from block ``first`` on; ``ValueError`` when they were not all loaded."""
        count = -(-length // BLOCK)
        data = b"".join(self.blocks.get(number, b"") for number in range(first, first + count))
        if not 1 <= length <= len(data):
            raise ValueError(f"{length} bytes are not loaded")
        return data[:length]


def scaled(rows: tuple[bytes, ...], vertical: int, horizontal: int) -> tuple[bytes, ...]:
    """Repeat every dot ``horizontal`` times and every line ``vertical`` times (bit 7 leftmost)."""
    wide = [_stretch(row, horizontal) if horizontal > 1 else row for row in rows]
    return tuple(row for row in wide for _ in range(vertical))


def _stretch(row: bytes, times: int) -> bytes:
    bits = "".join(bit * times for byte in row for bit in f"{byte:08b}")
    return _from_bits(bits)


def _from_bits(bits: str) -> bytes:
    padded = bits.ljust(-(-len(bits) // 8) * 8, "0")
    return bytes(int(padded[at : at + 8], 2) for at in range(0, len(padded), 8))


_LEFT = ("0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011")
_PARITY = ("LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL")


def ean13_digits(number: int) -> str:
    """The 13 digits of a 12-digit number, check digit added; ``ValueError`` above twelve digits."""
    digits = f"{number:012d}"
    if len(digits) > 12:
        raise ValueError("EAN-13 has twelve digits and a check digit")
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return digits + str(-weighted % 10)


def ean13_row(digits: str, dot: int = 2) -> tuple[bytes, int]:
    """One line of the symbol (bit 7 leftmost) and its width in dots: 95 modules of ``dot`` dots."""
    kinds = _PARITY[int(digits[0])]
    left = "".join(_left_code(int(digit), kind) for digit, kind in zip(digits[1:7], kinds, strict=True))
    right = "".join(_right_code(int(digit)) for digit in digits[7:])
    modules = f"101{left}01010{right}101"
    return _from_bits("".join(bit * dot for bit in modules)), len(modules) * dot


def _right_code(digit: int) -> str:
    return _LEFT[digit].translate(str.maketrans("01", "10"))


def _left_code(digit: int, kind: str) -> str:
    return _LEFT[digit] if kind == "L" else _right_code(digit)[::-1]
