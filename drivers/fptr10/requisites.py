"""Fiscal tags of a receipt and of an item -> members of the JSON tasks.

The tasks have names, not numbers: a tag without a name known from a source is a ValueError, told before anything of the
receipt is sent. Source: JSON tasks notes, sections 3.1 to 3.3 and 3.8; fiscal notes, sections 2.3, 2.4.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from drivers.fiscal.members import first, moment, text, whole
from drivers.fiscal.tlv import Tag, decode
from drivers.fptr10.task import roubles
from drivers.fptr10.words import CHECKS

ITEM, RECEIPT = 1059, 3
Fields = dict[str, Any]

CLIENT = {
    1008: "emailOrPhone",
    1227: "name",
    1228: "vatin",
    1243: "birthDate",
    1244: "citizenship",
    1245: "identityDocumentCode",
    1246: "identityDocumentData",
    1254: "address",
}
PLACES = {1187: "paymentsPlace", 1009: "paymentsAddress", 1036: "machineNumber"}
OPERATOR = {1021: "name", 1203: "vatin"}
CORRECTION_TYPES = {0: "self", 1: "instruction"}


def receipt_fields(tlv: bytes, into: Fields) -> None:
    """Add whole TLVs of a receipt to the fields of its task. Raises ValueError: not TLV, or a tag without a name."""
    for tag in decode(tlv, parent=RECEIPT, ffd=4):
        number = tag.tag
        if number == 1256:
            for member in tag.tags:
                _client(member, into)
        elif number in CLIENT:
            _client(tag, into)
        elif number in OPERATOR:
            into.setdefault("operator", {})[OPERATOR[number]] = _text(tag)
        elif number in PLACES:
            into[PLACES[number]] = _text(tag)
        elif number == 1117:
            into["companyInfo"] = {"email": _text(tag)}
        elif number == 1084:
            name, value = text(tag.tags, 1085), text(tag.tags, 1086)
            _items(into).append({"type": "userAttribute", "name": name, "value": value, "print": True})
        elif number == 1192:
            _items(into).append({"type": "additionalAttribute", "value": _text(tag), "print": True})
        elif number == 1261:
            into.setdefault("industryInfo", []).append(_industry(tag))
        elif number == 1270:
            into["operationInfo"] = _operation(tag)
        elif number == 1173:
            into["correctionType"] = CORRECTION_TYPES[_number(tag, CORRECTION_TYPES)]
        elif number == 1174:
            into.update(_basis(tag))
        else:
            raise ValueError(f"tag {number}: the driver's receipt task has no known place for it")


def item_fields(tlv: bytes) -> tuple[Fields, Fields]:
    """Fields of a position and of its `imcParams` from whole TLVs. Raises ValueError as `receipt_fields`."""
    position: Fields = {}
    marking: Fields = {}
    for tag in decode(tlv, parent=ITEM, ffd=4):
        if tag.tag in _MARKING:
            marking.update(_MARKING[tag.tag](tag))
        elif tag.tag in _POSITION:
            position.update(_POSITION[tag.tag](tag))
        elif tag.tag == 1260:
            position.setdefault("industryInfo", []).append(_industry(tag))
        elif tag.tag == 1163:
            raise ValueError("tag 1163: the driver makes it of the whole marking code, bind that with mark_bind")
        else:
            raise ValueError(f"tag {tag.tag}: the driver's position has no known place for it")
    return position, marking


def checks(bits: int) -> dict[str, bool]:
    """Tag 2106 as five booleans."""
    return {name: bool(bits >> at & 1) for at, name in enumerate(CHECKS)}


def _client(tag: Tag, into: Fields) -> None:
    if tag.tag not in CLIENT:
        raise ValueError(f"tag {tag.tag}: clientInfo has no known place for it")
    into.setdefault("clientInfo", {})[CLIENT[tag.tag]] = _text(tag)


def _items(into: Fields) -> list[Fields]:
    items: list[Fields] = into.setdefault("items", [])
    return items


def _text(tag: Tag) -> str:
    if not isinstance(tag.value, str):
        raise ValueError(f"tag {tag.tag} holds no text")
    return tag.value


def _number(tag: Tag, among: Iterable[int]) -> int:
    if not isinstance(tag.value, int) or tag.value not in set(among):
        raise ValueError(f"tag {tag.tag}: {tag.value!r} is not one of its numbers")
    return tag.value


def _industry(tag: Tag) -> Fields:
    """1262 to 1265. The date is DD.MM.YYYY in the document and YYYY.MM.DD in the task."""
    day, month, year = (*text(tag.tags, 1263).split("."), "", "", "")[:3]
    return {
        "fois": text(tag.tags, 1262),
        "date": f"{year}.{month}.{day}",
        "number": text(tag.tags, 1264),
        "industryAttribute": text(tag.tags, 1265),
    }


def _operation(tag: Tag) -> Fields:
    at = moment(tag.tags, 1273)
    return {
        "id": whole(tag.tags, 1271),
        "data": text(tag.tags, 1272),
        "dateTime": None if at is None else f"{at:%Y.%m.%d %H:%M:%S}",
    }


def _basis(tag: Tag) -> Fields:
    """1174: why a receipt is corrected."""
    at = moment(tag.tags, 1178)
    return {
        "correctionBaseDate": None if at is None else f"{at:%Y.%m.%d}",
        "correctionBaseNumber": text(tag.tags, 1179),
        "correctionBaseName": text(tag.tags, 1177) or None,
    }


def _excise(tag: Tag) -> Fields:
    if not isinstance(tag.value, int):
        raise ValueError(f"tag {tag.tag} holds no sum")
    return {"exciseSum": roubles(tag.value)}


def _fraction(tag: Tag) -> Fields:
    """1291 {1292 "1/3"}: the driver makes 1293 and 1294 itself."""
    found = first(tag.tags, 1292)
    if found is None:
        raise ValueError("tag 1291 lacks 1292, the fraction as text")
    return {"itemFractionalAmount": _text(found)}


_POSITION: Mapping[int, Callable[[Tag], Fields]] = {
    1162: lambda tag: {"nomenclatureCode": base64.b64encode(tag.raw).decode("ascii")},
    1191: lambda tag: {"additionalAttribute": _text(tag), "additionalAttributePrint": True},
    1197: lambda tag: {"measurementUnit": _text(tag)},
    1229: _excise,
    1230: lambda tag: {"countryCode": _text(tag)},
    1231: lambda tag: {"customsDeclaration": _text(tag)},
}
_MARKING: Mapping[int, Callable[[Tag], Fields]] = {
    1291: _fraction,
    2102: lambda tag: {"imcModeProcessing": _number(tag, (0,))},
    2106: lambda tag: {"itemInfoCheckResult": checks(_number(tag, range(32)))},
}
