"""Enumerations of the tasks and what they are in a fiscal document. Source: task reference, sections 2.1 and 3."""

from __future__ import annotations

RECEIPTS = {"sell": 1, "sellReturn": 2, "buy": 3, "buyReturn": 4}  # tag 1054
CORRECTIONS = frozenset({"sellCorrection", "sellReturnCorrection", "buyCorrection", "buyReturnCorrection"})
FISCAL = (
    frozenset(RECEIPTS)
    | CORRECTIONS
    | {"openShift", "closeShift", "reportOfdExchangeStatus"}
    | {"registration", "changeRegistrationParameters", "fnChange", "closeArchive"}
)

TAX_SYSTEMS = {"osn": 1, "usnIncome": 2, "usnIncomeOutcome": 4, "envd": 8, "esn": 16, "patent": 32}  # tag 1055
METHODS = {
    "fullPrepayment": 1,
    "prepayment": 2,
    "advance": 3,
    "fullPayment": 4,
    "partialPayment": 5,
    "credit": 6,
    "creditPayment": 7,
}  # tag 1214
DEFAULT_METHOD = "fullPayment"  # one client notes `fullPrepayment` [1 source]: a plain sale is what tills mean
FULL_METHODS = (1, 4)  # goods paid in full: the others neither earn nor spend
SUBJECTS = {
    "commodity": 1,
    "excise": 2,
    "job": 3,
    "service": 4,
    "gamblingBet": 5,
    "gamblingPrize": 6,
    "lottery": 7,
    "lotteryPrize": 8,
    "intellectualActivity": 9,
    "payment": 10,
    "agentCommission": 11,
    "composite": 12,
    "pay": 12,
    "another": 13,
    "proprietaryLaw": 14,
    "nonOperatingIncome": 15,
    "insuranceContributions": 16,
    "otherContributions": 16,
    "merchantTax": 17,
    "resortFee": 18,
    "deposit": 19,
    "consumption": 20,
    "soleProprietorCPIContributions": 21,
    "cpiContributions": 22,
    "soleProprietorCMIContributions": 23,
    "cmiContributions": 24,
    "csiContributions": 25,
    "casinoPayment": 26,
    "fundsIssuance": 27,
    "exciseWithoutMarking": 30,
    "exciseWithMarking": 31,
    "commodityWithoutMarking": 32,
    "commodityWithMarking": 33,
}  # tag 1212
EXCISE_SUBJECTS = (2, 31)
MEASURES = {
    "piece": 0,
    "gram": 10,
    "kilogram": 11,
    "ton": 12,
    "centimeter": 20,
    "decimeter": 21,
    "meter": 22,
    "squareCentimeter": 30,
    "squareDecimeter": 31,
    "squareMeter": 32,
    "milliliter": 40,
    "liter": 41,
    "cubicMeter": 42,
    "kilowattHour": 50,
    "gkal": 51,
    "day": 70,
    "hour": 71,
    "minute": 72,
    "second": 73,
    "kilobyte": 80,
    "megabyte": 81,
    "gigabyte": 82,
    "terabyte": 83,
    "otherUnits": 255,
}  # tag 2108
TAXES = {  # words of ours
    "none": "none",
    "vat0": "vat0",
    "vat10": "vat10",
    "vat110": "vat110",
    "vat20": "vat20",
    "vat120": "vat120",
    "vat5": "vat5",
    "vat105": "vat105",
    "vat7": "vat7",
    "vat107": "vat107",
    "vat22": "vat22",
    "vat122": "vat122",
}
PAYMENTS = {"cash": 0, "electronically": 1, "prepaid": 2, "credit": 3, "other": 4}
DOCUMENT_TYPES = {
    1: "registration",
    11: "changeRegistrationParameters",
    2: "openShift",
    3: "receipt",
    4: "bso",
    5: "closeShift",
    6: "closeArchive",
    21: "ofdExchangeStatus",
    31: "receiptCorrection",
    41: "bsoCorrection",
}
NOT_OURS = frozenset(
    {
        "sellCorrection",
        "sellReturnCorrection",
        "buyCorrection",
        "buyReturnCorrection",
        "printFnDocument",
        "printDocumentsFromJournal",
        "getShiftTotals",
        "getOverallTotals",
        "getRegistrationInfo",
        "getLicenses",
        "getMcu",
        "getDepartmentSum",
        "ismExchangeStatus",
        "reportDepartments",
        "reportFnRegistrations",
        "registration",
        "changeRegistrationParameters",
        "fnChange",
        "closeArchive",
        "getDeviceParameters",
        "setDeviceParameters",
        "beginMarkingCodeValidation",
        "getMarkingCodeValidationStatus",
        "acceptMarkingCode",
        "declineMarkingCode",
        "cancelMarkingCodeValidation",
        "clearMarkingCodeValidationResult",
        "checkMarkingCodeValidationsReady",
        "validateMarks",
        "addMarksToBuffer",
        "checkImcWorkState",
        "checkImcTime",
        "pingIsm",
    }
)  # tasks of the driver that this agent does not do
