"""Rarely used commands of the storage: FF62h, FF63h, FF65h, FF66h, FF74h, FF75h (protocol notes, section 2.8)."""

from __future__ import annotations

from hashlib import sha256

from emulator.shtrih.fields import ascii_padded, le
from emulator.shtrih.registry import COMMANDS, Call, Password

SHORT_STORE_KB = 16_384
RANDOM_BYTES = 16
VERSION_BYTES = 48


@COMMANDS.add(0xFF62, "sync registers with the FN", password=Password.SYSTEM)
def sync_registers(call: Call) -> bytes:
    """FF62h: the device's registers are the storage's own here, so there is nothing to do."""
    return b""


@COMMANDS.add(0xFF63, "free FN memory", password=Password.SYSTEM)
def free_memory(call: Call) -> bytes:
    """FF63h: documents that still fit the long store, kilobytes of the 30-day store."""
    fn = call.machine.device.fn
    used = sum(len(document.body) for document in fn.documents.values()) // 1024
    return le(max(0, fn.life.capacity - fn.last_fd), 4) + le(max(0, SHORT_STORE_KB - used), 4)


@COMMANDS.add(0xFF65, "random data", password=Password.SYSTEM)
def random_data(call: Call) -> bytes:
    """FF65h: sixteen bytes, the same for the same storage and last document, so that a run can be repeated."""
    fn = call.machine.device.fn
    return sha256(f"{fn.serial} {fn.last_fd}".encode()).digest()[:RANDOM_BYTES]


@COMMANDS.add(0xFF66, "authorise", "data:16b", Password.SYSTEM)
def authorise(call: Call) -> bytes:
    """FF66h: any sixteen bytes will do here."""
    return b""


@COMMANDS.add(0xFF74, "FN execution version", password=Password.SYSTEM)
def execution_version(call: Call) -> bytes:
    """FF74h: 48 characters (one source)."""
    return ascii_padded(f"{call.machine.device.fn.version} emulated", VERSION_BYTES)


@COMMANDS.add(0xFF75, "document size", password=Password.SYSTEM)
def document_size(call: Call) -> bytes:
    """FF75h: bytes of the last document and of its OFD receipt (0 while there is none), one source."""
    fn = call.machine.device.fn
    ticket = len(fn.ofd_receipt(fn.last_fd)) if fn.delivered_fd >= fn.last_fd else 0
    return le(len(fn.document(fn.last_fd).body), 4) + le(ticket, 4)
