"""Answers of the status tasks in the shapes of the JSON tasks notes, section 4.3."""

from __future__ import annotations

from typing import Any

FN = "9999078902001234"


def told_by(fptr: Any, name: str) -> dict[str, Any]:
    """What the scripted driver tells now."""
    warnings = {"memoryOverflow": False, "needReplacement": True, "ofdTimeout": False}
    told = {
        "getDeviceInfo": {
            "deviceInfo": {
                "modelName": "АТОЛ 27Ф",
                "serial": "00106900000001",
                "firmwareVersion": "5.8.100",
                "receiptLineLength": 48,
                "receiptLineLengthPix": 576,
                "ffdVersion": "1.2",
            }
        },
        "getRegistrationInfo": {"organization": {"vatin": "7700000000"}, "device": {}},
        "getDeviceStatus": {
            "deviceStatus": {
                "currentDateTime": "2026-11-21T20:41:09+03:00",
                "shift": fptr.shift,
                "blocked": False,
                "coverOpened": False,
                "paperPresent": fptr.paper,
                "fnFiscal": True,
            }
        },
        "getShiftStatus": {"shiftStatus": {"state": fptr.shift, "number": 7}},
        "getFnInfo": {
            "fnInfo": {
                "serial": FN,
                "version": "fn_v_1",
                "validityDate": "2027-12-01",
                "livePhase": "fiscalMode",
                "registrationsRemaining": 28,
            }
        },
        "getFnStatus": {
            "fnStatus": {
                "fiscalDocumentNumber": fptr.last_fd,
                "fiscalReceiptNumber": 3,
                "warnings": warnings,
            }
        },
        "ofdExchangeStatus": {
            "status": {
                "notSentCount": 2,
                "notSentFirstDocNumber": fptr.last_fd,
                "notSentFirstDocDateTime": "2026-11-21T20:40:00+03:00",
            }
        },
        "getCashDrawerStatus": {"counters": {"cashSum": fptr.drawer / 100}},
        "cashIn": {"counters": {"cashSum": fptr.drawer / 100}},
        "cashOut": {"counters": {"cashSum": fptr.drawer / 100}},
    }
    return told.get(name, {})
