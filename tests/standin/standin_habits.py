"""What the notes leave open, as switches of one place; a doubtful answer can be had both ways."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Habits:
    """Defaults are the notes' own reading, or the plainest one where they say nothing.

    ``values_as``: values of documentTLV as "numbers" or all as "strings" (notes on JSON, 4.2 [?]).
    ``bytes_as``: byte values of documentTLV, 1077 among them, as "hex" or "base64" (ATOL notes, section 4, of S7).
    ``raw_with_header``: rawData begins with the document's own tag and length.
    ``raw_as``: rawData in "base64" or "hex" ([?]).
    ``record_bytes``: TAG_VALUE of every kind of record can be had as bytes; off: of nested and byte values alone.
    ``missing_records``: error of beginReadRecords when the texts are gone, 30 or 123 (9.3).
    ``closed_by_number``: DOCUMENT_CLOSED says whether the document the last task began is in the FN; off: whether no
    document is open now, which is also true when the task never reached the device.
    ``drops_link``: after 2 and 241 every call answers 1 until `open` (setting AutoReconnect "true" turns this off).
    ``opens_shift``: a receipt opens a closed shift; off: it is refused with 73.
    ``wait_code``: error while the device waits for the order to go on printing.
    ``mark_code``: error of marking tasks out of order (401..426, the notes give no single meanings).
    ``result_on_error``: JSON_DATA still holds the task after an error; off: it is empty.
    ``newer_rates``: the task scripts know vat5, vat7, vat22 and their calculated forms (3.7: older copies do not).
    """

    values_as: str = "numbers"
    bytes_as: str = "hex"
    raw_with_header: bool = False
    raw_as: str = "base64"
    record_bytes: bool = True
    missing_records: int = 123
    closed_by_number: bool = False
    drops_link: bool = True
    opens_shift: bool = False
    wait_code: int = 44
    mark_code: int = 401
    result_on_error: bool = False
    newer_rates: bool = True
