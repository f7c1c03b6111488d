"""What the sources of the protocol leave open, as named switches with evidence.

Each default is what the evidence argues for. `EVIDENCE` says for every switch who says what, and which question to a
real register decides it: bytes of a command without the link layer, passwords 00 00 left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Switches:
    """How to talk to this register."""

    abort_on_connect: bool = True
    ignore_error: bool = False
    first_number: int = 0x01
    empty_repeats: bool = False
    crc_of_masked: bool = False
    mode_password: int = 30
    vat_table: str | None = None
    item_flags: int = 0x00
    print_requisites: bool = True
    stlv_by_e8: bool = True
    close_by_remainder: bool = True
    register_33: bool = True
    trust_length: bool = False
    ofd_warning: bool = True
    paper_from_45: bool = True
    double_width: bool = True
    scale_byte: bool = True
    native_qr: bool = True
    full_cut: int = 0
    feed_before_cut: int = 5
    ffd_12: int = 4
    field_layout: bool = True
    raster_high_first: bool = True
    tone_high_first: bool = True
    copy_by_95: bool = True
    archive_mode: int | None = 6
    table_mode: bool = True
    table_writes: bool = False
    internal_tables: bool = False
    settlements: bool = True
    correction_purchase: int = 9
    correction_sale_return: int | None = 8


@dataclass(frozen=True)
class Evidence:
    """Why the default is what it is. `probe`: what to ask a real register, and how its answer decides."""

    says: str
    probe: str


EVIDENCE: Mapping[str, Evidence] = {
    "abort_on_connect": Evidence(
        "All five known clients begin with Abort. Sent only when no task of ours is outstanding; off, and never sent,"
        " where another program shares the buffer through a second port, for Abort removes its tasks too.",
        "v3 FE 01 00 20 C4 DE: A3 = empty, A2 = a task runs and was not stopped",
    ),
    "ignore_error": Evidence(
        "Flags 01 in four clients, 03 in two: with 02h an error does not stop the queue, and no Abort is needed.",
        "a task that fails (91 FF 00 00), then another one with flags 03: A5 = the flag is not honoured",
    ),
    "first_number": Evidence(
        "Packet and task ids: 00..DF in two clients, 01..DE in one, 00..DE in another; the common range is used."
        " Another start keeps two programs on one buffer apart.",
        "none needed",
    ),
    "empty_repeats": Evidence(
        "One client asks for a damaged packet by an empty one with its Id; another takes an empty packet for a refusal."
        " Off: our own packet is sent again after silence.",
        "v3 FE 00 00 Id crc after a good answer: the same answer again = supported",
    ),
    "crc_of_masked": Evidence(
        "Five of six clients count the CRC over unmasked data, one over masked.",
        "v3 A4 45 FE 00 00 00 (document 254): the wrong variant gets no normal answer",
    ),
    "mode_password": Evidence("Three clients use 30, one 29; cashiers 1..28.", "56 01 00 00 00 30: 8C = another one"),
    "vat_table": Evidence(
        "Numbers 1, 2, 5, 6 have two sources on builds from 3689 (Казначей 4799) on; 3 and 4 (20/120, 10/110) none;"
        " older builds count otherwise. None: by the build. Rates 5, 7 and 22 % have no number in any source.",
        "46 0D 00 nn 02: the rate of number nn in hundredths of a percent",
    ),
    "item_flags": Evidence("EBh: two clients send 00, one 02 (do not check cash).", "a return larger than the drawer"),
    "print_requisites": Evidence("E8h: the print byte is 1 in both clients.", "look at the paper"),
    "stlv_by_e8": Evidence(
        "No source writes a container (1084, 1256) by E8h; one source says that longer values go in blocks. On: sent as"
        " one TLV with its members; off: refused before a byte is sent.",
        "E8 01 01 00 3C 04 …: EE with 0205h or E8h = not taken",
    ),
    "close_by_remainder": Evidence(
        "A receipt paid without cash is closed by 4Ah with sum 0 = the remainder. Off: the sum is given.",
        "4A 00 02 00 00 00 00 00",
    ),
    "register_33": Evidence(
        "The layout of register 33h has one source. Off: number and sign are read from the FN (A4 30, A4 40).",
        "91 33 00 00 against A4 40 of the same document",
    ),
    "trust_length": Evidence(
        "The length told by A4 45 is that of all TLVs in one source, another ends on DAh or EEh alone. Off: a"
        " difference that stays the same in a second reading is accepted.",
        "A4 45 01 00 00 00, then A4 46 until DA: the sum of lengths",
    ),
    "ofd_warning": Evidence(
        "Bit 08h of A4 30 is the OFD time-out in the FN description; a field driver found it unreliable.",
        "A4 30 against A4 20 when documents are unsent",
    ),
    "paper_from_45": Evidence(
        "Paper: 45h bit 0 in two sources, 3Fh bit 3 in two. On: 45h decides, off: 3Fh.", "45 and 3F without paper"
    ),
    "double_width": Evidence("09h before a character = double width, one source.", "4C 09 41"),
    "scale_byte": Evidence(
        "C1h has a scale byte in one client, the other leaves it out.",
        "C1 00 02 08 + 11 zeros + text: look at the paper",
    ),
    "native_qr": Evidence("C1h draws QR in one client. Off: rows of dots by 8Eh.", "the same command"),
    "full_cut": Evidence("75h: 0 = full in two clients, one sends 4 to some models.", "75 00"),
    "feed_before_cut": Evidence("After 4Ch the paper stands at the head: 4 to 6 lines, models differ.", "75 01"),
    "ffd_12": Evidence("Register 36h: 1 = 1.0, 2 = 1.05, 3 = 1.1; 4 = 1.2 has no source.", "91 36 00 00"),
    "field_layout": Evidence(
        "87h: the text begins at byte 12 (one source); the eleven fields before it have none. Off: refused.",
        "87 00 01 01 11 00 00 01 00 00 00 00 41: look at the paper",
    ),
    "raster_high_first": Evidence(
        "8Dh, 8Eh: no source tells the byte order of repeat and offset.", "8E 01 00 08 00 00 FF: 8 or 2048 rows"
    ),
    "tone_high_first": Evidence("88h: high byte first in one client, another uses its own order.", "88 FC 66 0A: CDh"),
    "copy_by_95": Evidence(
        "95h copies the last document in two clients; one sends it to units with a report buffer to print what waits"
        " there. Off: refused in words.",
        "look at the paper of 95",
    ),
    "archive_mode": Evidence(
        "ABh stands under the heading of FN requests in one client, most likely mode 6. None: no mode is entered.",
        "AB 00 00 00 00 01 in mode 0: 66 = a mode is wanted",
    ),
    "table_mode": Evidence(
        "46h, 50h: one client enters mode 4 first.", "46 0D 00 01 02 in mode 0: 66 = mode 4 is wanted"
    ),
    "table_writes": Evidence(
        "50h has one source, and a wrong cell can stop a register from working. Off: refused in words.", "none needed"
    ),
    "internal_tables": Evidence(
        "A second page (А = 00h) exists in one client; which cells use it is not shown. On: all texts of tables.",
        "46 07 00 01 01: does it read in CP866?",
    ),
    "settlements": Evidence(
        "67h type 9 is called fiscal in one client: state of settlements, a document of form 21. Off: refused.",
        "67 09, then A4 30: one document more, of form 21",
    ),
    "correction_purchase": Evidence(
        "92h: 9 in one client, 8 in another, which knows FFD 1.0 and 1.05 alone.",
        "92 01 09 (check only): 6A = the other",
    ),
    "correction_sale_return": Evidence(
        "92h: no source for a corrected sale return; 8 would fill the row 7, 8, 9, 10. None: refused in words.",
        "92 01 08 (check only) on FFD 1.1: 6A = not taken",
    ),
}
