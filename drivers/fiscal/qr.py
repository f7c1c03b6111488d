"""The fiscal QR: `t=20251121T0905&s=959.00&fn=9999078902001234&i=102&fp=180150000&n=1`.

Written canonically, read tolerantly: real receipts have seconds, a small `t`, zero-padded numbers, a 12-digit FN, the
fields in another order, extra spaces. Source: fiscal notes, section 3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from drivers.fiscal.values import MAX_UINT32

MAX_TEXT = 512
_KEYS = ("t", "s", "fn", "i", "fp", "n")
_TIME = re.compile(r"(\d{8})[Tt](\d{4})(\d{2})?", re.ASCII)
_SUM = re.compile(r"(\d{1,13})(?:[.,](\d{1,2}))?", re.ASCII)
_FN = re.compile(r"\d{12,16}", re.ASCII)
_NUMBER = re.compile(r"\d{1,20}", re.ASCII)


class QrError(ValueError):
    """The text is not a fiscal QR. `field` is the key at fault ("" = the text as a whole)."""

    def __init__(self, field: str, message: str, message_ru: str) -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.field = field
        self.message = message
        self.message_ru = message_ru


@dataclass(frozen=True)
class ReceiptQr:
    """What the QR says. `at` is local time, to the minute or the second as written; `operation` is tag 1054."""

    at: datetime
    total_kop: int
    fn_serial: str
    fd_number: int
    fpd: int
    operation: int

    def text(self) -> str:
        """Canonical form: six fields in the order's sequence, no seconds, no zero padding."""
        return (
            f"t={self.at:%Y%m%dT%H%M}&s={self.total_kop // 100}.{self.total_kop % 100:02d}"
            f"&fn={self.fn_serial}&i={self.fd_number}&fp={self.fpd}&n={self.operation}"
        )


def parse_qr(text: str) -> ReceiptQr:
    """Read the text of a fiscal QR. Raises QrError naming the field; unknown keys are ignored."""
    fields = _fields(text)
    return ReceiptQr(
        at=_time(fields["t"]),
        total_kop=_kopecks(fields["s"]),
        fn_serial=_matched("fn", fields["fn"], _FN).group(),
        fd_number=_integer("i", fields["i"], 1, MAX_UINT32),
        fpd=_integer("fp", fields["fp"], 0, MAX_UINT32),
        operation=_integer("n", fields["n"], 1, 4),
    )


def _fields(text: str) -> dict[str, str]:
    if len(text) > MAX_TEXT:
        raise QrError("", f"longer than {MAX_TEXT} characters", f"строка длиннее {MAX_TEXT} символов")
    fields: dict[str, str] = {}
    for part in "".join(text.split()).split("&"):
        key, _, value = part.partition("=")
        if key.lower() in fields:
            raise QrError(key.lower(), "given twice", f"поле {key.lower()} указано дважды")
        fields[key.lower()] = value
    missing = [key for key in _KEYS if not fields.get(key)]
    if len(missing) == len(_KEYS):
        raise QrError("", "not a fiscal QR", "это не QR-код кассового чека")
    if missing:
        raise QrError(missing[0], "missing", f"нет полей: {', '.join(missing)}")
    return fields


def _matched(key: str, value: str, pattern: re.Pattern[str]) -> re.Match[str]:
    found = pattern.fullmatch(value)
    if found is None:
        raise QrError(key, f"bad value {value[:32]!r}", f"поле {key}: значение {value[:32]!r} не читается")
    return found


def _time(value: str) -> datetime:
    day, minutes, seconds = _matched("t", value, _TIME).groups()
    try:
        return datetime.fromisoformat(f"{day}T{minutes}{seconds or '00'}")
    except ValueError as error:
        raise QrError("t", f"no such time {value!r}", f"поле t: времени {value!r} не бывает") from error


def _kopecks(value: str) -> int:
    roubles, kopecks = _matched("s", value, _SUM).groups()
    return int(roubles) * 100 + int((kopecks or "0").ljust(2, "0"))


def _integer(key: str, value: str, least: int, greatest: int) -> int:
    number = int(_matched(key, value, _NUMBER).group())
    if not least <= number <= greatest:
        raise QrError(
            key,
            f"{number} is not from {least} to {greatest}",
            f"поле {key}: {number} вне пределов от {least} до {greatest}",
        )
    return number
