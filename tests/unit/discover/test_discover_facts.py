"""Open points decided by questions: on the emulator, and on devices that say the other thing."""

from dataclasses import replace
from datetime import datetime

import pytest
from unit.discover.front_stream import FrontStream

from drivers.api import Effect
from drivers.discover import facts_errors, facts_link, facts_status, facts_storage
from drivers.discover.facts import UNDECIDED, Ruling, rule
from drivers.discover.questions import (
    WITH_PASSWORD,
    WITHOUT_PASSWORD,
    Questions,
    Reply,
    UnansweredError,
    reply_of,
    secrets_of,
)
from drivers.shtrih.command import Password
from drivers.shtrih.commands import BY_CODE
from emulator.shtrih.bench import Setup, build
from emulator.shtrih.variant import Variant

FACTS = (
    *facts_link.FACTS,
    *facts_status.FACTS,
    *facts_storage.FACTS,
    *facts_errors.FACTS,
)
AT = datetime.fromisoformat("2026-11-21T18:05")
BY_NAME = {fact.name: fact for fact in FACTS}


class Canned(Questions):
    """A device on paper: answers by command and parameters, then by command; anything else is refused with 37h."""

    def __init__(self, **answers: bytes | int | list[bytes | int]) -> None:
        super().__init__(None, lambda: 0.0, 30)
        self.answers = {int(key.removeprefix("c"), 16): value for key, value in answers.items()}

    def ask_again(self, code: int, parameters: bytes = b"") -> Reply:
        self.payload(code, parameters)
        said = self.answers.get(code, 0x37)
        if isinstance(said, list):
            said = said.pop(0) if said else 0x08
        return Reply(said, b"") if isinstance(said, int) else Reply(0, said)


def named_field(name: str) -> bytes:
    return name.encode("cp1251").ljust(40, b"\0") + b"\0\x01\0\x02"


def reading(name: str, **answers) -> str:
    return BY_NAME[name].decide(Canned(**answers)).reading


@pytest.fixture
def stream() -> FrontStream:
    return FrontStream(build(AT, Setup(Variant())))


def test_the_emulator_is_asked_everything_and_changed_by_nothing(stream: FrontStream) -> None:
    before = stream.bench.ok(0xFF01)
    ruled = {each.fact.name: each.ruling for each in rule(FACTS, Questions(stream, stream.monotonic, 30))}
    assert stream.bench.ok(0xFF01) == before
    assert list(ruled) == [fact.name for fact in FACTS]
    expected = {
        "enq-needed": "not needed",
        "stored-answer": "given again",
        "pending-command": "ignored",
        "answer-after-reconnect": "survives",
        "filler": "not sent",
        "10h-length": "F7h bit 34 tells",
        "11h-inn": "little-endian",
        "11h-length": "48",
        "F7h-longest-command": "255",
        "serial-cell": "as the driver reads it",
        "tax-rates": "with 22 %",
        "table21-rndis": "there",
        "FF0Ah-missing": "08h",
        "FF0Ah-registration": "34 bytes",
        "FF3Bh-piece": "one tag",
        "FF3Ah-length": "equal to what comes",
    }
    assert {name: ruled[name].reading for name in expected} == expected
    for fact in FACTS:
        said = ruled[fact.name].reading
        assert said == UNDECIDED or any(each.startswith(said) for each in fact.readings), fact.name


def test_a_device_that_falls_silent_leaves_the_rest_undecided(stream: FrontStream) -> None:
    stream.soil = lambda said: b""
    ruled = rule(FACTS[:2], Questions(stream, stream.monotonic, 30))
    assert [each.decided for each in ruled] == [False, False]
    assert "no answer" in ruled[0].ruling.evidence


def test_names_are_unique_and_every_fact_says_what_it_asks() -> None:
    assert len(BY_NAME) == len(FACTS) > 30
    assert all(fact.asks and fact.readings and fact.ours and fact.section for fact in FACTS)


def test_only_questions_are_on_the_list() -> None:
    """FF3Bh alone is declared STEP: it moves the reading position of a document."""
    for code in WITH_PASSWORD | WITHOUT_PASSWORD:
        command = BY_CODE[code]
        assert command.effect is Effect.QUERY or code == 0xFF3B, command.name
        assert (command.password is Password.NONE) == (code in WITHOUT_PASSWORD), command.name


@pytest.mark.parametrize("code", sorted(set(BY_CODE) - WITH_PASSWORD - WITHOUT_PASSWORD))
def test_nothing_else_can_be_sent(code: int, stream: FrontStream) -> None:
    with pytest.raises(ValueError, match="no question"):
        Questions(stream, stream.monotonic, 30).ask_again(code)
    assert not stream.sent


SHORT, LONG = bytes(15), bytes(14)
PARAMETERS = bytes(8) + bytes((12, 24, 1)) + bytes(14) + (255).to_bytes(2, "little")
REGISTRATION = bytes(5) + b"7707083893  " + bytes(30)
FULL = bytes(40) + (7707083893).to_bytes(6, "little")


@pytest.mark.parametrize(
    ("name", "answers", "expected"),
    [
        ("10h-length", {"c10": SHORT, "cF7": PARAMETERS}, "F7h bit 34 does not tell"),
        ("10h-length", {"c10": LONG, "cF7": PARAMETERS}, "F7h bit 34 tells"),
        ("10h-length", {"c10": LONG}, UNDECIDED),
        ("10h-tail", {"c10": bytes(11) + b"\xff\xff\xff"}, "reserved"),
        ("10h-tail", {"c10": bytes(11) + b"\xa0\x02\x00"}, "in use"),
        ("10h-tail", {"c10": bytes(11)}, UNDECIDED),
        ("11h-length", {"c11": bytes(48)}, "50"),
        ("11h-length", {"c11": bytes(47)}, "another length"),
        ("11h-inn", {"c11": FULL, "cFF09": REGISTRATION}, "little-endian"),
        ("11h-inn", {"c11": bytes(40) + (7707083893).to_bytes(6, "big"), "cFF09": REGISTRATION}, "big-endian"),
        ("11h-inn", {"c11": bytes(40) + b"\xff" * 6, "cFF09": REGISTRATION}, UNDECIDED),
        ("11h-inn", {"c11": bytes(40) + b"\x01" * 6, "cFF09": REGISTRATION}, UNDECIDED),
        ("F7h-font-width", {"cF7": PARAMETERS, "c26": b"\xf8\x01\x0c\x18\x09"}, "dots"),
        ("F7h-font-width", {"cF7": bytes(8) + b"\x2a" + bytes(20), "c26": b"\xf8\x01\x0c\x18\x09"}, "characters"),
        ("F7h-font-width", {"cF7": bytes(29), "c26": b"\xf8\x01\x0c\x18\x09"}, "0: ask 26h"),
        ("F7h-font-width", {"cF7": PARAMETERS}, UNDECIDED),
        ("F7h-longest-command", {"cF7": bytes(25) + b"\xaf\x05"}, "longer than a 1.0 frame"),
        ("F7h-longest-command", {"cF7": bytes(25)}, UNDECIDED),
        ("serial-cell", {"cF7": b"\x00\x00\x80" + bytes(5)}, "elsewhere"),
        ("tax-rates", {"c1F": [b"\xd0\x07", b"\xe8\x03"]}, "six old rates"),
        ("tax-rates", {}, UNDECIDED),
        ("table1-cut", {"c2E": named_field("Отрезка чека")}, "there"),
        ("table1-cut", {"c2E": named_field("Яркость")}, "another field is there"),
        ("table1-cut", {"c2E": bytes(41)}, UNDECIDED),
        ("FF3Fh-width", {"cFF3F": bytes(2)}, "2 bytes"),
        ("FF3Fh-width", {"cFF3F": bytes(4)}, "4 bytes"),
        ("FF09h-form", {"cFF09": bytes(64)}, "long"),
        ("FF03h-counters", {"cFF03": bytes(3)}, "date only"),
        ("FF0Ah-registration", {"cFF0A": b"\x01" + bytes(14)}, "another length"),
        ("FF0Ah-missing", {"cFF0A": 0x02}, "another answer"),
        ("FF3Bh-piece", {"cFF3A": bytes(4), "cFF3B": [bytes(8)]}, "several tags or parts"),
        ("FF3Ah-length", {"cFF3A": b"\x01\x00\x09\x00", "cFF3B": [bytes(8)]}, "different"),
        ("FF3Ah-length", {"cFF3A": 0x08}, UNDECIDED),
        ("FF3Bh-end", {"cFF3A": bytes(4), "cFF3B": [bytes(4), b""]}, "empty"),
        ("FF3Bh-end", {"cFF3A": bytes(4), "cFF3B": [bytes(4), 0x02]}, "another code"),
        (
            "FF3Bh-interrupted",
            {"cFF3A": bytes(4), "c10": SHORT, "cFF3B": [b"a", b"b", b"c", 0x08, b"a", b"b", b"c", 0x08]},
            "position kept",
        ),
        (
            "FF3Bh-interrupted",
            {"cFF3A": bytes(4), "c10": SHORT, "cFF3B": [b"a", b"b", b"c", 0x08, b"a", 0x08]},
            "position lost",
        ),
        ("error-2Fh", {"c6B": "ФН не отвечает".encode("cp1251")}, "storage does not answer"),
        ("error-3Ch", {"c6B": "Смена открыта, операция невозможна".encode("cp1251")}, "shift open"),
        ("error-30h", {"c6B": "Ошибка 30h".encode("cp1251")}, UNDECIDED),
        ("error-30h", {}, UNDECIDED),
    ],
)  # fmt: skip
def test_a_device_that_says_so(name: str, answers: dict, expected: str) -> None:
    assert reading(name, **answers) == expected


@pytest.mark.parametrize(
    ("name", "variant", "expected"),
    [("filler", {"filler": True}, "sent")],
)
def test_the_line_of_another_device(name: str, variant: dict, expected: str) -> None:
    bench = build(AT, Setup(replace(Variant(), **variant), port=128))
    stream = FrontStream(bench)
    assert BY_NAME[name].decide(Questions(stream, stream.monotonic, 30)).reading == expected


def test_an_answer_that_does_not_outlive_the_connection(stream: FrontStream) -> None:
    stream.open = stream.bench.front.power_off
    ruling = BY_NAME["answer-after-reconnect"].decide(Questions(stream, stream.monotonic, 30))
    assert ruling == Ruling("is dropped", "after closing and opening the port ENQ was answered 15h")


def test_the_same_question_is_sent_once_and_silence_is_named(stream: FrontStream) -> None:
    questions = Questions(stream, stream.monotonic, 30)
    assert questions.ask(0x10) == questions.ask(0x10)
    assert sum(sent[:1] == b"\x02" for sent in stream.sent) == 1
    stream.soil = lambda said: b""
    with pytest.raises(UnansweredError, match="FCh: silent"):
        questions.ask(0xFC)


def test_answers_of_two_bytes_are_read_as_refusals() -> None:
    assert reply_of(0xFF0A, b"\xff\x08") == Reply(0x08, b"", short=True)
    assert reply_of(0xFF0A, b"\xff\x0a\x08") == Reply(0x08, b"")
    assert reply_of(0x10, b"\x10\x00\x1e") == Reply(0, b"\x1e")


def test_the_numbers_to_hide_are_all_found(stream: FrontStream) -> None:
    found = secrets_of(Questions(stream, stream.monotonic, 30))
    device = stream.bench.device
    assert device.fn.serial in found
    assert {"7707083893", "0000000123041677"} & set(found)
