"""Open points of ATOL's status, versions, registers and tables. Protocol notes, sections 3.1, 3.5, 3.6 and 5.1."""

from __future__ import annotations

from collections.abc import Callable

from drivers.atol.errors import NOT_SUPPORTED
from drivers.atol.identify import COLUMNS
from drivers.discover.atol_questions import LONG_SERIAL, SERIAL_AT, AtolQuestions
from drivers.discover.facts import Fact, Ruling, undecided

STATUS, STATE, DEVICE_TYPE = b"\x3f", b"\x45", b"\xa5"
FIRMWARE, FLAGS_AT, MODEL_AT = slice(14, 16), 8, 13  # of 3Fh, after its first byte
PAPER_BIT, BATTERY_BIT = 1 << 3, 1 << 7
VERSION_AT = slice(5, 10)  # of A5h, after err
A5_MODEL_AT = 2
FORMATS = {1: "1.0", 2: "1.05", 3: "1.1", 4: "1.2"}
RATES_TABLE = 13


def register(number: int, first: int = 0, second: int = 0) -> bytes:
    """91h."""
    return bytes((0x91, number, first, second))


def refused(what: str, code: int) -> Ruling:
    return undecided(f"{what} refused: {code:02X}h")


def _firmware(questions: AtolQuestions) -> Ruling:
    """3Fh bytes 15 and 16 against the version of A5h."""
    told, version = questions.ask(STATUS).data[FIRMWARE], questions.ask(DEVICE_TYPE).data[VERSION_AT]
    if len(told) < 2 or len(version) < 2:
        return undecided("3Fh or A5h is short")
    evidence = f"3Fh tells {told.hex(' ')}, A5h {version[:2].hex(' ')}"
    if told == version[:2]:
        return Ruling("packed decimal", evidence)
    digits = f"{version[0]:x}{version[1]:x}"[:2].encode()
    return Ruling("ASCII digits", evidence) if told == digits or told.isdigit() else undecided(evidence)


def _battery(questions: AtolQuestions) -> Ruling:
    flags = questions.ask(STATUS).data[FLAGS_AT]
    told = f"bit 7 is {int(bool(flags & BATTERY_BIT))}, taken that the battery is good"
    return Ruling("1 = present" if flags & BATTERY_BIT else "0 = good", told)


def _version_shift(questions: AtolQuestions) -> Ruling:
    reply, version = questions.ask(b"\x9d\x01"), questions.ask(DEVICE_TYPE).data[VERSION_AT]
    if reply.code:
        return refused("9Dh 01h", reply.code)
    fits = [shift for shift in (0, 1) if reply.data[shift : shift + 2] == version[:2] and len(version) >= 2]
    told = f"{len(reply.data)} bytes after err, A5h's version found at {fits}"
    return Ruling("at once" if fits == [0] else "one byte later", told) if len(fits) == 1 else undecided(told)


def _build(questions: AtolQuestions) -> Ruling:
    reply, version = questions.ask(b"\x9d\x91"), questions.ask(DEVICE_TYPE).data[VERSION_AT]
    if reply.code:
        return refused("9Dh 91h", reply.code)
    same = reply.data[-2:] == version[3:5]
    return Ruling("the last two bytes" if same else "elsewhere", f"{len(reply.data)} bytes after err")


def _last_error(questions: AtolQuestions) -> Ruling:
    reply = questions.ask_again(b"\xb3")
    if reply.code or reply.data[:1] == bytes((NOT_SUPPORTED,)):
        return refused("B3h", reply.code or NOT_SUPPORTED)
    return Ruling("answered", f"{len(reply.data)} bytes after 55h, the last error first")


def _cash(questions: AtolQuestions) -> Ruling:
    """4Dh against register 0Ah; the sums are not told."""
    own, portable = questions.ask(b"\x4d"), questions.ask(register(0x0A))
    if own.code or portable.code:
        return undecided(f"4Dh: {own.code:02X}h, register 0Ah: {portable.code:02X}h")
    same = own.data[:7] == portable.data[:7]
    return Ruling("as register 0Ah" if same else "otherwise", f"{len(own.data)} and {len(portable.data)} bytes")


def _shift_result(questions: AtolQuestions) -> Ruling:
    reply = questions.ask(b"\x58")
    if reply.code:
        return refused("58h", reply.code)
    return Ruling("14 bytes" if len(reply.data) == 14 else "another length", f"{len(reply.data)} bytes after err")


def _paper(questions: AtolQuestions) -> Ruling:
    flags, faults = questions.ask(STATUS).data[FLAGS_AT], questions.ask(STATE).data[1]
    there, out = bool(flags & PAPER_BIT), bool(faults & 1)
    told = f"3Fh bit 3 is {int(there)}, 45h bit 0 is {int(out)}"
    return Ruling("both agree", told) if there != out else Ruling("they differ", told)


def _long_serial(questions: AtolQuestions) -> Ruling:
    """Register 16h against 3Fh; the numbers are not told."""
    reply, short = questions.ask(LONG_SERIAL), questions.ask(STATUS).data[SERIAL_AT]
    if reply.code:
        return refused("91h 16h", reply.code)
    told = f"{len(reply.data)} bytes, its end is {'' if reply.data[-4:] == short else 'not '}the number of 3Fh"
    return Ruling({7: "7 bytes", 4: "4 bytes"}.get(len(reply.data), "another length"), told)


def _columns(questions: AtolQuestions) -> Ruling:
    reply, model = questions.ask(register(0x18)), questions.ask(DEVICE_TYPE).data[A5_MODEL_AT]
    if reply.code or not reply.data:
        return refused("91h 18h", reply.code)
    digits, known = f"{reply.data[0]:02x}", COLUMNS.get(model)
    told = f"register 18h tells {digits}, the table of models {known} for model {model}"
    if known is None:
        return undecided(told)
    return Ruling("as the table of models" if digits == f"{known:02d}" else "otherwise", told)


def _formats(questions: AtolQuestions) -> Ruling:
    reply = questions.ask(register(0x36))
    if reply.code or len(reply.data) < 2:
        return refused("91h 36h", reply.code)
    return Ruling(FORMATS.get(reply.data[0], "another number"), f"register {reply.data[0]}, storage {reply.data[1]}")


def _extended(questions: AtolQuestions) -> Ruling:
    reply = questions.ask(register(0x37))
    if reply.code:
        return refused("91h 37h", reply.code)
    return Ruling("8 bytes" if len(reply.data) == 8 else "another length", f"{len(reply.data)} bytes")


def _clock_order(questions: AtolQuestions) -> Ruling:
    """Register 11h against 3Fh, which tells year, month, day."""
    reply, ymd = questions.ask(register(0x11)), questions.ask(STATUS).data[2:5]
    if reply.code:
        return refused("91h 11h", reply.code)
    date = reply.data[:3]
    if date == ymd[::-1] and date != ymd:
        return Ruling("day first", "register 11h is 3Fh's date turned round")
    return Ruling("year first", "register 11h is 3Fh's date") if date == ymd else undecided("another date, or both fit")


def _mode_for_tables(questions: AtolQuestions) -> Ruling:
    mode = questions.ask(STATE).data[0] & 0x0F
    reply = questions.ask(_rate(1))
    told = f"46h in mode {mode}: {reply.code:02X}h"
    if mode == 4:
        return undecided("the register is in mode 4")
    return (
        Ruling("any mode", told)
        if not reply.code
        else Ruling("mode 4", told)
        if reply.code == 0x66
        else undecided(told)
    )


def _rate(number: int) -> bytes:
    return bytes((0x46, RATES_TABLE, 0, number, 2))


def _rates(questions: AtolQuestions) -> Ruling:
    """Rows of table 13, hundredths of a percent; read only where 46h needs no mode."""
    rows = []
    for number in range(1, 13):
        reply = questions.ask(_rate(number))
        if reply.code:
            break
        rows.append(int(reply.data.hex()) if reply.data.hex().isdecimal() else -1)
    if not rows:
        return undecided("46h is not answered outside mode 4, and no mode is entered")
    told = f"rates by number: {rows}"
    if rows[:2] == [2000, 1000] or rows[:2] == [2200, 1000]:
        return Ruling("numbers of newer builds", told)
    return Ruling("numbers of older builds", told) if rows[1:3] in ([1000, 1800], [1000, 2000]) else undecided(told)


def _requisite(questions: AtolQuestions) -> Ruling:
    """E9h for 1209, the version of the FFD: no number of a shop."""
    reply = questions.ask(b"\xe9\xb9\x04\0")
    if reply.code or len(reply.data) < 6:
        return refused("E9h", reply.code)
    whole = reply.data[1:3] == b"\xb9\x04"
    told = f"{len(reply.data)} bytes, the first {reply.data[0]}"
    return Ruling("number of blocks, then TLV" if whole else "otherwise", told)


def _absent(number: int) -> Callable[[AtolQuestions], Ruling]:
    def decide(questions: AtolQuestions) -> Ruling:
        code = questions.ask(register(number)).code
        return Ruling("not there" if code else "there", f"91h {number:02X}h: {code:02X}h")

    return decide


FACTS = (
    Fact(
        "3F-firmware", "3.1", "Are bytes 15 and 16 of 3Fh ASCII digits or packed decimal?", ("3Fh", "A5h"),
        ("ASCII digits (S4)", "packed decimal (S3)"), "not used", _firmware,
    ),
    Fact(
        "3F-battery", "3.1", "What does flag 7 of 3Fh mean?", ("3Fh",), ("1 = present (S3, S12)", "0 = good (S1)"),
        "not used", _battery,
    ),
    Fact(
        "9D-offset", "3.1", "Where in the answer of 9Dh is the version?", ("9Dh", "A5h"),
        ("at once (S2)", "one byte later (S1)"), "at once", _version_shift,
    ),
    Fact(
        "9D91-build", "3.1", "Are the last two bytes of 9Dh 91h the build of A5h?", ("9Dh", "A5h"),
        ("the last two bytes (S2)", "elsewhere"), "the build of A5h", _build,
    ),
    Fact("B3", "3.1", "Is B3h answered?", ("B3h",), ("answered (S1)",), "not used", _last_error),
    Fact(
        "4D-cash", "3.1", "Is 4Dh the cash of register 0Ah?", ("4Dh", "91h 0Ah"), ("as register 0Ah (S1)", "otherwise"),
        "register 0Ah", _cash,
    ),
    Fact(
        "58-length", "3.1", "Are the sums of the last shift two of seven bytes?", ("58h",),
        ("14 bytes (S1)", "another length"), "not used", _shift_result,
    ),
    Fact(
        "paper", "3.1", "Do 3Fh and 45h agree about the paper?", ("3Fh", "45h"), ("both agree", "they differ"),
        "45h decides (switch paper_from_45)", _paper,
    ),
    Fact(
        "register-11", "3.6", "Does register 11h begin with the day?", ("91h 11h", "3Fh"), ("day first", "year first"),
        "day first", _clock_order,
    ),
    Fact(
        "register-16", "3.6", "How long is register 16h?", ("91h 16h", "3Fh"),
        ("7 bytes (S2)", "4 bytes (S2, old)", "another length"), "all there is", _long_serial,
    ),
    Fact(
        "register-18", "5.1", "Is the line width of register 18h that of the table of models?", ("91h 18h", "A5h"),
        ("as the table of models (S2)", "otherwise"), "the register decides", _columns,
    ),
    Fact(
        "register-0D", "3.6", "Is register 0Dh there?", ("91h 0Dh",), ("not there", "there"), "not used", _absent(0x0D),
    ),
    Fact(
        "register-34", "3.6", "Is register 34h there?", ("91h 34h",), ("there", "not there"), "not used", _absent(0x34),
    ),
    Fact(
        "register-36", "3.6", "Which FFD does register 36h tell?", ("91h 36h",),
        ("1.0", "1.05", "1.1", "1.2 (number 4: no source)", "another number"), "4 = 1.2 (switch ffd_12)", _formats,
    ),
    Fact(
        "register-37", "3.6", "How long is register 37h?", ("91h 37h",), ("8 bytes (S2)", "another length"),
        "at least 4 bytes", _extended,
    ),
    Fact(
        "E9-blocks", "3.5", "How does E9h answer?", ("E9h",), ("number of blocks, then TLV (S2, S14)", "otherwise"),
        "number of blocks, then TLV", _requisite,
    ),
    Fact(
        "46-mode", "3.5", "Does 46h need mode 4?", ("46h", "45h"), ("mode 4 (S2 enters it)", "any mode"), "enters it",
        _mode_for_tables,
    ),
    Fact(
        "tax-rates", "3.4", "Which tax number is which rate?", ("46h",),
        ("numbers of newer builds (S2, S3)", "numbers of older builds (S2)"), "by the build (switch vat_table)", _rates,
    ),
)  # fmt: skip
