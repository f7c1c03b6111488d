"""Tags longer than a frame: written into the device's buffer block by block, then sent to the document as one.

FF32h tells the size and learns how much a block may carry, FF33h writes a block at its place (so a repeat changes
nothing), FF64h hands the buffer over. Source: vendor drivers; protocol notes, section 2.7 and 8 (24).
"""

from __future__ import annotations

from drivers.api import Done, Outcome
from drivers.shtrih import commands_marking as buffers
from drivers.shtrih.command import Nothing
from drivers.shtrih.patience import Patience
from drivers.shtrih.till import plain

LONGEST = 0xFFFF
MOST_IN_BLOCK = 246  # code, password, offset and length take 9 of the 255 bytes of a frame


def send_long(patience: Patience, tlv: bytes) -> Outcome[None]:
    """One whole TLV to the document that is being formed. NotSent and Refused: nothing of it is in the document."""
    started = patience.run(buffers.START_BUFFER, buffers.BufferSize(len(tlv)))
    if not isinstance(started, Done):
        return started
    size = min(started.reply.block, MOST_IN_BLOCK) or MOST_IN_BLOCK
    for at in range(0, len(tlv), size):
        written = patience.run(buffers.WRITE_BUFFER, buffers.BufferPiece(at, tlv[at : at + size]))
        if not isinstance(written, Done):
            return written
    return plain(patience.run(buffers.SEND_BUFFER, Nothing()))
