"""What this register can register, said before the first byte. Texts: drivers/spec/atol_refusals.toml.

Source: protocol notes, sections 3.4 and 9.5: rates of 5, 7 and 22 %, FFD 1.2 and marking have no low-level source.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources

from drivers.atol.identify import Device
from drivers.atol.switches import Switches
from drivers.atol.vat import RATES, vat_tables
from drivers.atol.wires import THOUSANDTHS
from drivers.fiscal.tlv import Tag, decode, encode
from drivers.selling import FiscalItem

ITEM, RECEIPT = 1059, 3  # what TLVs are members of
MARKING = frozenset({1163, 1260, 1291, 2000, 2003, 2106, 2110})  # FFD 1.2 alone knows them
TLV_BYTES = 249  # password, command and the three bytes of E8h take 6 of the 255 of a frame


@cache
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads(resources.files("drivers.spec").joinpath("atol_refusals.toml").read_text("utf-8"))


def refusal(device: Device, items: Sequence[FiscalItem], switches: Switches, lang: str) -> str | None:
    """Why a receipt of these items cannot be registered, a sentence in `ru` or `en`; None: it can."""
    if any(item.mark for item in items):
        return _texts()["marking"][lang].format(tag=1163)
    if device.ffd is not None and device.ffd >= switches.ffd_12:
        return _texts()["ffd"][lang]
    for item in items:
        if item.vat not in vat_tables()[device.vat_table]:
            return _texts()["vat"][lang].format(rate=RATES.get(item.vat, str(item.vat)))
        marks = [tag.tag for tag in decode(item.tlv, parent=ITEM) if tag.tag in MARKING]
        if marks:
            return _texts()["marking"][lang].format(tag=marks[0])
        if item.quantity_micro % THOUSANDTHS:
            return _texts()["quantity"][lang].format(name=item.name)
    return None


def requisites(tlv: bytes, parent: int, stlv_allowed: bool) -> list[bytes]:
    """One E8h each. Raises ValueError: no TLV, one of more than 249 bytes, a container while those are switched off."""
    pieces = []
    for tag in decode(tlv, parent=parent):
        piece = encode((tag,))
        if len(piece) > TLV_BYTES:
            raise ValueError(f"tag {tag.tag}: {len(piece)} bytes with its header, E8h takes {TLV_BYTES}")
        if _is_container(tag) and not stlv_allowed:
            raise ValueError(f"tag {tag.tag} is a container, and `stlv_by_e8` is off")
        pieces.append(piece)
    return pieces


def _is_container(tag: Tag) -> bool:
    return bool(tag.tags)
