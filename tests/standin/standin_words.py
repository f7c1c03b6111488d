"""Names of the tasks' enumerations and the numbers of the tags they stand for (notes on JSON, sections 3.1..3.8)."""

from __future__ import annotations

TAXES = {
    "vat20": 1, "vat10": 2, "vat120": 3, "vat110": 4, "vat0": 5, "none": 6, "vat5": 7, "vat7": 8,
    "vat105": 9, "vat107": 10, "vat22": 11, "vat122": 12,
}  # fmt: skip
"""Type of tax -> code of tag 1199."""
OLD_TAXES = {"vat18": 1, "vat118": 3}
NEWER_TAXES = frozenset({"vat5", "vat105", "vat7", "vat107", "vat22", "vat122"})
TAXATION = {"osn": 1, "usnIncome": 2, "usnIncomeOutcome": 4, "envd": 8, "esn": 16, "patent": 32}
METHODS = {
    "fullPrepayment": 1, "prepayment": 2, "advance": 3, "fullPayment": 4, "partialPayment": 5, "credit": 6,
    "creditPayment": 7,
}  # fmt: skip
_SUBJECTS = [
    "commodity",
    "excise",
    "job",
    "service",
    "gamblingBet",
    "gamblingPrize",
    "lottery",
    "lotteryPrize",
    "intellectualActivity",
    "payment",
    "agentCommission",
    "composite",
    "another",
    "proprietaryLaw",
    "nonOperatingIncome",
    "insuranceContributions",
    "merchantTax",
    "resortFee",
    "deposit",
    "consumption",
    "soleProprietorCPIContributions",
    "cpiContributions",
    "soleProprietorCMIContributions",
    "cmiContributions",
    "csiContributions",
    "casinoPayment",
    "fundsIssuance",
]
SUBJECTS = {name: number for number, name in enumerate(_SUBJECTS, 1)} | {
    "pay": 12, "otherContributions": 16, "exciseWithoutMarking": 30, "exciseWithMarking": 31,
    "commodityWithoutMarking": 32, "commodityWithMarking": 33,
}  # fmt: skip
MEASURES = {
    "piece": 0, "gram": 10, "kilogram": 11, "ton": 12, "centimeter": 20, "decimeter": 21, "meter": 22,
    "squareCentimeter": 30, "squareDecimeter": 31, "squareMeter": 32, "milliliter": 40, "liter": 41, "cubicMeter": 42,
    "kilowattHour": 50, "gkal": 51, "day": 70, "hour": 71, "minute": 72, "second": 73, "kilobyte": 80, "megabyte": 81,
    "gigabyte": 82, "terabyte": 83, "otherUnits": 255,
}  # fmt: skip
PAYMENTS = {"cash": 0, "electronically": 1, "prepaid": 2, "credit": 3, "other": 4} | {str(n): n for n in range(5, 10)}
PLACES = {0: 0, 1: 1, 2: 13, 3: 14, 4: 15} | {number: number for number in range(5, 10)}
"""Type of payment -> place among the device's sixteen; the user's types 5..9 count as cashless."""
RECEIPTS = {"sell": 1, "sellReturn": 2, "buy": 3, "buyReturn": 4}
CORRECTIONS = {f"{name}Correction": kind for name, kind in RECEIPTS.items()}
BASES = {"self": 0, "instruction": 1}
DOCUMENTS = {
    1: "registration", 2: "openShift", 3: "receipt", 4: "bso", 5: "closeShift", 6: "closeArchive",
    11: "changeRegistrationParameters", 21: "ofdExchangeStatus", 31: "receiptCorrection", 41: "bsoCorrection",
}  # fmt: skip
ALIGNMENTS = ("left", "center", "right")
WRAPS = ("none", "chars", "words")
MARK_TYPES = {
    "auto": 256, "imcUnrecognized": 0, "imcShort": 1, "imcFmVerifyCode88": 2, "imcVerifyCode44": 3,
    "imcFmVerifyCode44": 4, "imcVerifyCode4": 5,
}  # fmt: skip
MARK_STATUSES = {
    "itemPieceSold": 1, "itemDryForSale": 2, "itemPieceReturn": 3, "itemDryReturn": 4, "itemStatusUnchanged": 255,
}  # fmt: skip
MARK_CHECKS = ("imcCheckFlag", "imcCheckResult", "imcStatusInfo", "imcEstimatedStatusCorrect", "ecrStandAloneFlag")
"""Bits of tag 2106, lowest first."""
