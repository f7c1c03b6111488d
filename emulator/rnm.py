"""Check digits of the registration number of a cash register, tag 1037 (FFD order, point 16)."""

from __future__ import annotations


def crc16(text: bytes) -> int:
    """CRC-16, polynomial 0x1021, start 0xFFFF, not reflected (0x29B1 for "123456789")."""
    crc = 0xFFFF
    for byte in text:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def registration_number(start: str, inn: str, serial: str) -> str:
    """Ten digits plus six check digits over start + INN (to 12) + serial number of the register (to 20)."""
    text = start + inn.rjust(12, "0") + serial.rjust(20, "0")
    return f"{start}{crc16(text.encode('ascii')):06d}"
