"""Tags longer than a frame: written into the device's buffer block by block, then sent to the document as one.

FF32h tells the size and learns how much a block may carry, FF33h writes a block at its place (so a repeat changes
nothing), FF64h hands the buffer over. No source tells of such a way to the last item (FF4Dh): there a longer tag is
refused in words before the receipt is opened. Source: vendor drivers; protocol notes, section 2.7 and 8 (24).
"""

from __future__ import annotations

from collections.abc import Iterable

from drivers.api import Done, Outcome
from drivers.fiscal.tlv import TlvError, decode, encode
from drivers.shtrih import commands_marking as buffers
from drivers.shtrih.command import Nothing
from drivers.shtrih.patience import Patience
from drivers.shtrih.till import plain

LONGEST = 0xFFFF
IN_FRAME = 249  # 255 bytes of a frame less the command and the password
ITEM = 1059
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


def too_long_for_item(tags_of_items: Iterable[bytes], lang: str) -> str | None:
    """Why a tag cannot be bound to its item, a sentence; None: every one can (or is no TLV: then sending tells)."""
    for number, tlv in enumerate(tags_of_items, 1):
        try:
            sizes = {tag.tag: len(encode((tag,))) for tag in decode(tlv, parent=ITEM)}
        except TlvError:
            continue
        for tag, size in sizes.items():
            if size > IN_FRAME and lang == "en":
                return (
                    f"Item {number}: tag {tag} is {size} bytes long, this printer takes {IN_FRAME} for an item."
                    " Shorten it (names, addresses). Nothing was begun."
                )
            if size > IN_FRAME:
                return (
                    f"Позиция {number}: реквизит {tag} занимает {size} байт, принтер берёт {IN_FRAME} для позиции."
                    " Сократите его (наименования, адреса). Чек не начат."
                )
    return None
