"""The tables themselves: every tag has a name, a type and a source; lists, forms and rates fit together."""

from __future__ import annotations

import re
from datetime import date

import pytest

from drivers.fiscal.tags import TagType, all_specs, form_codes, table

TAGS = table("ffd_tags")
LISTS = table("ffd_lists")
TYPES = {kind.value for kind in TagType}
KEYS = {"name", "type", "length", "pad", "max", "unit", "multiple", "list", "parents", "notes", "source", "older"}

# fiscal notes, section 1: the tags of each type, as the notes enumerate them
ENUMERATED = {
    "flag": "1001 1002 1050 1051 1052 1053 1056 1108 1109 1110 1125 1126 1173 1193 1207 1221 2107",
    "uint32": "1038 1040 1042 1097 1111 1116 1118 1134 1135 1144 2001 2002 2104",
    "uint16": "1213",
    "bits": "1055 1057 1062 1222 1206 2004 2005 2106 1205 1290",
    "bytes": "1077 1078 1162",
    "unixtime": "1012 1098 1178",
    "stlv": "1059 1084 1174 1223 1224 1256 1260 1261 1270 1291 1163 1115 1119 1234 1235 1129 1130 1131 1132 1133 "
    "1145 1146 1232 1233 1157 1158 1194 1068",
}
LENGTHS = {1016: 12, 1017: 12, 1018: 12, 1203: 12, 1226: 12, 1228: 12, 1037: 20, 1230: 3, 1244: 3, 1041: 16, 1243: 10}
LENGTHS |= {1263: 10, 2115: 4, 1301: 8, 1302: 13, 1303: 14, 1309: 14, 1307: 20, 1308: 23, 1077: 6, 1205: 4, 1290: 4}
LENGTHS |= {1055: 1, 1057: 1, 1062: 1, 1222: 1, 1206: 1, 2004: 1, 2005: 1, 2106: 1}
LIMITS = {1163: 256, 1260: 317, 1261: 317, 1291: 52, 2101: 38, 1245: 2, 1188: 8, 1030: 128, 1059: 1024, 1084: 320}
LIMITS |= {1085: 64, 1086: 256, 1192: 16, 1256: 1024, 1270: 144, 1162: 32, 1023: 8, 1293: 8, 1294: 8, 1036: 20}


@pytest.mark.parametrize("number", sorted(map(int, TAGS)))
def test_every_tag_is_complete(number):
    entry = TAGS[str(number)]
    assert set(entry) <= KEYS
    assert entry["name"].strip()
    assert entry["type"] in TYPES
    assert entry["source"].startswith("FFD")
    assert entry["parents"]
    assert all(str(parent) in TAGS or parent in form_codes() for parent in entry["parents"])
    assert not {"length", "max"} <= set(entry), "either exact or greatest"
    assert "list" not in entry or entry["list"] in LISTS
    assert "unit" not in entry or (entry["unit"] == "kop" and entry["type"] == "vln")
    assert "pad" not in entry or (entry["type"] == "string" and "length" in entry)
    for parent in entry["parents"]:
        assert parent in form_codes() or TAGS[str(parent)]["type"] == "stlv"


def test_numbers_are_in_order_and_are_not_print_only():
    numbers = list(map(int, TAGS))
    assert numbers == sorted(numbers)
    assert not {1000, 1196} & set(numbers), "printed only, never in TLV"


@pytest.mark.parametrize("kind", ENUMERATED)
def test_types_are_those_of_the_notes(kind):
    assert {number: TAGS[number]["type"] for number in ENUMERATED[kind].split()} == dict.fromkeys(
        ENUMERATED[kind].split(), kind
    )


def test_lengths_are_those_of_the_notes():
    assert {number: all_specs()[number].length for number in LENGTHS} == LENGTHS
    assert {number: all_specs()[number].max_length for number in LIMITS} == LIMITS
    padded = {1016, 1017, 1018, 1203, 1226, 1228, 1037, 1230, 1244}
    assert {spec.tag for spec in all_specs().values() if spec.pad} == padded


def test_what_may_repeat_and_what_changed():
    may = {spec.tag for spec in all_specs().values() if spec.multiple}
    assert {1059, 1073, 1074, 1075, 1171, 1261, 1260, 2107, 1119, 1235} <= may
    assert not {1054, 1020, 1031, 1041, 1077} & may
    assert {spec.tag for spec in all_specs().values() if spec.contextual} == {1011, 1082, 1115, 1119, 1120, 1125}


def test_money_is_marked():
    receipt = {
        1020,
        1031,
        1081,
        1215,
        1216,
        1217,
        1102,
        1103,
        1104,
        1105,
        1106,
        1107,
        1120,
        1079,
        1043,
        1200,
        1198,
        1229,
    }
    assert all(all_specs()[number].money for number in receipt)
    assert not any(all_specs()[number].money for number in (1293, 1294, 1023, 1040))


@pytest.mark.parametrize("name", sorted(LISTS))
def test_every_list_is_complete(name):
    entry = LISTS[name]
    assert entry["kind"] in ("code", "bits")
    assert entry["source"]
    spec = all_specs()[entry["tag"]]
    assert spec.list_name == name
    assert (spec.type is TagType.BITS) == (entry["kind"] == "bits")
    codes = [int(code) for code in entry["names"]]
    assert len(set(entry["names"].values())) == len(codes)
    top = 8 * (spec.length or 1) - 1 if entry["kind"] == "bits" else 255
    assert all(0 <= code <= top for code in codes)


def test_list_sizes_are_those_of_the_notes():
    sizes = {name: len(LISTS[name]["names"]) for name in ("operations", "payment_methods", "vat_rates", "tax_systems")}
    assert sizes == {"operations": 4, "payment_methods": 7, "vat_rates": 12, "tax_systems": 6}
    subjects = {int(code) for code in LISTS["item_subjects"]["names"]}
    assert subjects == {*range(1, 27), *range(30, 34)}
    measures = {0, 10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42, 50, 51, 70, 71, 72, 73, 80, 81, 82, 83, 255}
    assert {int(code) for code in LISTS["measures"]["names"]} == measures


def test_forms():
    forms = table("ffd_forms")
    assert set(map(int, forms)) == {1, 11, 2, 21, 3, 31, 4, 41, 5, 6, 7, 81, 82, 83, 84}
    for entry in forms.values():
        assert entry["name"].strip()
        assert entry["max"] in (512, 4096, 6144, 32768)
        for key in ("required", "required_2", "required_3", "required_4", "expected"):
            assert all(str(tag) in TAGS for tag in entry.get(key, ()))


def test_vat_rates():
    rates = table("ffd_vat")
    assert set(rates) == set(LISTS["vat_rates"]["names"])
    for code, entry in rates.items():
        assert str(entry["total"]) in TAGS
        assert (entry["total"] == 1115) == (int(code) >= 7)
        numbers = re.findall(r"\d+", LISTS["vat_rates"]["names"][code])
        if numbers and entry["num"]:
            assert entry["num"] == int(numbers[0])
            assert entry["den"] == int(numbers[0]) + 100
    assert rates["11"]["since"] == date(2026, 1, 1)
    assert rates["7"]["since"] == date(2025, 1, 1)


def test_findings_have_words():
    for code, entry in table("ffd_findings").items():
        assert re.fullmatch(r"[a-z]+\.[a-z_]+", code)
        assert entry["severity"] in ("E", "W")
        assert 1 <= entry["rule"] <= 15
        assert entry["ru"].endswith(".")
        assert entry["en"].endswith(".")
