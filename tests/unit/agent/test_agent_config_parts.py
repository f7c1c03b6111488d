"""Settings of further printers at the counter: each key checked as in [printer], clashes told with key and line."""

from pathlib import Path

import pytest

from pos_agent.config import load
from pos_agent.errors import UsageError

OWN = '[printer]\nport = "/dev/ttyACM0"\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "agent.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(UsageError) as error:
        load(written(folder, text))
    assert error.value.code == "CFG-02"
    return list(error.value.lines)


def test_none_is_usual(tmp_path: Path) -> None:
    config = load(written(tmp_path, OWN))
    assert (config.parts.printer, config.stations) == ((), ("till-1",))


def test_a_printer_of_its_own_name_vendor_and_taxation_system(tmp_path: Path) -> None:
    more = '[[parts.printer]]\npart = "ip"\ntax_system = 2\nvendor = "atol"\nport = "tcp:10.0.0.2:5555"\npoll_s = 2.0\n'
    config = load(written(tmp_path, OWN + '[tap]\nport = "pty:/run/till"\n' + more))
    (section,) = config.parts.printer
    alone = config.of_part(section)
    assert (alone.agent.register_name, alone.printer.vendor, alone.printer.port) == (
        "till-1/ip",
        "atol",
        "tcp:10.0.0.2:5555",
    )
    assert (alone.gateway.tax_system, alone.tap.port, alone.printer.poll_s) == (2, "", 2.0)
    assert (config.gateway.tax_system, config.stations) == (1, ("till-1", "till-1/ip"))


def test_as_a_list_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    value = '[{"part": "ip", "tax_system": 2, "port": "/dev/ttyACM1"}]'
    monkeypatch.setenv("POS_AGENT_PARTS__PRINTER", value)
    assert load(written(tmp_path, OWN)).stations == ("till-1", "till-1/ip")


def test_what_is_wrong_is_told_with_key_and_line(tmp_path: Path) -> None:
    table = '[[parts.printer]]\npart = "{}"\nport = "{}"\n'
    told = problems(
        tmp_path,
        OWN
        + table.format("ip", "/dev/ttyACM1")
        + "tax_system = 2\n"
        + table.format("И П", "COM1")
        + 'tax_system = 3\ncolour = "red"\n'
        + '[[parts.printer]]\nvendor = "atol"\nprotocol = "1.0"\n',
    )
    found = {line.split(" (")[0]: line for line in told}
    assert {name: line.split("строка ")[1].split(")")[0] for name, line in found.items()} == {
        "parts.printer.1.part": "8",
        "parts.printer.1.port": "9",
        "parts.printer.1.tax_system": "10",
        "parts.printer.1.colour": "11",
        "parts.printer.2.protocol": "14",
        "parts.printer.2.part": "12",
        "parts.printer.2.port": "12",
        "parts.printer.2.tax_system": "12",
    }
    assert "обязательный ключ" in found["parts.printer.2.part"]


def test_two_under_one_word_or_on_one_port(tmp_path: Path) -> None:
    table = '[[parts.printer]]\npart = "{}"\ntax_system = 2\nport = "{}"\n'
    told = problems(tmp_path, OWN + table.format("ip", "/dev/ttyACM0") + table.format("ip", "/dev/ttyACM1"))
    assert told == [
        "parts.printer.0.port (строка 6): '/dev/ttyACM0' - на этом порту уже другой принтер",
        "parts.printer.1.part (строка 8): 'ip' - эта часть уже названа у другого принтера",
    ]


@pytest.mark.parametrize("text", ['[parts]\nprinter = "ip"\n', "[parts]\nprinter = 1\n"])
def test_no_list(tmp_path: Path, text: str) -> None:
    (line,) = problems(tmp_path, OWN + text)
    assert line.startswith("parts.printer (строка 4)")
    assert line.endswith("нужен список")


def test_tables_that_sort_a_tills_lines(tmp_path: Path) -> None:
    tables = (
        'departments = { 2 = "ip", 3 = "" }\ntax_systems = { patent = "patent" }\nsuppliers = { 7700000001 = "ip" }\n'
    )
    printer = '[[parts.printer]]\npart = "ip"\ntax_system = 2\nport = "/dev/ttyACM1"\n'
    parts = load(written(tmp_path, f"{OWN}[parts]\n{tables}{printer}")).parts
    assert parts.used
    assert (parts.departments, parts.tax_systems) == ({"2": "ip", "3": ""}, {"patent": "patent"})
    assert not load(written(tmp_path, OWN)).parts.used


def test_a_wrong_key_or_part_of_them_is_told_with_its_line(tmp_path: Path) -> None:
    told = problems(
        tmp_path,
        f'{OWN}[parts]\ndepartments = {{ 0 = "osn", 256 = "osn", 2 = "ip" }}\n'
        'tax_systems = { usn = "osn" }\nsuppliers = { 77 = "osn" }\n',
    )
    assert told == [
        "parts.departments (строка 4): '0' - отдел - число от 1 до 255",
        "parts.departments (строка 4): '256' - отдел - число от 1 до 255",
        "parts.departments (строка 4): 'ip' - такой части нет: часть из [[parts.printer]], слово СНО или пусто",
        "parts.tax_systems (строка 5): 'usn' - СНО: osn, usn_income, usn_income_expense, eshn, patent",
        "parts.suppliers (строка 6): '77' - ИНН поставщика - 10 или 12 цифр",
    ]
    (line,) = problems(tmp_path, f'{OWN}[parts]\ndepartments = "ip"\n')
    assert line == "parts.departments (строка 4): 'ip' - нужна таблица { ключ = значение }"
