"""Open points of status, identification and tables. Protocol notes, sections 2.1, 4 and 10."""

from __future__ import annotations

from drivers.discover.facts import Fact, Ruling, undecided
from drivers.discover.questions import Questions

BIT_PRINT_RESULT, BIT_CASH_CORE = 34, 23
INN_AT, INN_SIZE = 40, 6  # in the data of 11h
SHORT_DATA = 15  # data of 10h in an answer of 16 bytes
RATES_ROW, RATES_FIELD = 12, 1


def _bit(questions: Questions, number: int) -> bool | None:
    known = questions.ask(0xF7, b"\x01")
    return None if known.code else bool(int.from_bytes(known.data[:8], "little") >> number & 1)


def _short_status_length(questions: Questions) -> Ruling:
    reply, claimed = questions.ask(0x10), _bit(questions, BIT_PRINT_RESULT)
    if reply.code:
        return undecided(f"10h refused: {reply.code:02X}h")
    size = len(reply.data) + 2  # the command and its result
    told = f"payload of {size} bytes, F7h bit 34 is {claimed}"
    if claimed is None:
        return undecided(told)
    return Ruling("F7h bit 34 tells" if claimed == (size >= 17) else "F7h bit 34 does not tell", told)


def _short_status_tail(questions: Questions) -> Ruling:
    tail = questions.ask(0x10).data[11:14]
    if len(tail) < 3:
        return undecided(f"{len(tail)} bytes after the operations")
    if tail in (b"\x00\x00\x00", b"\xff\xff\xff"):
        return Ruling("reserved", f"bytes {tail.hex(' ')}")
    return Ruling("in use", f"bytes {tail.hex(' ')} (temperature, previous mode, print result would be K's reading)")


def _full_status_length(questions: Questions) -> Ruling:
    reply = questions.ask(0x11)
    if reply.code:
        return undecided(f"11h refused: {reply.code:02X}h")
    size = len(reply.data) + 2
    return Ruling(str(size) if size in (48, 50, 52) else "another length", f"payload of {size} bytes")


def _inn_order(questions: Questions) -> Ruling:
    """Compared with FF09h, which gives it in ASCII; the number itself is not told."""
    reply, registration = questions.ask(0x11), questions.ask(0xFF09)
    field = reply.data[INN_AT : INN_AT + INN_SIZE]
    if reply.code or registration.code or len(field) < INN_SIZE or field == b"\xff" * INN_SIZE:
        return undecided("the device does not tell an INN in 11h or FF09h")
    known = registration.data[5:17].decode("ascii", "replace").strip(" \0").lstrip("0")
    little, big = (str(int.from_bytes(field, order)).lstrip("0") for order in ("little", "big"))
    if known == little != big:
        return Ruling("little-endian", "11h equals FF09h read little-endian")
    if known == big != little:
        return Ruling("big-endian", "11h equals FF09h read big-endian")
    return undecided("11h equals FF09h in neither order, or in both")


def _font_width(questions: Questions) -> Ruling:
    known, font = questions.ask(0xF7, b"\x01"), questions.ask(0x26, b"\x01")
    if known.code or font.code or len(known.data) < 9 or len(font.data) < 3 or not font.data[2]:
        return undecided(f"F7h {known.code:02X}h, 26h {font.code:02X}h")
    told, width, char = known.data[8], int.from_bytes(font.data[:2], "little"), font.data[2]
    evidence = f"F7h says {told}; 26h: {width} dots, a character {char} dots"
    if told == 0:
        return Ruling("0: ask 26h", evidence)
    if told == width // char != char:
        return Ruling("characters", evidence)
    return Ruling("dots", evidence) if told == char else undecided(evidence)


def _longest_command(questions: Questions) -> Ruling:
    known = questions.ask(0xF7, b"\x01")
    if known.code or len(known.data) < 27:
        return undecided(f"F7h {known.code:02X}h, {len(known.data)} bytes")
    size = int.from_bytes(known.data[25:27], "little")
    return Ruling("255" if size == 255 else "longer than a 1.0 frame" if size > 255 else "shorter", f"{size} bytes")


def _serial_cell(questions: Questions) -> Ruling:
    """Only whether the cells hold something and whether the model is a cash core; not what they hold."""
    cash_core = _bit(questions, BIT_CASH_CORE)
    filled = [f"{table}" for table in (18, 14) if questions.ask(0x1F, bytes((table, 1, 0, 1))).data.strip(b" \0\xff")]
    told = f"F7h bit 23 is {cash_core}; field 1 of row 1 is filled in table {', '.join(filled) or 'none'}"
    wanted = "14" if cash_core else "18"
    return Ruling("as the driver reads it" if wanted in filled else "elsewhere", told)


def _tax_rates(questions: Questions) -> Ruling:
    rates = []
    for row in range(1, RATES_ROW + 1):
        reply = questions.ask(0x1F, bytes((6, row, 0, RATES_FIELD)))
        if reply.code:
            break
        rates.append(int.from_bytes(reply.data, "little"))
    if not rates:
        return undecided("table 6 cannot be read")
    told = "rates in 0.01 %: " + ", ".join(map(str, rates))
    return Ruling("with 22 %" if 2200 in rates else "with 5 and 7 %" if 500 in rates else "six old rates", told)


def _cut_setting(questions: Questions) -> Ruling:
    return _field_is(questions, 1, 7, ("отрез", "резк"))


def _rndis_setting(questions: Questions) -> Ruling:
    return _field_is(questions, 21, 9, ("rndis",))


def _ppp_setting(questions: Questions) -> Ruling:
    return _field_is(questions, 21, 1, ("ppp",))


def _field_is(questions: Questions, table: int, field: int, words: tuple[str, ...]) -> Ruling:
    """The firmware's own name of a field (2Eh): the notes number fields by the dump of one model."""
    reply = questions.ask(0x2E, bytes((table, field)))
    if reply.code or len(reply.data) < 42:
        return undecided(f"2Eh refused: {reply.code:02X}h")
    name = reply.data[:40].split(b"\0", 1)[0].decode("cp1251", "replace").strip()
    size, limits = reply.data[41], reply.data[42:]
    half = len(limits) // 2
    span = f"{int.from_bytes(limits[:half], 'little')}..{int.from_bytes(limits[half:], 'little')}" if half else "text"
    said = any(word in name.lower() for word in words)
    return Ruling("there" if said else "another field is there", f"{name!r}, {size} bytes, {span}")


_THERE = ("there", "another field is there")

FACTS = (
    Fact(
        "10h-length", "2.1", "Does F7h bit 34 tell whether 10h ends with the last print result?", ("10h", "F7h"),
        ("F7h bit 34 tells (V)", "F7h bit 34 does not tell"), "reads it when it is there", _short_status_length,
    ),
    Fact(
        "10h-tail", "2.1", "Are bytes 13..15 of 10h reserved?", ("10h",),
        ("reserved (V, J, P)", "in use: temperature, previous mode, print result (K)"), "ignored", _short_status_tail,
    ),
    Fact("11h-length", "2.1", "How long is 11h?", ("11h",), ("48", "50", "52"), "any", _full_status_length),
    Fact(
        "11h-inn", "2.1", "In which order of bytes does 11h give the INN?", ("11h", "FF09h"),
        ("little-endian (V, J, O)", "big-endian (P)"), "little-endian", _inn_order,
    ),
    Fact(
        "F7h-font-width", "2.1", "Is the font width of F7h in characters or in dots?", ("F7h", "26h"),
        ("characters (V)", "dots (log of one device)", "0: ask 26h"), "asks 26h", _font_width,
    ),
    Fact(
        "F7h-longest-command", "2.1", "Are commands longer than 255 bytes announced?", ("F7h",),
        ("255", "longer than a 1.0 frame", "shorter"), "frames of 255", _longest_command,
    ),
    Fact(
        "serial-cell", "4.1", "Is the serial number in table 18, on a cash core in table 14?", ("F7h", "1Fh"),
        ("as the driver reads it", "elsewhere"), "18,1,1; cash core 14,1,1", _serial_cell,
    ),
    Fact(
        "tax-rates", "4.3", "Which tax rates does table 6 hold?", ("1Fh",),
        ("with 22 %", "with 5 and 7 %", "six old rates"), "rates by the model", _tax_rates,
    ),
    Fact("table1-cut", "4.2", "Is field 7 of table 1 the cut?", ("2Eh",), _THERE, "not used", _cut_setting),
    Fact("table21-ppp", "4.6", "Is field 1 of table 21 the PPP mode?", ("2Eh",), _THERE, "not used", _ppp_setting),
    Fact("table21-rndis", "4.6", "Is field 9 of table 21 RNDIS?", ("2Eh",), _THERE, "not used", _rndis_setting),
)  # fmt: skip
