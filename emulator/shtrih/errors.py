"""Error codes of the Shtrih protocol and how the device's reasons map to them (protocol notes, section 3.4)."""

from __future__ import annotations

from emulator.terms import Reason

OK = 0x00
FN_WRONG_STATE = 0x02
FN_NO_DATA = 0x08
BAD_PARAMETER = 0x33
BAD_FOR_MODEL = 0x36
NOT_SUPPORTED = 0x37
WRONG_PASSWORD = 0x4F
NO_TABLE = 0x5D
DOCUMENT_IN_PROGRESS = 0x5E
WRONG_MODE = 0x73
NOT_EDITABLE = 0x7A
DATE_DIFFERS = 0x7C
BAD_DATE = 0x7D
WRONG_LENGTH = 0x7E
CONFIRM_DATE = 0xC0
ZERO_RECEIPT = 0x8E
MARKING_ORDER = 0xA1
MARKING_TABLE_FULL = 0xA3
MARKING_NOT_CHECKED = 0xAC

CODE_OF_REASON: dict[Reason, int] = {
    Reason.WRONG_STATE: WRONG_MODE,
    Reason.SHIFT_CLOSED: 0x3D,
    Reason.SHIFT_OPEN: WRONG_MODE,
    Reason.SHIFT_OVER_24H: 0x4E,
    Reason.NO_PAPER: 0x6B,
    Reason.COVER_OPEN: 0x6B,
    Reason.PRINTING: 0x50,
    Reason.WAIT_CONTINUE: 0x58,
    Reason.RECEIPT_OPEN: 0x4A,
    Reason.NO_RECEIPT: 0x55,
    Reason.EMPTY_RECEIPT: 0x8E,
    Reason.BAD_PARAMETER: BAD_PARAMETER,
    Reason.BAD_SUM: BAD_PARAMETER,
    Reason.NOT_ENOUGH_PAYMENT: 0x45,
    Reason.NONCASH_OVER_TOTAL: 0x4D,
    Reason.NOT_ENOUGH_CASH: 0x46,
    Reason.NO_DOCUMENT: FN_NO_DATA,
    Reason.WRONG_OPERATOR: 0x59,
    Reason.FN_ERROR: 0x03,
    Reason.FN_EXPIRED: 0x05,
    Reason.FN_FULL: 0x06,
    Reason.FN_QUEUE_TOO_OLD: 0x15,
    Reason.BAD_TIME: 0x07,
    Reason.TLV_TOO_LONG: 0x10,
    Reason.UNSUPPORTED: NOT_SUPPORTED,
    Reason.NOTHING_TO_CONTINUE: 0x72,
    Reason.NOTHING_TO_REPEAT: 0x56,
    Reason.BAD_PASSWORD: WRONG_PASSWORD,
    Reason.DISCOUNT_TOO_LARGE: 0x5A,
    Reason.NOTHING_TO_UNDO: 0x2B,
    Reason.STORNO_TOO_LARGE: 0x2D,
}
"""SHIFT_OPEN could also be 3Ch, whose meaning the sources dispute; an open cover has no code of its own."""

TEXT_OF_CODE: dict[int, str] = {
    0x00: "Ошибок нет",
    0x01: "ФН: неизвестная команда или неверный формат",
    0x02: "ФН: другое состояние ФН",
    0x03: "ФН: отказ ФН",
    0x05: "ФН: закончен срок эксплуатации",
    0x06: "ФН: архив ФН переполнен",
    0x07: "ФН: дата и время операции не соответствуют логике работы ФН",
    0x08: "ФН: запрошенные данные отсутствуют в архиве",
    0x10: "ФН: превышен размер данных TLV",
    0x15: "ФН: исчерпан ресурс хранения, есть непереданные документы",
    0x2B: "Невозможно отменить предыдущую команду",
    0x2D: "Сторно больше суммы по секции",
    0x33: "Некорректные параметры в команде",
    0x36: "Некорректные параметры в команде для данной реализации ККТ",
    0x37: "Команда не поддерживается в данной реализации ККТ",
    0x3D: "Смена не открыта, операция невозможна",
    0x45: "Сумма всех типов оплаты меньше итога чека",
    0x46: "Не хватает наличности в кассе",
    0x4A: "Открыт чек, операция невозможна",
    0x4D: "Сумма безналичных оплат больше суммы чека",
    0x4E: "Смена превысила 24 часа",
    0x4F: "Неверный пароль",
    0x50: "Идет печать результатов выполнения предыдущей команды",
    0x55: "Чек закрыт, операция невозможна",
    0x56: "Нет документа для повтора",
    0x58: "Ожидание команды продолжения печати",
    0x59: "Документ открыт другим кассиром",
    0x5A: "Скидка больше суммы чека",
    0x5D: "Таблица не определена",
    0x5E: "Некорректная операция",
    0x6B: "Нет чековой ленты",
    0x72: "Команда не поддерживается в данном подрежиме",
    0x73: "Команда не поддерживается в данном режиме",
    0x7A: "Поле не редактируется",
    0x7C: "Не совпадает дата",
    0x7D: "Неверный формат даты",
    0x7E: "Неверное значение в поле длины",
    0x8E: "Нулевой итог чека",
    0xA1: "ФН: неверный порядок команд работы с маркировкой",
    0xA3: "ФН: таблица кодов маркировки заполнена",
    0xAC: "ФН: код маркировки не был проверен",
    0xC0: "Подтвердите дату и время",
}
"""Texts of command 6Bh."""


class CommandError(Exception):
    """A command refused by this front end with a Shtrih error code 01h..FFh."""

    def __init__(self, code: int) -> None:
        super().__init__(f"{code:02X}h {TEXT_OF_CODE.get(code, '')}".rstrip())
        self.code = code
