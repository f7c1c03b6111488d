"""What a person is told about ports: rows, sentences, lines for the settings, the exit code."""

import pytest

from drivers.discover.address import SerialAddress, TcpAddress, UsbAddress
from drivers.discover.look import Answer, Candidate, Finding, Verdict
from drivers.discover.ports import candidate_for
from pos_agent.cli.probe_table import (
    exit_code,
    finding_json,
    sentence_lines,
    settings_lines,
    table_lines,
)
from pos_agent.port_words import code_of

WHO = Answer("shtrih", "Штрих-М 1.14", "РИТЕЙЛ-01Ф", "C.1 54219", "0123456789", "2028-03-10")
COM = Candidate(SerialAddress("/dev/ttyUSB0"), "COM 0403:6001")
TWIN = Candidate(SerialAddress("/dev/ttyUSB1"), "COM 0403:6001")
USB = candidate_for(UsbAddress(0x1FC9, 0x0083, "0001"))
READY = Finding(COM, Verdict.READY, 115200, WHO, 1)


def test_the_table_is_as_wide_as_it_must_be() -> None:
    findings = [
        READY,
        Finding(TWIN, Verdict.SILENT, speeds=10),
        Finding(USB, Verdict.READY, None, WHO, 1),
        Finding(candidate_for(TcpAddress("192.168.1.60", 7778)), Verdict.CLOSED),
    ]
    assert table_lines(findings, False, "ru") == [
        "Порт                   Скорость  Что ответило                                                            "
        "Вывод",
        "COM 0403:6001          115200    Штрих-М 1.14, РИТЕЙЛ-01Ф, C.1 54219, заводской …6789, ФН до 2028-03-10  "
        "готов",
        "COM 0403:6001 #2       все 10    тишина                                                                  "
        "пусто",
        "USB 1FC9:0083          -         Штрих-М 1.14, РИТЕЙЛ-01Ф, C.1 54219, заводской …6789, ФН до 2028-03-10  "
        "готов",
        "TCP 192.168.1.60:7778  -         отказ в соединении                                                      "
        "см. INS-06",
    ]


@pytest.mark.parametrize(
    ("finding", "named", "code", "exits"),
    [
        (READY, True, "", 0),
        (Finding(COM, Verdict.SILENT), True, "INS-04", 1),
        (Finding(COM, Verdict.SILENT), False, "", 1),
        (Finding(COM, Verdict.GARBAGE), True, "PRN-06", 1),
        (Finding(COM, Verdict.PPP), True, "", 3),
        (Finding(COM, Verdict.BUSY, holder="till"), False, "INS-03", 3),
        (Finding(COM, Verdict.BUSY), False, "PRN-04", 3),
        (Finding(COM, Verdict.FORBIDDEN), False, "INS-02", 3),
        (Finding(COM, Verdict.PASSWORD, 115200, WHO, 1), False, "INS-05", 3),
        (Finding(COM, Verdict.CLOSED), False, "INS-06", 3),
        (Finding(COM, Verdict.UNREACHABLE), False, "PRN-03", 1),
        (Finding(COM, Verdict.ABSENT), False, "PRN-07", 1),
        (Finding(USB, Verdict.NO_LIBRARY), True, "", 1),
    ],
)
def test_every_verdict_has_its_code_its_words_and_its_exit(
    finding: Finding, named: bool, code: str, exits: int
) -> None:
    assert code_of(finding, named) == code
    assert exit_code([finding]) == exits
    for lang in ("ru", "en"):
        told = sentence_lines([finding], named, lang)
        assert not code or any(f"[{code}]" in line for line in told)
        assert "?" not in "".join(told), "every word is filled in"
        assert len(table_lines([finding], named, lang)) == 2
    assert finding_json(finding, named)["code"] == code


def test_nothing_anywhere_is_said_once() -> None:
    expected = ["Принтер не найден. Включите его и вставьте кабель, список обновится. [INS-01]"]
    assert sentence_lines([], False, "ru") == expected
    assert sentence_lines([Finding(COM, Verdict.SILENT), Finding(TWIN, Verdict.GARBAGE)], False, "ru") == expected
    assert sentence_lines([READY, Finding(TWIN, Verdict.SILENT)], False, "ru") == []
    assert exit_code([]) == 1
    assert table_lines([], False, "en") == ["Port  Speed  What answered  Verdict"]


def test_the_lines_to_copy() -> None:
    lines = settings_lines([Finding(USB, Verdict.READY, None, WHO, 1), READY, Finding(TWIN, Verdict.SILENT)], "en")
    assert lines[1:5] == [
        "For the settings (pos-agent.toml):", "[printer]", 'vendor = "shtrih"', 'port = "usb:1FC9:0083:0001"'
    ]  # fmt: skip
    assert lines[-3:] == ['vendor = "shtrih"', 'port = "/dev/ttyUSB0"', "baud = 115200"]


ATOL = Answer("atol", "АТОЛ 3", "АТОЛ 91Ф", "5.7 6910", "00106700012345", "2028-03-10", "9999078900001234", "v3")


def test_an_atol_tells_its_storage_and_its_low_level_masked() -> None:
    ready = Finding(COM, Verdict.READY, 115200, ATOL, 1)
    told = "АТОЛ 3, АТОЛ 91Ф, 5.7 6910, заводской …2345, ФН …1234, ФН до 2028-03-10"
    assert told in table_lines([ready], False, "ru")[1]
    assert settings_lines([ready], "en")[-4:] == [
        'vendor = "atol"', 'protocol = "v3"', 'port = "/dev/ttyUSB0"', "baud = 115200"
    ]  # fmt: skip
    shown = finding_json(ready, False)["answer"]
    assert (shown["serial"], shown["fn"]) == ("…2345", "…1234")


def test_one_register_on_two_ports_is_said_once() -> None:
    pair = [Finding(COM, Verdict.READY, 115200, ATOL, 1), Finding(TWIN, Verdict.READY, 115200, ATOL, 1)]
    (told,) = sentence_lines(pair, False, "ru")
    assert "…2345" in told
    assert "second_port = true" in told
    assert sentence_lines(pair[:1], False, "ru") == []
