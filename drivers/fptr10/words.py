"""Words of the JSON tasks for the codes of the fiscal document. Source: JSON tasks notes, sections 3.1 to 3.7."""

from __future__ import annotations

from collections.abc import Mapping

from drivers.api import Shift
from drivers.selling import ReceiptKind

KINDS: Mapping[ReceiptKind, str] = {
    ReceiptKind.SALE: "sell",
    ReceiptKind.SALE_RETURN: "sellReturn",
    ReceiptKind.PURCHASE: "buy",
    ReceiptKind.PURCHASE_RETURN: "buyReturn",
}
TAX_SYSTEMS = {1: "osn", 2: "usnIncome", 4: "usnIncomeOutcome", 8: "envd", 16: "esn", 32: "patent"}  # bits of 1055
METHODS = {  # 1214
    1: "fullPrepayment",
    2: "prepayment",
    3: "advance",
    4: "fullPayment",
    5: "partialPayment",
    6: "credit",
    7: "creditPayment",
}
SUBJECTS = frozenset({*range(1, 28), *range(30, 34)})  # 1212; the tasks take the numbers themselves
MEASURES = frozenset(  # 2108
    {0, 10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42, 50, 51, 70, 71, 72, 73, 80, 81, 82, 83, 255}
)
VAT = {  # 1199
    1: "vat20",
    2: "vat10",
    3: "vat120",
    4: "vat110",
    5: "vat0",
    6: "none",
    7: "vat5",
    8: "vat7",
    9: "vat105",
    10: "vat107",
    11: "vat22",
    12: "vat122",
}
SHIFTS = {"closed": Shift.CLOSED, "opened": Shift.OPEN, "expired": Shift.OVER_24H}
FORMS = {  # fiscalDocumentType -> form code
    "registration": 1,
    "openShift": 2,
    "receipt": 3,
    "bso": 4,
    "closeShift": 5,
    "closeArchive": 6,
    "changeRegistrationParameters": 11,
    "ofdExchangeStatus": 21,
    "receiptCorrection": 31,
    "bsoCorrection": 41,
}
PLANNED = {  # 2003
    1: "itemPieceSold",
    2: "itemDryForSale",
    3: "itemPieceReturn",
    4: "itemDryReturn",
    255: "itemStatusUnchanged",
}
MARK_KINDS = {  # 2100; numbers have one source
    "imcUnrecognized": 0,
    "imcShort": 1,
    "imcFmVerifyCode88": 2,
    "imcVerifyCode44": 3,
    "imcFmVerifyCode44": 4,
    "imcVerifyCode4": 5,
}
CHECKS = ("imcCheckFlag", "imcCheckResult", "imcStatusInfo", "imcEstimatedStatusCorrect", "ecrStandAloneFlag")  # 2106
