"""Bar codes as modules (1 = bar, 0 = space), without the quiet zone: the host draws what most devices cannot.

Sources: GS1 General Specifications (EAN-13, EAN-8), ISO/IEC 15417 (Code 128).
"""

from __future__ import annotations

_LEFT = ("0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011")
_FIRST = ("LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL")
_GUARD, _MIDDLE = "101", "01010"

# Code 128: widths of bar, space, bar, space, bar, space for values 0..105
_WIDTHS = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222"
    "123122123221223211221132221231213212223112312131311222321122321221312212322112322211212123212321"
    "232121111323131123131321112313132113132311211313231113231311112133112331132131113123113321133121"
    "313121211331231131213113213311213131311123311321331121312113312311332111314111221411431111111224"
    "111422121124121421141122141221112214112412122114122411142112142211241211221114413111241112134111"
    "111242121142121241114212124112124211411212421112421211212141214121412121111143111341131141114113"
    "114311411113411311113141114131311141411131211412211214211232"
)
_STOP = "2331112"
_START_B, _START_C = 104, 105
_LONGEST = 48


def check_digit(digits: str) -> int:
    """The last digit of an EAN over the digits before it."""
    return -sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(digits))) % 10


def bars(kind: str, text: str) -> str:
    """Modules as a string of 0 and 1. Raises ValueError for a text the kind cannot carry."""
    if kind == "ean13":
        return _ean13(_digits(text, 13))
    if kind == "ean8":
        return _ean8(_digits(text, 8))
    if kind == "code128":
        return _code128(text)
    raise ValueError(f"no bar code is called {kind!r}: ean13, ean8, code128")


def _digits(text: str, length: int) -> str:
    if not (text.isascii() and text.isdecimal() and len(text) in (length - 1, length)):
        raise ValueError(f"{text!r} is not {length - 1} digits, or {length} with the check digit")
    whole = text if len(text) == length else f"{text}{check_digit(text)}"
    if check_digit(whole[:-1]) != int(whole[-1]):
        raise ValueError(f"the check digit of {text!r} is wrong")
    return whole


def _right(digit: str) -> str:
    return _LEFT[int(digit)].translate(str.maketrans("01", "10"))


def _ean13(digits: str) -> str:
    """The first digit is told by which of the next six are written mirrored (set G)."""
    left = ""
    for digit, kind in zip(digits[1:7], _FIRST[int(digits[0])], strict=True):
        left += _LEFT[int(digit)] if kind == "L" else _right(digit)[::-1]
    return _GUARD + left + _MIDDLE + "".join(map(_right, digits[7:])) + _GUARD


def _ean8(digits: str) -> str:
    left = "".join(_LEFT[int(digit)] for digit in digits[:4])
    return _GUARD + left + _MIDDLE + "".join(map(_right, digits[4:])) + _GUARD


def _code128(text: str) -> str:
    """Set C for digits of even number alone, set B otherwise."""
    if not 1 <= len(text) <= _LONGEST or any(not " " <= char <= "\x7f" for char in text):
        raise ValueError(f"Code 128 carries 1..{_LONGEST} characters of ASCII")
    if len(text) % 2 == 0 and text.isdecimal():
        values = [_START_C, *(int(text[at : at + 2]) for at in range(0, len(text), 2))]
    else:
        values = [_START_B, *(ord(char) - 32 for char in text)]
    check = (values[0] + sum(at * value for at, value in enumerate(values[1:], 1))) % 103
    widths = "".join(_WIDTHS[6 * value : 6 * value + 6] for value in [*values, check]) + _STOP
    return "".join(("1" if at % 2 == 0 else "0") * int(width) for at, width in enumerate(widths))
