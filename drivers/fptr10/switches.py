"""What the sources leave open about the vendor's driver, as named switches with evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Switches:
    """How to talk to the driver. `least_version` () = any version will do."""

    least_version: tuple[int, ...] = (10, 10, 3, 0)
    raw_document: bool = True
    ask_receipt_state: bool = True
    look_for_unprinted: bool = True
    feed_before_cut: int = 0
    validate_marks: bool = True
    debug_storage: str = "debug"


EVIDENCE: Mapping[str, str] = {
    "least_version": "10.10.3.0 is the release that supports platform 5 and drops the old firmware (one source, a"
    " wrapper's own notes). The release that learned 22 % is not known: an older one refuses that rate at the close.",
    "raw_document": "getFnDocument withRawData gives rawData; base64 has one source. On: used when it decodes to TLV of"
    " the document asked for, else the records are read. Off: records alone.",
    "ask_receipt_state": "No JSON task tells an open receipt. On: queryData with DT_RECEIPT_STATE, as several public"
    " programs do. Off: only the receipt of this program is known.",
    "look_for_unprinted": "checkDocumentClosed right after open() tells a half-printed document of an earlier owner; no"
    " source says that it may be asked then. Off: BACK is told only for a document of this connection.",
    "feed_before_cut": "Whether cut() feeds past the knife by itself is not said. 0 = it does.",
    "validate_marks": "validateMarkingCodes lets the driver check codes that nobody checked before the receipt.",
    "debug_storage": "No task tells a test storage; its version text is said to hold this word.",
}
