"""The stored decoded form: no personal data in it, neither as text nor as bytes, wherever it stood."""

from __future__ import annotations

import json

from drivers.fiscal import build, decode, encode, redacted_tree
from drivers.fiscal.redact import PERSONAL, tag_tree

SECRET = "Иванов7"


def every_personal_tag():
    client = (1227, 1228, 1243, 1244, 1245, 1246, 1254)
    texts = {1243: "01.02.1990", 1244: "643", 1245: "21"}
    buyer = build(1256, tuple(build(number, texts.get(number, SECRET)) for number in client))
    extra = build(1084, (build(1085, "имя"), build(1086, SECRET)))
    top = tuple(build(number, SECRET) for number in (1008, 1021, 1203))
    return (build(1020, 95900), buyer, extra, *top)


def test_list_of_the_notes():
    assert {1008, 1021, 1203, 1227, 1228, 1243, 1244, 1245, 1246, 1254, 1086} == PERSONAL


def test_nothing_personal_is_left():
    tags = every_personal_tag()
    text = json.dumps(redacted_tree(tags), ensure_ascii=False)
    for secret in (SECRET, "01.02.1990"):
        assert secret not in text
        assert secret.encode("cp866").hex() not in text
    whole = json.dumps(tag_tree(tags), ensure_ascii=False)
    assert SECRET in whole
    assert SECRET.encode("cp866").hex() in whole


def test_the_rest_is_kept():
    total, buyer, extra, contact, *_ = redacted_tree(every_personal_tag())
    assert (total["value"], total["raw"], total["redacted"]) == (95900, "9c7601", False)
    assert [(t["tag"], t["value"], t["raw"]) for t in extra["tags"]] == [
        (1085, "имя", "имя".encode("cp866").hex()),
        (1086, None, None),
    ]
    assert (extra["raw"], buyer["raw"]) == (None, None)
    assert all(child["redacted"] for child in buyer["tags"])
    assert (contact["tag"], contact["value"], contact["name"]) == (
        1008,
        None,
        "телефон или электронный адрес покупателя",
    )


def test_unknown_tags_may_hide_anything():
    hidden = encode([build(1008, SECRET)])
    unknown = (9999).to_bytes(2, "little") + len(hidden).to_bytes(2, "little") + hidden
    text = json.dumps(redacted_tree(decode(unknown)))
    assert SECRET.encode("cp866").hex() not in text
    assert "9999" in text
