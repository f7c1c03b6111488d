"""Which part a line of a till belongs to: by the settings, in one order, and nothing without them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_agent.api.till_parts import part_words
from pos_agent.checkout.part_words import NO_PARTS, PartError, PartWords, Said
from pos_agent.checkout.split_plan import TAX_SYSTEMS
from pos_agent.config import load
from pos_agent.config_parts import TAX_WORDS

OWN, USN, PATENT = 1, 2, 32
WORDS = PartWords(
    systems={**TAX_SYSTEMS, "ip": USN, "kiosk": OWN},
    own=OWN,
    departments={2: "ip", 3: "kiosk", 4: ""},
    tax_systems={USN: "ip"},
    suppliers={"770000000021": "ip"},
    used=True,
)
SUPPLIER = "770000000021"
saids = st.builds(
    Said,
    part=st.sampled_from([None, "", "ip", "kiosk", "patent", "nobody"]),
    department=st.integers(0, 5),
    supplier=st.sampled_from(["", SUPPLIER, "7700000001"]),
    tax_system=st.sampled_from([0, OWN, USN, 4, 8, PATENT]),
)


@pytest.mark.parametrize(
    ("line", "receipt", "part"),
    [
        (Said(), Said(), ""),
        (Said(department=2), Said(), "ip"),
        (Said(department=4), Said(tax_system=USN), ""),
        (Said(department=5), Said(), ""),
        (Said(supplier=SUPPLIER), Said(), "ip"),
        (Said(), Said(supplier=SUPPLIER), "ip"),
        (Said(department=3, supplier=SUPPLIER), Said(), "kiosk"),
        (Said(tax_system=USN), Said(), "ip"),
        (Said(), Said(tax_system=USN), "ip"),
        (Said(tax_system=PATENT), Said(), "patent"),
        (Said(tax_system=OWN), Said(), ""),
        (Said(tax_system=PATENT), Said(tax_system=PATENT), ""),
        (Said(part="kiosk", department=2), Said(part="ip"), "kiosk"),
        (Said(department=3), Said(part="ip"), "ip"),
        (Said(part="", department=2), Said(part="ip"), ""),
    ],
)
def test_the_order_in_which_it_is_looked_for(line: Said, receipt: Said, part: str) -> None:
    assert WORDS.part(line, receipt) == part


@pytest.mark.parametrize(
    ("line", "receipt", "field"),
    [
        (Said(part="nobody"), Said(), "part"),
        (Said(), Said(part="nobody"), "part"),
        (Said(department=2, tax_system=OWN), Said(), "tax_system"),
        (Said(part="", tax_system=USN), Said(), "tax_system"),
        (Said(tax_system=8), Said(), "tax_system"),
    ],
)
def test_what_does_not_fit_is_no_guess(line: Said, receipt: Said, field: str) -> None:
    with pytest.raises(PartError) as error:
        WORDS.part(line, receipt)
    assert error.value.field == field


@given(saids, saids)
def test_a_part_that_there_is_and_the_taxation_that_was_said(line: Said, receipt: Said) -> None:
    try:
        part = WORDS.part(line, receipt)
    except PartError:
        return
    assert part in ("", *WORDS.systems)
    assert not line.tax_system or line.tax_system == WORDS.system(part, receipt.tax_system)


@given(saids, saids)
def test_without_settings_nothing_is_looked_at(line: Said, receipt: Said) -> None:
    assert NO_PARTS.part(line, receipt) == ""
    assert not NO_PARTS.sells_as_owner(line, receipt)


def test_by_the_settings(tmp_path: Path) -> None:
    path = tmp_path / "agent.toml"
    path.write_text('[printer]\nport = "/dev/ttyACM0"\n', encoding="utf-8")
    assert not part_words(load(path)).used
    path.write_text(
        '[printer]\nport = "/dev/ttyACM0"\n[gateway]\ntax_system = 4\n'
        '[parts]\ndepartments = { 2 = "ip", 7 = "patent" }\n'
        f'tax_systems = {{ osn = "ip" }}\nsuppliers = {{ {SUPPLIER} = "ip" }}\n'
        '[[parts.printer]]\npart = "ip"\ntax_system = 1\nport = "/dev/ttyACM1"\n',
        encoding="utf-8",
    )
    made = part_words(load(path))
    assert (made.used, made.own, made.systems["ip"]) == (True, 4, 1)
    assert (made.departments, made.tax_systems, made.suppliers) == (
        {2: "ip", 7: "patent"},
        {1: "ip"},
        {SUPPLIER: "ip"},
    )


def test_words_of_taxation_are_the_same_everywhere() -> None:
    assert tuple(TAX_SYSTEMS) == TAX_WORDS
