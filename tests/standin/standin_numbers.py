"""Numbers of the stand-in. Errors are the driver's own (notes on JSON, section 5); constants are read by name.

Where the notes tell a constant's number it is kept. The others are deliberately not the vendor's, so that a caller who
wrote a number down instead of a name is found out.
"""

from __future__ import annotations

from itertools import count

from emulator.terms import Reason

OK, DISABLED, NO_CONNECTION, PORT_BUSY, PORT_NOT_AVAILABLE = 0, 1, 2, 3, 4
NOT_SUPPORTED, INVALID_MODE, INVALID_PARAM, UNKNOWN = 11, 12, 13, 15
NO_MORE_DATA = 30
NO_PAPER, COVER_OPENED = 44, 45
NOT_FULLY_PAID, SHIFT_EXPIRED, CLOSED_SHIFT, NO_CASH, OPENED_RECEIPT, OPENED_SHIFT = 66, 68, 73, 80, 82, 83
FN_FAULT, FN_EXPIRED, FN_OVERFLOW, FN_TIME, FN_NO_MORE_DATA = 118, 120, 121, 122, 123
INVALID_TAXATION, INVALID_TAX, INVALID_BARCODE = 143, 144, 157
CLOSED_DOCUMENT, VAT18_AND_20, INVALID_TOTAL, CONNECTION_LOST = 201, 219, 227, 241
TASK_WRONG = 501
LINK_CODES = frozenset({DISABLED, NO_CONNECTION, PORT_BUSY, PORT_NOT_AVAILABLE, CONNECTION_LOST})

TEXTS = {
    OK: "Ошибок нет",
    DISABLED: "Соединение не установлено",
    NO_CONNECTION: "Нет связи",
    PORT_BUSY: "Порт занят",
    PORT_NOT_AVAILABLE: "Порт недоступен",
    NOT_SUPPORTED: "Не поддерживается",
    INVALID_MODE: "Действие невозможно в этом режиме",
    INVALID_PARAM: "Неверный параметр",
    UNKNOWN: "Неизвестная ошибка",
    NO_MORE_DATA: "Данных больше нет",
    NO_PAPER: "Нет бумаги",
    COVER_OPENED: "Открыта крышка",
    NOT_FULLY_PAID: "Чек оплачен не полностью",
    SHIFT_EXPIRED: "Смена превысила 24 часа",
    CLOSED_SHIFT: "Запрещено при закрытой смене",
    NO_CASH: "В ящике нет такой суммы",
    OPENED_RECEIPT: "Запрещено при открытом чеке",
    OPENED_SHIFT: "Запрещено при открытой смене",
    FN_FAULT: "Неисправность ФН",
    FN_EXPIRED: "Срок ФН истёк",
    FN_OVERFLOW: "Память ФН переполнена",
    FN_TIME: "Дата или время неприемлемы для ФН",
    FN_NO_MORE_DATA: "В ФН нет таких данных",
    INVALID_TAXATION: "Неверная система налогообложения",
    INVALID_TAX: "Неверная ставка налога",
    INVALID_BARCODE: "Неверные параметры штрихкода",
    CLOSED_DOCUMENT: "Запрещено при закрытом документе",
    VAT18_AND_20: "В чеке ставки 18 % и 20 % вместе",
    INVALID_TOTAL: "Неверный итог чека",
    CONNECTION_LOST: "Связь потеряна",
    TASK_WRONG: "Ошибка в задании",
}

OF_REASON = {
    Reason.WRONG_STATE: INVALID_MODE,
    Reason.SHIFT_CLOSED: CLOSED_SHIFT,
    Reason.SHIFT_OPEN: OPENED_SHIFT,
    Reason.SHIFT_OVER_24H: SHIFT_EXPIRED,
    Reason.NO_PAPER: NO_PAPER,
    Reason.COVER_OPEN: COVER_OPENED,
    Reason.PRINTING: INVALID_MODE,
    Reason.RECEIPT_OPEN: OPENED_RECEIPT,
    Reason.NO_RECEIPT: CLOSED_DOCUMENT,
    Reason.NOT_ENOUGH_PAYMENT: NOT_FULLY_PAID,
    Reason.NOT_ENOUGH_CASH: NO_CASH,
    Reason.NO_DOCUMENT: FN_NO_MORE_DATA,
    Reason.FN_ERROR: FN_FAULT,
    Reason.FN_EXPIRED: FN_EXPIRED,
    Reason.FN_FULL: FN_OVERFLOW,
    Reason.FN_QUEUE_TOO_OLD: FN_OVERFLOW,
    Reason.BAD_TIME: FN_TIME,
    Reason.UNSUPPORTED: NOT_SUPPORTED,
    Reason.NOTHING_TO_CONTINUE: INVALID_MODE,
    Reason.NOTHING_TO_REPEAT: INVALID_MODE,
}
"""The rest are 13, invalid parameter. WAIT_CONTINUE is a habit."""


class DriverError(Exception):
    """The driver answers -1 with this number; ``told`` follows the number's own text."""

    def __init__(self, code: int, told: str = "") -> None:
        text = TEXTS.get(code, f"Ошибка {code}")
        super().__init__(f"{text}: {told}" if told else text)
        self.code = code


class LinkLost(DriverError):  # noqa: N818 - the field's word
    """Nobody hears the device any more; what it has done stays done."""


_own = count(70_000)


class Constants:
    """The constants a caller reads from the wrapper's class or object."""

    LIBFPTR_PARAM_JSON_DATA = next(_own)
    LIBFPTR_PARAM_DOCUMENT_CLOSED = next(_own)
    LIBFPTR_PARAM_DOCUMENT_PRINTED = next(_own)
    LIBFPTR_PARAM_RECORDS_TYPE = next(_own)
    LIBFPTR_PARAM_RECORDS_ID = next(_own)
    LIBFPTR_PARAM_COUNT = next(_own)
    LIBFPTR_PARAM_DOCUMENT_NUMBER = next(_own)
    LIBFPTR_PARAM_FN_DOCUMENT_TYPE = next(_own)
    LIBFPTR_PARAM_TAG_NUMBER = next(_own)
    LIBFPTR_PARAM_TAG_TYPE = next(_own)
    LIBFPTR_PARAM_TAG_NAME = next(_own)
    LIBFPTR_PARAM_TAG_VALUE = next(_own)
    LIBFPTR_PARAM_TAG_IS_COMPLEX = next(_own)
    LIBFPTR_PARAM_TAG_IS_REPEATABLE = next(_own)
    LIBFPTR_PARAM_DATA_TYPE = next(_own)
    LIBFPTR_PARAM_RECEIPT_TYPE = next(_own)
    LIBFPTR_PARAM_RECEIPT_NUMBER = next(_own)
    LIBFPTR_PARAM_RECEIPT_SUM = next(_own)
    LIBFPTR_PARAM_SHIFT_STATE = next(_own)
    LIBFPTR_PARAM_SHIFT_NUMBER = next(_own)
    LIBFPTR_PARAM_DATE_TIME = next(_own)
    LIBFPTR_PARAM_SUM = next(_own)
    LIBFPTR_PARAM_CUT_TYPE = next(_own)

    LIBFPTR_RT_FN_DOCUMENT_TLVS = 1
    LIBFPTR_RT_PARSE_COMPLEX_ATTR = 6
    LIBFPTR_DT_RECEIPT_STATE = next(_own)
    LIBFPTR_DT_SHIFT_STATE = next(_own)
    LIBFPTR_DT_CASH_SUM = next(_own)
    LIBFPTR_DT_SHORT_STATUS = 41
    LIBFPTR_RT_CLOSED = next(_own)
    LIBFPTR_RT_SELL = next(_own)
    LIBFPTR_RT_SELL_RETURN = next(_own)
    LIBFPTR_RT_BUY = next(_own)
    LIBFPTR_RT_BUY_RETURN = next(_own)
    LIBFPTR_RT_SELL_CORRECTION = next(_own)
    LIBFPTR_RT_SELL_RETURN_CORRECTION = next(_own)
    LIBFPTR_RT_BUY_CORRECTION = next(_own)
    LIBFPTR_RT_BUY_RETURN_CORRECTION = next(_own)
    LIBFPTR_SS_CLOSED = next(_own)
    LIBFPTR_SS_OPENED = next(_own)
    LIBFPTR_SS_EXPIRED = next(_own)
    LIBFPTR_CT_FULL = next(_own)
    LIBFPTR_CT_PART = next(_own)

    LIBFPTR_SETTING_MODEL = "Model"
    LIBFPTR_SETTING_BAUDRATE = "BaudRate"
    LIBFPTR_SETTING_OFD_CHANNEL = "OfdChannel"
    LIBFPTR_SETTING_LIBRARY_PATH = "LibraryPath"
    LIBFPTR_SETTING_AUTO_RECONNECT = "AutoReconnect"
    LIBFPTR_SETTING_USER_PASSWORD = "UserPassword"
    LIBFPTR_SETTING_ACCESS_PASSWORD = "AccessPassword"
    LIBFPTR_SETTING_PORT = "Port"
    LIBFPTR_SETTING_COM_FILE = "ComFile"
    LIBFPTR_SETTING_IPADDRESS = "IPAddress"
    LIBFPTR_SETTING_IPPORT = "IPPort"
    LIBFPTR_SETTING_USB_DEVICE_PATH = "UsbDevicePath"
    LIBFPTR_PORT_COM, LIBFPTR_PORT_USB, LIBFPTR_PORT_TCPIP, LIBFPTR_PORT_BLUETOOTH = range(4)
    LIBFPTR_OK = OK
    LIBFPTR_ERROR_CONNECTION_DISABLED = DISABLED
    LIBFPTR_ERROR_NO_CONNECTION = NO_CONNECTION
    LIBFPTR_ERROR_PORT_BUSY = PORT_BUSY
    LIBFPTR_ERROR_PORT_NOT_AVAILABLE = PORT_NOT_AVAILABLE
    LIBFPTR_ERROR_NO_MORE_DATA = NO_MORE_DATA
    LIBFPTR_ERROR_FN_NO_MORE_DATA = FN_NO_MORE_DATA
    LIBFPTR_ERROR_CONNECTION_LOST = CONNECTION_LOST
