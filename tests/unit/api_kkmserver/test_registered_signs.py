"""What the registration report says of the register, as the faces tell it."""

import pytest

from drivers.fiscal.documents import Registration
from drivers.fiscal.reading import read_body
from drivers.fiscal.tlv import build, encode
from pos_agent.api.kkmserver.units import SIGNS, bits
from pos_agent.api.registered import registered

OWN_TAGS = {  # before FFD 1.2 each sign is a tag
    "encryption": 1056, "automatic": 1001, "printer_automatic": 1221, "bso": 1110, "internet": 1108, "excise": 1207,
    "service": 1109, "gambling": 1193, "lottery": 1126,
}  # fmt: skip
CONDITIONS = {  # FFD 1.2: bits of 1290
    "printer_automatic": 1, "bso": 2, "internet": 5, "excise": 6, "marking": 8, "service": 9, "gambling": 10,
    "lottery": 11, "pawnshop": 12, "insurance": 13,
}  # fmt: skip


def report(*tags: tuple[int, object]) -> Registration:
    found = read_body(1, encode([build(1209, 4), build(1189, 4), build(1190, 3), *(build(*tag) for tag in tags)]))
    assert isinstance(found, Registration)
    return found


def true_signs(*tags: tuple[int, object]) -> set[str]:
    return {name for name, said in registered(report(*tags))["signs"].items() if said}


@pytest.mark.parametrize("name", OWN_TAGS)
def test_a_sign_of_its_own_tag(name: str) -> None:
    assert true_signs((OWN_TAGS[name], 1)) == {name}
    assert true_signs((OWN_TAGS[name], 0)) == set()


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_sign_of_the_conditions(name: str) -> None:
    assert true_signs((1290, 1 << CONDITIONS[name])) == {name}


def test_texts_and_formats() -> None:
    told = registered(report((1046, "ОФД"), (1036, "A-1"), (1117, "shop@example.org"), (1057, 0b1001)))
    assert (told["ofd_name"], told["automat"], told["sender_email"]) == ("ОФД", "A-1", "shop@example.org")
    assert (told["ffd"], told["ffd_device"], told["ffd_storage"]) == (4, 4, 3)
    assert bits(told["agents"]) == "0,3"
    assert bits(None) == ""


def test_every_sign_has_its_flag() -> None:
    assert set(SIGNS.values()) == set(OWN_TAGS) | set(CONDITIONS)
