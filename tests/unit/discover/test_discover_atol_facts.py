"""Open points of ATOL decided by questions: on the emulator in both protocols, and on devices that say the other."""

import re
from datetime import datetime

import pytest
from unit.discover.front_stream import FrontStream

from drivers.api import Effect
from drivers.atol.commands import ALL
from drivers.discover.atol_questions import (
    OPEN,
    STORAGE,
    STORAGE_OPEN,
    AtolQuestions,
    AtolReply,
    require_question,
    secrets_of,
)
from drivers.discover.facts import UNDECIDED, rule
from drivers.discover.questions import UnansweredError
from emulator.atol.bench import Setup, build
from emulator.atol.front import PROTOCOLS, V2, V3
from emulator.atol.variant import AddAnswer, Timers, Variant
from pos_agent.cli.probe_report import atol_facts

AT = datetime.fromisoformat("2026-11-21T18:05")
BY_NAME = {fact.name: fact for protocol in PROTOCOLS for fact in atol_facts(protocol)}
MOVES_THE_POSITION = {"A4h 46h"}


def stream_of(protocol: str = V3, **variant) -> FrontStream:
    bench = build(AT, Setup(Variant(**variant), protocol=protocol))
    bench.mode(1)
    bench.sell()
    bench.ok(b"\x48")
    return FrontStream(bench)


def reading(name: str, protocol: str = V3, **variant) -> str:
    stream = stream_of(protocol, **variant)
    return BY_NAME[name].decide(AtolQuestions(stream, stream.monotonic, protocol)).reading


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_emulator_is_asked_everything_and_changed_by_nothing(protocol: str) -> None:
    stream = stream_of(protocol)
    before = [stream.bench.do(asked) for asked in (b"\xa4\x30", b"\x45", b"\x91\x33\0\0", b"\x91\x0a\0\0")]
    paper = stream.bench.device.tape.marks
    ruled = {
        each.fact.name: each.ruling
        for each in rule(atol_facts(protocol), AtolQuestions(stream, stream.monotonic, protocol))
    }
    assert [stream.bench.do(asked) for asked in (b"\xa4\x30", b"\x45", b"\x91\x33\0\0", b"\x91\x0a\0\0")] == before
    assert stream.bench.device.tape.marks == paper
    expected = {
        "A4-40-sum": "5 bytes",
        "A4-43-number": "without it",
        "A4-45-length": "that of all TLVs",
        "A4-46-piece": "one tag",
        "A4-46-end": "DAh",
        "A4-46-interrupted": "position kept",
        "A4-missing": "DAh",
        "register-33": "as S3 says",
        "3F-firmware": "ASCII digits",
        "9D-offset": "at once",
        "9D91-build": "the last two bytes",
        "4D-cash": "as register 0Ah",
        "58-length": "14 bytes",
        "paper": "both agree",
        "register-11": "day first",
        "register-16": "7 bytes",
        "register-18": "as the table of models",
        "register-34": "there",
        "register-36": "1.05",
        "register-37": "8 bytes",
        "E9-blocks": "number of blocks, then TLV",
        "46-mode": "mode 4",
    }
    expected |= (
        {"enq-repeats": "5 times 500 ms", "lost-answer": "granted, the answer is lost"}
        if protocol == V2
        else {
            "add-answer": "a status, then F0h",
            "repeated-packet": "answered again",
            "empty-packet": "the answer again",
            "unknown-ack": "B3h",
            "crc": "unmasked",
            "ignore-error": "honoured",
        }
    )
    assert {name: ruled[name].reading for name in expected} == expected
    for name, ruling in ruled.items():
        told = ruling.reading
        assert told == UNDECIDED or any(each.startswith(told) for each in BY_NAME[name].readings), name


class Canned(AtolQuestions):
    """A register on paper: answers by the longest question that fits, anything else is refused with 7Ah."""

    def __init__(self, **answers: str) -> None:
        super().__init__(None, lambda: 0.0, V2)
        self.answers = {bytes.fromhex(key.removeprefix("q")): bytes.fromhex(told) for key, told in answers.items()}

    def ask_again(self, question: bytes) -> AtolReply:
        require_question(question)
        fits = [key for key in self.answers if question.startswith(key)]
        return AtolReply(0, self.answers[max(fits, key=len)]) if fits else AtolReply(0x7A, b"")


RECEIPT = "00 00 00 00 35 01 00 00 00 00 09 59 00 21 11 26 17 36 00 12 34 56 78 00 00 00"
FOUND = "03 01 1A 0B 15 11 24 23 00 00 00 4E 61 BC 00 01 9C 76 01 00"


@pytest.mark.parametrize(
    ("name", "answers", "expected"),
    [
        ("A4-10-numbers", {"qA410": "01 0C 00 05 00", "q9135": "00 00 05 00 00 12"}, "binary"),
        ("A4-10-numbers", {"qA410": "01 12 00 05 00", "q9135": "00 00 05 00 00 12"}, "packed decimal"),
        ("A4-10-numbers", {"qA410": "01 01 00 05 00", "q9135": "00 00 05 00 00 01"}, UNDECIDED),
        ("A4-30-ofd", {"qA430": "03 00 00 01 08", "qA420": "01 00 00 00"}, "unreliable"),
        ("A4-30-ofd", {"qA430": "03 00 00 01 08", "qA420": "01 00 02 00"}, UNDECIDED),
        ("A4-40-sum", {"q9133": RECEIPT, "qA440": FOUND}, "4 bytes"),
        ("register-33", {"q9133": RECEIPT, "qA440": FOUND}, "as S3 says"),
        ("register-33", {"q9133": RECEIPT.replace("09 59", "09 60"), "qA440": FOUND}, "otherwise"),
        ("register-33", {"q9133": RECEIPT, "qA440": FOUND.replace("03 01", "02 01")}, UNDECIDED),
        ("A4-43-number", {"qA443": "18 06 01 0C 00 39 39", "qA431": "39 39"}, "with the FN's number"),
        ("paper", {"q3F": "00" * 29, "q45": "00 00"}, "they differ"),
        ("register-11", {"q9111": "26 11 21 00 00 00", "q3F": "01 00 26 11 21" + "00" * 24}, "year first"),
        ("register-16", {"q9116": "00 01 23 45", "q3F": "00" * 29}, "4 bytes"),
        ("register-18", {"q9118": "48", "qA5": "01 01 52"}, "otherwise"),
        ("register-36", {"q9136": "04 04"}, "1.2"),
        ("register-36", {"q9136": "07 02"}, "another number"),
        ("tax-rates", {"q45": "00 00", "q460D000102": "18 00", "q460D000202": "10 00", "q460D000302": "18 00"},
         "numbers of older builds"),
        ("58-length", {"q58": "00" * 7}, "another length"),
        ("E9-blocks", {"qE9": "B9 04 01 00 02 01"}, "otherwise"),
        ("B3", {}, UNDECIDED),
    ],
)  # fmt: skip
def test_a_register_on_paper(name: str, answers: dict, expected: str) -> None:
    assert BY_NAME[name].decide(Canned(**answers)).reading == expected


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_no_evidence_holds_a_number_of_the_shop(protocol: str) -> None:
    stream = stream_of(protocol)
    questions = AtolQuestions(stream, stream.monotonic, protocol)
    secrets = secrets_of(questions)
    profile = stream.bench.device.profile
    assert {stream.bench.device.fn.serial, profile.rnm, profile.serial.lstrip("0")} <= set(secrets)
    text = "\n".join(each.ruling.evidence for each in rule(atol_facts(protocol), questions))
    assert not any(secret in text for secret in secrets)
    assert not re.search(r"\d{7}", text)


@pytest.mark.parametrize(
    ("name", "protocol", "variant", "expected"),
    [
        ("3F-firmware", V2, {"ascii_firmware": False}, "packed decimal"),
        ("3F-battery", V2, {"battery_flag": True}, "1 = present"),
        ("3F-battery", V2, {"battery_flag": False}, "0 = good"),
        ("9D-offset", V3, {"version_shift": 1}, "one byte later"),
        ("register-34", V2, {"register_34h": False}, "not there"),
        ("46-mode", V3, {"table_mode": False}, "any mode"),
        ("tax-rates", V2, {"table_mode": False}, "numbers of newer builds"),
        ("tax-rates", V2, {}, UNDECIDED),
        ("A4-40-sum", V2, {"sum_bytes": 4}, "4 bytes"),
        ("A4-46-piece", V3, {"whole_tlvs": False, "piece": 31}, "several tags or parts"),
        ("A4-46-interrupted", V2, {"reading_dropped": True}, "position lost"),
        ("add-answer", V3, {"add_answer": AddAnswer.RESULT}, "the result at once"),
        ("add-answer", V3, {"add_answer": AddAnswer.PENDING}, "a status, then F0h"),
        ("crc", V3, {"masked_crc": True}, "masked"),
        ("enq-repeats", V2, {"timers": Timers(t1=1.0)}, "otherwise"),
    ],
)
def test_a_device_that_says_the_other_thing(name: str, protocol: str, variant: dict, expected: str) -> None:
    assert reading(name, protocol, **variant) == expected


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_register_that_falls_silent_leaves_the_rest_undecided(protocol: str) -> None:
    stream = stream_of(protocol)
    stream.soil = lambda said: b""
    ruled = rule(atol_facts(protocol), AtolQuestions(stream, stream.monotonic, protocol))
    assert not any(each.decided for each in ruled)


def test_only_questions_are_on_the_lists() -> None:
    declared = {command for command in ALL if command.code in OPEN}
    declared |= {command for command in ALL if command.code == STORAGE and command.sub[0] in STORAGE_OPEN}
    assert {command.name for command in declared if command.effect is not Effect.QUERY} == MOVES_THE_POSITION
    assert {command.code for command in declared} == OPEN | {STORAGE}


CLOSED = sorted(
    {(command.code, *command.sub) for command in ALL if command.effect is not Effect.QUERY} - {(0xA4, 0x46)}
)


@pytest.mark.parametrize("code", CLOSED)
def test_nothing_else_can_be_sent(code: tuple[int, ...]) -> None:
    stream = stream_of()
    stream.sent.clear()
    with pytest.raises(ValueError, match="no question"):
        AtolQuestions(stream, stream.monotonic, V3).ask(bytes(code))
    assert not stream.sent


def test_names_are_unique_and_every_fact_says_what_it_asks() -> None:
    for protocol in PROTOCOLS:
        names = [fact.name for fact in atol_facts(protocol)]
        assert len(set(names)) == len(names) > 25
    assert all(fact.asks and fact.readings and fact.ours and fact.section for fact in BY_NAME.values())


def test_silence_is_named() -> None:
    stream = stream_of(V2)
    stream.soil = lambda said: b""
    with pytest.raises(UnansweredError, match="A5h: silent"):
        AtolQuestions(stream, stream.monotonic, V2).ask(b"\xa5")
