"""Where the electronic receipt goes, tag 1008: phone or e-mail as the caller gives it."""

from __future__ import annotations

from drivers.fiscal.tlv import build, encode
from pos_agent.errors import UsageError

TAG = 1008


def contact_tlvs(contact: str) -> tuple[bytes, ...]:
    """The tag, or nothing. API-01: control characters, letters that no fiscal document has, longer than the tag."""
    if not contact:
        return ()
    try:
        contact.encode("cp866")
        if not contact.isprintable():
            raise ValueError("control characters")
        return (encode([build(TAG, contact)]),)
    except ValueError as error:
        raise UsageError("API-01", field="contact") from error
