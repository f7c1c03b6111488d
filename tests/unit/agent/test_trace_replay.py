"""A recorded trace becomes golden exchanges: nothing personal is left, and the driver plays them."""

import json
import tomllib
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner
from unit.discover.front_stream import FrontStream

from drivers.api import Done
from drivers.exchange import Answer, Finished, Send
from drivers.shtrih.command import decode_reply, encode_command, split_reply
from drivers.shtrih.commands import BY_CODE
from drivers.shtrih.frame import encode_frame, password_bytes
from drivers.shtrih.link import ShtrihLink
from drivers.shtrih.printer import ShtrihPrinter
from drivers.streams.trace import TraceStream
from emulator.shtrih.bench import build
from pos_agent.cli.trace import app
from pos_agent.cli.trace_masking import CannotMaskError, masked_fields, masked_text, masked_tlv
from pos_agent.cli.trace_reading import TraceError, read_trace
from pos_agent.errors import UsageError

AT = datetime.fromisoformat("2026-11-21T18:05")
PHONE = "+79161234417"
SECRETS = (PHONE, "00106712345678", "7707083893", "0000000123041677", "9999078902001234", "Иванова", "Кофе зерновой")


def tlv(tag: int, text: str) -> bytes:
    value = text.encode("cp866")
    return tag.to_bytes(2, "little") + len(value).to_bytes(2, "little") + value


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """A day with a contact in a receipt, recorded over the emulator as the agent records it."""
    stream = FrontStream(build(AT))
    lines: list[str] = []
    recorded = TraceStream(stream, lambda event: lines.append(event.line()), stream.monotonic, password_bytes)
    printer = ShtrihPrinter(recorded, stream.monotonic, lambda seconds: None, password=4711, operator_password=4711)
    stream.bench.ok(0x1E, bytes((2, 30, 0, 1)) + (4711).to_bytes(4, "little"))
    assert isinstance(printer.connect(), Done)
    for payload in (
        bytes.fromhex("E0 67 12 00 00"),
        bytes.fromhex("8D 67 12 00 00 00"),
        bytes.fromhex("FF0C 67 12 00 00") + tlv(1008, PHONE) + tlv(1021, "Иванова"),
        bytes.fromhex("17 67 12 00 00 03") + "Кофе зерновой".encode("cp1251").ljust(40, b"\0"),
        bytes.fromhex("1F 67 12 00 00 02 1E 00 01"),  # the administrator's password, as a cell of table 2
    ):
        for said in (b"\x05", encode_frame(payload)):
            recorded.write(said)
            assert recorded.read(4096, 1.0)
        recorded.write(b"\x06")
    assert isinstance(printer.read_document(2), Done)
    assert isinstance(printer.find_document(77), Done)
    printer.disconnect()
    path = tmp_path / "trace.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def run(*args: str) -> Any:
    return CliRunner().invoke(app, ["replay", *args], catch_exceptions=True)


def shown(path: Path) -> dict[str, Any]:
    return json.loads(run(str(path), "--json").stdout)


def value_of(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("hex:"):
        return bytes.fromhex(value[4:])
    return tuple(value) if isinstance(value, list) else value


def play(payload: bytes, wire: list[str]) -> Any:
    """The link on its side of the recorded wire: it must say what stands there, and gets what stands there."""
    link, now, at = ShtrihLink(), 0.0, 0
    link.begin(payload, 3.0, now)
    for _ in range(1000):
        action = link.poll(now)
        if isinstance(action, Finished):
            assert at == len(wire), "the whole wire was played"
            return action.result
        if isinstance(action, Send):
            assert wire[at] == "> " + action.payload.hex(" ").upper()
            at += 1
        elif at < len(wire) and wire[at][0] == "<":
            link.receive(bytes.fromhex(wire[at][2:]), now)
            at += 1
        else:
            now = action.until
    raise AssertionError("no end")


def test_the_golden_file_is_played_by_the_driver(trace: Path, tmp_path: Path) -> None:
    out = tmp_path / "golden.toml"
    assert run(str(trace), "--golden", str(out)).exit_code == 0
    entries = tomllib.loads(out.read_text(encoding="utf-8"))["exchange"]
    assert len(entries) == len(shown(trace)["exchanges"]) > 25, "nothing was left out"
    for entry in entries:
        command = BY_CODE[entry["command"]]
        request = command.request(**{name: value_of(value) for name, value in entry["request"].items()})
        result = play(encode_command(command, request, 30), entry["wire"])
        assert isinstance(result, Answer), entry["title"]
        code, rest = split_reply(result.payload)
        assert code == entry.get("error", 0)
        if code == 0:
            reply = decode_reply(command, rest)
            for field in fields(command.reply):
                assert getattr(reply, field.name) == value_of(entry["reply"].get(field.name)), entry["title"]


def test_nothing_personal_is_in_the_golden_file_nor_on_the_screen(trace: Path, tmp_path: Path) -> None:
    out = tmp_path / "golden.toml"
    seen = run(str(trace), "--golden", str(out)).stdout + run(str(trace), "--json").stdout
    recorded = trace.read_text(encoding="utf-8")
    written = out.read_text(encoding="utf-8") + seen
    for secret in SECRETS:
        forms = [secret.encode(each, "replace") for each in ("ascii", "cp1251", "cp866")]
        assert secret not in written
        for form in forms:
            assert form.hex() not in written.lower()
            assert form.hex(" ").upper() not in written
    assert any(PHONE.encode().hex(" ").upper() in line for line in recorded.splitlines()), "the trace itself has it"
    assert "67 12 00 00" not in written, "the password as the value of a cell"
    assert "67120000" not in written
    assert "67 12 00 00 " not in recorded.split("1F **")[0], "passwords are blanked while recording"


def test_the_table_names_commands_outcomes_and_counts(trace: Path) -> None:
    told = run(str(trace))
    assert "10h короткий запрос состояния - готово" in told.stdout
    assert "FF0Ah найти фискальный документ по номеру - отказ 08h" in told.stdout
    assert told.stdout.splitlines()[-1].startswith("Обменов ")
    document = shown(trace)
    assert document["refused"] == 1
    assert document["done"] == len(document["exchanges"]) - 1
    assert {each["effect"] for each in document["exchanges"]} >= {"query", "step", "print", "commit"}


def test_a_lost_answer_found_by_enq_is_one_exchange() -> None:
    answer = encode_frame(bytes.fromhex("10 00 1E 92 02 02 00 00 9D D7 00 00 00 00 00 00")).hex(" ").upper()
    lines = [
        "0.1 > 05",
        "0.1 < 15",
        "0.2 > 02 05 10 ** ** ** ** **",
        "0.2 < 06",
        "5.0 > 05",
        "5.1 < 06",
        "5.1 < " + answer,
    ]
    (exchange,) = read_trace("\n".join([*lines, "5.2 > 06", "6.0 ! lost unplugged"]))
    assert exchange.reply is not None
    assert exchange.request == bytes.fromhex("10 1E 00 00 00")
    assert len(exchange.tokens) == 8


def test_a_command_without_an_answer_is_told_and_left_out(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text("1.0 > 05\n1.0 < 15\n1.1 > 02 05 10 ** ** ** ** **\n1.2 ! lost gone\n1.3 > 02 01 FC FD\n")
    document = shown(path)
    assert [each["outcome"] for each in document["exchanges"]] == ["silent", "silent"]
    assert document["exchanges"][0]["notes"] == ["lost gone"]
    refused = run(str(path), "--golden", str(tmp_path / "g.toml"))
    assert isinstance(refused.exception, UsageError)
    assert refused.exception.code == "TRC-02"
    assert "it has no answer" in refused.exception.lines[0]
    assert not (tmp_path / "g.toml").exists()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("hello", 1),
        ("\n1.0 > 05\n1.0 ? 05", 3),
        ("1.0 > 5", 1),
        ("1.0 > 02 05 10 ** 00", 1),
        ("1.0 < 02 ** 10", 1),
        ("1.0 > ** ** ** ** ** ** ** **", 1),
    ],
)
def test_what_is_no_trace_is_refused_with_its_line(text: str, line: int, tmp_path: Path) -> None:
    with pytest.raises(TraceError) as caught:
        read_trace(text)
    assert caught.value.line == line
    path = tmp_path / "t.txt"
    path.write_text(text)
    assert run(str(path)).exception.code == "TRC-01"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert run(str(tmp_path / "none")).exception.code == "TRC-01"
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    assert run(str(tmp_path / "binary")).exception.code == "TRC-01"


def test_a_damaged_frame_is_left_out_because_it_cannot_be_masked(trace: Path, tmp_path: Path) -> None:
    lines = trace.read_text(encoding="utf-8").splitlines()
    at = next(at for at, line in enumerate(lines) if "< 06 02 13 FC" in line)
    lines[at] = lines[at][:-2] + ("00" if lines[at][-2:] != "00" else "01")
    trace.write_text("\n".join(lines), encoding="utf-8")
    told = run(str(trace), "--golden", str(tmp_path / "g.toml"))
    assert "Не вошло: " in told.stdout
    assert told.exit_code == 0


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("13 FC 00 00 00 01 0E FA 00 D8", "bytes in it are no frame"),  # its STX was lost
        ("02 04 FC 37 41 42 CC", "a refusal with bytes after its code"),
        ("02 03 10 00 1E 0D", "it has no answer"),
    ],
)
def test_what_could_hide_something_is_left_out(answer: str, why: str, tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    good = "1.0 > 02 02 6B 37 5E\n1.1 < 06\n1.2 < 02 03 6B 00 41 29\n1.3 > 06\n"
    again = "2.1 < 06 02 02 FC 37 C9\n2.2 > 06\n" if why.startswith("bytes") else "2.2 > 06\n"
    path.write_text(f"{good}2.0 > 02 01 FC FD\n2.1 < 06\n2.1 < {answer}\n{again}", encoding="utf-8")
    told = run(str(path), "--golden", str(tmp_path / "g.toml"))
    assert f"FCh: {why}" in told.stdout
    assert "обменов 1." in told.stdout


def test_frames_of_protocol_2_are_passed_over() -> None:
    assert read_trace("1.0 > 8F 07 00 01 00 10 ** ** ** ** ** **\n1.1 < 8F 03 00 01 00 10 00") == []


def test_masking_keeps_lengths_numbers_and_last_four_digits() -> None:
    assert masked_text("00106712345678") == "00000000005678"
    assert masked_text("1234") == "1234"
    assert masked_text("Анна К.") == "**** **"
    nested = tlv(1030, "Хлеб") + bytes.fromhex("37 04 02 00 64 00")
    masked = masked_tlv((1059).to_bytes(2, "little") + len(nested).to_bytes(2, "little") + nested)
    assert masked == bytes.fromhex("23 04 0E 00 06 04 04 00 2A 2A 2A 2A 37 04 02 00 64 00")
    with pytest.raises(CannotMaskError):
        masked_tlv(b"\xf0\x03\xff\x00\x41")
    unknown = (65000).to_bytes(2, "little") + b"\x03\x00abc"
    assert masked_tlv(unknown).endswith(b"***"), "a tag nobody knows is not shown"
    command = BY_CODE[0xFF01]
    with pytest.raises(CannotMaskError):
        masked_fields(command.reply, b"\x03")
