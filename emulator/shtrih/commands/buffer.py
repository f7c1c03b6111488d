"""Long TLV through the buffer: FF32h, FF33h, FF64h (protocol notes, section 8, pitfall 24).

The notes name the commands only; the layouts are those of the vendor's JavaPOS driver (FSStartWriteBlock,
FSWriteBlock, FSWriteTLVBuffer), one source.
"""

from __future__ import annotations

from emulator.shtrih.commands.receipt import add_document_tlv
from emulator.shtrih.errors import BAD_PARAMETER, FN_WRONG_STATE, CommandError
from emulator.shtrih.registry import COMMANDS, Call, Password

BUFFER_BYTES = 32768
BLOCK_BYTES = 245
"""What fits a frame of 255 bytes beside command, password, offset and size."""


@COMMANDS.add(0xFF32, "start writing the buffer", "size:2", Password.SYSTEM)
def start_writing(call: Call) -> bytes:
    """FF32h: clears the buffer for so many bytes; answers the largest block."""
    size = call.fields.num("size")
    if not 1 <= size <= BUFFER_BYTES:
        raise CommandError(BAD_PARAMETER)
    call.machine.buffer = bytearray(size)
    return bytes((BLOCK_BYTES,))


@COMMANDS.add(0xFF33, "write a block into the buffer", "offset:2 size:1 data:*", Password.SYSTEM)
def write_block(call: Call) -> bytes:
    """FF33h: 33h for a block that does not fit what FF32h announced."""
    fields, buffer = call.fields, call.machine.buffer
    offset, block = fields.num("offset"), fields.raw("data")
    if not block or len(block) != fields.num("size") or offset + len(block) > len(buffer):
        raise CommandError(BAD_PARAMETER)
    buffer[offset : offset + len(block)] = block
    return b""


@COMMANDS.add(0xFF64, "send TLV from the buffer", password=Password.SYSTEM)
def send_buffer(call: Call) -> bytes:
    """FF64h: what the buffer holds goes into the document, as by FF0Ch; 02h when it is empty."""
    if not call.machine.buffer:
        raise CommandError(FN_WRONG_STATE)
    add_document_tlv(call, bytes(call.machine.buffer))
    call.machine.buffer = bytearray()
    return b""
