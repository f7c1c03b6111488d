"""Reading fiscal documents back. Source: protocol notes, sections 9.3, 9.4; JSON tasks notes, section 4.2.

`getFnDocument` tells what is there. The bytes come from its `rawData` when that is the document asked for; else its
records are read one by one (the parameter API) and written again as TLV: containers are the bytes as they are, a plain
tag is its value in canonical form.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Any

from drivers.api import Done, Effect, LinkFault, NotSent, Outcome, Refused, ShortDocument, StoredDocument
from drivers.fiscal.containers import unwrap
from drivers.fiscal.members import first, moment, whole
from drivers.fiscal.qr import QrError, parse_qr
from drivers.fiscal.tags import TagType, meaning
from drivers.fiscal.tlv import Tag, TlvError, build, decode, encode
from drivers.fiscal.values import Scalar, printed_fpd
from drivers.fptr10.errors import NO_DOCUMENT, NO_MORE_DATA
from drivers.fptr10.readings import local_time
from drivers.fptr10.session import Session
from drivers.fptr10.task import Task, kopecks
from drivers.fptr10.words import FORMS

END = frozenset({NO_MORE_DATA, NO_DOCUMENT})
MOST_RECORDS = 20_000  # 32 KB of the shortest TLV are fewer
RECEIPTS = frozenset({3, 4, 31, 41})
Told = Mapping[str, Any]


def find_document(session: Session, fd_number: int) -> Outcome[ShortDocument | None]:
    """The short form. `ofd_confirmed`: the document is older than the first that still waits (ofdExchangeStatus)."""
    outcome = _told(session, fd_number)
    if not isinstance(outcome, Done) or outcome.reply is None:
        return Done(None) if isinstance(outcome, Done) else outcome
    try:
        short = _short(outcome.reply, fd_number)
    except (ValueError, TypeError) as error:
        return NotSent(LinkFault.GARBAGE, f"getFnDocument {fd_number}: {error}")
    waiting = session.run(Task("ofdExchangeStatus"))
    if not isinstance(waiting, Done):
        return waiting
    status = waiting.reply.get("status") or {}
    with suppress(ValueError, TypeError):
        confirmed = not int(status["notSentCount"]) or fd_number < int(status["notSentFirstDocNumber"])
        return Done(ShortDocument(**short, ofd_confirmed=confirmed))
    return NotSent(LinkFault.GARBAGE, "ofdExchangeStatus: no numbers")


def read_document(session: Session, fd_number: int, raw: bool) -> Outcome[StoredDocument | None]:
    """The whole body; Done(None): only the short form is left, or nothing."""
    outcome = _told(session, fd_number)
    if not isinstance(outcome, Done) or outcome.reply is None:
        return Done(None) if isinstance(outcome, Done) else outcome
    told = outcome.reply.get("documentTLV") or {}
    if told.get("short") is True:
        return Done(None)
    form = FORMS.get(str(told.get("fiscalDocumentType")), 0)
    body = _raw_body(outcome.reply, fd_number) if raw else None
    if body is not None and form:
        return Done(StoredDocument(form, fd_number, body))
    return _records(session, fd_number, form)


def _told(session: Session, fd_number: int) -> Outcome[Told | None]:
    """Done(None): no such document."""
    fields = {"fiscalDocumentNumber": fd_number, "withRawData": True}
    outcome = session.run(Task("getFnDocument", fields))
    if isinstance(outcome, Refused) and outcome.code in END:
        return Done(None)
    return outcome


def _raw_body(told: Told, fd_number: int) -> bytes | None:
    """None: no raw data, or they are not this document; the body may or may not be wrapped in its form code."""
    text = told.get("rawData")
    if not isinstance(text, str) or not text:
        return None
    try:
        body = unwrap(base64.b64decode(text, validate=True)).body
        return body if whole(decode(body), 1040) == fd_number else None
    except (binascii.Error, TlvError):
        return None


def _short(told: Told, fd_number: int) -> dict[str, Any]:
    """Of the raw data when they can be read, else of the members and the QR text, whose types the sources dispute."""
    members = told.get("documentTLV") or {}
    form = FORMS.get(str(members.get("fiscalDocumentType")))
    if form is None:
        raise ValueError(f"unknown document type {members.get('fiscalDocumentType')!r}")
    found: dict[str, Any] = {"form": form, "fd_number": fd_number}
    body = _raw_body(told, fd_number)
    if body is not None:
        tags = decode(body, parent=form)
        sign = first(tags, 1077)
        found |= {"fpd": printed_fpd(sign.raw) if sign else None, "at": moment(tags, 1012)}
        if form in RECEIPTS:
            found |= {"operation": whole(tags, 1054), "total_kop": whole(tags, 1020)}
    else:
        found |= _by_members(members, form, fd_number)
    if found["fpd"] is None or found["at"] is None:
        raise ValueError("no time or no fiscal sign")
    return found


def _by_members(members: Told, form: int, fd_number: int) -> dict[str, Any]:
    if int(members.get("1040", fd_number)) != fd_number:
        raise ValueError(f"the answer is document {members['1040']}")
    found: dict[str, Any] = {"at": local_time(members.get("1012")), "fpd": None}
    with suppress(QrError):
        if members.get("qr"):
            found["fpd"] = parse_qr(str(members["qr"])).fpd
    if found["fpd"] is None and str(members.get("1077", "")).isdecimal():
        found["fpd"] = int(members["1077"])
    if form in RECEIPTS:
        found |= {"operation": int(members["1054"]) if "1054" in members else None}
        found |= {"total_kop": kopecks(members["1020"]) if "1020" in members else None}
    return found


def _records(session: Session, fd_number: int, form: int) -> Outcome[StoredDocument | None]:
    """beginReadRecords, readNextRecord until "no more data", endReadRecords."""
    fptr, number = session.fptr, session.number
    fptr.setParam(number("PARAM_RECORDS_TYPE"), number("RT_FN_DOCUMENT_TLVS"))
    fptr.setParam(number("PARAM_DOCUMENT_NUMBER"), fd_number)
    begun = session.call(fptr.beginReadRecords, "beginReadRecords", Effect.QUERY)
    if not isinstance(begun, Done):
        return Done(None) if isinstance(begun, Refused) and begun.code in END else begun
    records_id = fptr.getParamString(number("PARAM_RECORDS_ID"))
    form = fptr.getParamInt(number("PARAM_FN_DOCUMENT_TYPE")) or form
    tags = _read_all(session, records_id, form)
    fptr.setParam(number("PARAM_RECORDS_ID"), records_id)
    fptr.endReadRecords()  # what was read does not depend on it
    if not isinstance(tags, Done):
        return tags
    if whole(tags.reply, 1040) != fd_number:
        return NotSent(LinkFault.GARBAGE, f"records of document {fd_number} name {whole(tags.reply, 1040)}")
    return Done(StoredDocument(form, fd_number, encode(tags.reply)))


def _read_all(session: Session, records_id: str, form: int) -> Outcome[tuple[Tag, ...]]:
    tags: list[Tag] = []
    while len(tags) < MOST_RECORDS:
        session.fptr.setParam(session.number("PARAM_RECORDS_ID"), records_id)
        outcome = session.call(session.fptr.readNextRecord, "readNextRecord", Effect.QUERY)
        if isinstance(outcome, Refused) and outcome.code in END:
            return Done(tuple(tags))
        if not isinstance(outcome, Done):
            return outcome
        try:
            tags.append(_tag(session, form))
        except (ValueError, TypeError) as error:
            return NotSent(LinkFault.GARBAGE, f"readNextRecord: {error}")
    return NotSent(LinkFault.GARBAGE, f"more than {MOST_RECORDS} records")


def _tag(session: Session, form: int) -> Tag:
    """The record the driver stands on, written as the order says. ValueError when it does not fit its tag."""
    fptr, value_at = session.fptr, session.number("PARAM_TAG_VALUE")
    number = fptr.getParamInt(session.number("PARAM_TAG_NUMBER"))
    spec = meaning(number, form, 4)
    if spec is None or spec.type in (TagType.STLV, TagType.BYTES):
        return Tag(number, bytes(fptr.getParamByteArray(value_at)), None)
    value: Scalar
    if spec.type is TagType.STRING:
        value = fptr.getParamString(value_at)
    elif spec.type is TagType.FVLN:
        value = Decimal(repr(fptr.getParamDouble(value_at)))  # the driver has only a double: the shortest that fits
    elif spec.type is TagType.UNIXTIME:
        at: datetime = fptr.getParamDateTime(value_at)
        value = at.replace(tzinfo=None)
    elif spec.type is TagType.FLAG:
        value = int(fptr.getParamBool(value_at))
    else:
        value = fptr.getParamInt(value_at)
    return build(number, value, parent=form)
