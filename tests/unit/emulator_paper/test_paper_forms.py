"""Printed forms, set from the example documents of the 54-FZ notes and from documents built here."""

from __future__ import annotations

import re
import tomllib
from datetime import datetime
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from emulator.forms import cash_movement, fiscal_qr, fiscal_sign, printed_form, x_report
from emulator.marks import FeedMark, Line, Mark, QrMark
from emulator.paper import CutMark, Tape
from emulator.tlv import Quantity, Tlv, decode, make

HERE = Path(__file__).parent
DOCUMENTS = tomllib.loads((HERE / "documents.toml").read_text("utf-8"))
WIDTHS = (32, 42, 48)
QR_105 = "t=20251121T0905&s=959.00&fn=9999078902001234&i=102&fp=180150000&n=1"
QR_12 = "t=20261121T0905&s=959.00&fn=9999078902001234&i=102&fp=180150000&n=1"
REGISTRATION = [
    make(1048, 'ООО "Ромашка"'),
    make(1009, "115035, Москва, Пятницкая ул., д. 7, стр. 1"),
    make(1187, "Магазин 1"),
    make(1060, "www.nalog.gov.ru"),
    make(1117, "receipt@example.org"),
    make(1013, "00106712345678"),
]


def document(name: str) -> tuple[int, list[Tlv]]:
    image = bytes.fromhex(DOCUMENTS[name])
    form, length = int.from_bytes(image[:2], "little"), int.from_bytes(image[2:4], "little")
    assert len(image) == length + 4
    return form, decode(image[4:])


def rows_of(marks: list[Mark]) -> list[str]:
    return [mark.text for mark in marks if isinstance(mark, Line)]


def words_of(marks: list[Mark]) -> str:
    return " ".join(" ".join(rows_of(marks)).split())


def receipt(*more: Tlv, lines: list[list[Tlv]] | None = None, operation: int = 1, total: int = 59_90) -> list[Tlv]:
    at = datetime.fromisoformat("2026-11-21T18:05")
    head = [make(1041, "9999078902001234"), make(1040, 7), make(1012, at), make(1077, bytes.fromhex("31040ABCDEF0"))]
    head += [make(1038, 3), make(1042, 9), make(1054, operation), make(1020, total)]
    return head + [make(1059, line) for line in (lines if lines is not None else [item()])] + list(more)


def item(name: str = "Хлеб", price: int = 59_90, micro: int = 1_000_000, total: int = 59_90, *more: Tlv) -> list[Tlv]:
    plain = [make(1030, name), make(1079, price), make(1023, Quantity.of_micro(micro)), make(1043, total)]
    return [*plain, make(1199, 2), *more]


@pytest.mark.parametrize("columns", WIDTHS)
def test_a_receipt_looks_as_agreed(columns: int) -> None:
    """Golden text; the QR is drawn by its own tests."""
    form, tags = document("receipt_12")
    tape = Tape(columns, columns * 12)
    marks = printed_form(form, tags, columns, registration=REGISTRATION, change_kop=41_00)
    tape.put(*[mark for mark in marks if not isinstance(mark, QrMark)])
    assert tape.text() == (HERE / f"receipt_{columns}.txt").read_text("utf-8")


@pytest.mark.parametrize(("name", "text"), [("receipt_105", QR_105), ("receipt_12", QR_12)])
@pytest.mark.parametrize("columns", WIDTHS)
def test_the_receipts_qr_is_read_from_its_picture(tmp_path: Path, name: str, text: str, columns: int) -> None:
    form, tags = document(name)
    assert fiscal_qr(tags) == text
    tape = Tape(columns, columns * 12)
    tape.put(*printed_form(form, tags, columns, registration=REGISTRATION), CutMark())
    tape.png(tmp_path / "receipt.png")
    with Image.open(tmp_path / "receipt.png") as picture:
        found = zxingcpp.read_barcodes(picture.convert("L"))
    assert [code.text for code in found] == [text]
    side = found[0].position.top_right.x - found[0].position.top_left.x
    assert side >= 158, "20 mm at 203 dpi"


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
@pytest.mark.parametrize("columns", [24, *WIDTHS])
def test_every_row_fits_the_paper(name: str, columns: int) -> None:
    form, tags = document(name)
    for mark in printed_form(form, tags, columns, registration=REGISTRATION):
        if isinstance(mark, Line):
            assert len(mark.text) <= (columns // 2 if mark.double else columns), mark
            assert mark.text == mark.text.rstrip() or not mark.text.strip()


@given(
    columns=st.sampled_from(WIDTHS),
    name=st.text(st.sampled_from("абвЖЩ №-12."), max_size=128),
    price=st.integers(0, 2**48 - 1),
    micro=st.integers(1, 10**12),
    total=st.integers(1, 2**48 - 1),
)
def test_amounts_are_never_broken(columns: int, name: str, price: int, micro: int, total: int) -> None:
    marks = printed_form(3, receipt(make(1031, total), lines=[item(name, price, micro, total)], total=total), columns)
    rows = rows_of(marks)
    for mark in marks:
        assert not isinstance(mark, Line) or len(mark.text) <= (columns // 2 if mark.double else columns)
    amount = f"={total // 100}.{total % 100:02}"
    assert sum(row.endswith(amount) for row in rows) == 3, "line, total, payment"
    assert any(f"{price // 100}.{price % 100:02}" in row for row in rows)


def test_signature_facts_are_printed() -> None:
    form, tags = document("receipt_105")
    words = words_of(printed_form(form, tags, 48, registration=REGISTRATION))
    for fact in (
        'ООО "Ромашка" 115035, Москва',
        "КАССОВЫЙ ЧЕК ПРИХОД",
        "21.11.2025 09:05 СМЕНА: 12",
        "КАССИР: Иванова А. ЧЕК: 1",
        "ИТОГ =959.00 НАЛИЧНЫМИ =959.00 СУММА НДС 20% =149.85 СУММА НДС 10% =5.45 СНО ОСН",
        "ИНН: 7707083893 РН ККТ: 0000000123041677",
        "ФН: 9999078902001234 ФД: 102 ФП: 180150000",
        "САЙТ ФНС: www.nalog.gov.ru",
    ):
        assert fact in words
    assert fiscal_sign(tags) == 180150000
    assert "500100732259" not in words, "the cashier's INN is for the electronic form only"
    assert "ОТПРАВИТЕЛЯ" not in words, "the sender is printed with a buyer's address only"


def test_words_and_value_never_touch() -> None:
    """In 32 columns 28 characters go beside the three of the words; one more and all go below, at the right edge."""
    assert "ОФД " + "я" * 28 in rows_of(printed_form(1, [make(1046, "я" * 28)], 32))
    rows = rows_of(printed_form(1, [make(1046, "я" * 29)], 32))
    assert rows[rows.index("ОФД") + 1] == "   " + "я" * 29


def test_two_facts_share_a_row_only_with_two_blanks_between() -> None:
    assert "КАССИР: " + "я" * 16 + "  ЧЕК: 9" in rows_of(printed_form(3, receipt(make(1021, "я" * 16)), 32))
    rows = rows_of(printed_form(3, receipt(make(1021, "я" * 17)), 32))
    assert rows[rows.index("КАССИР: " + "я" * 17) + 1] == "ЧЕК: 9"


def test_the_documents_own_address_wins_over_the_registration() -> None:
    form, tags = document("receipt_12")
    words = words_of(printed_form(form, tags, 48, registration=REGISTRATION))
    assert "Москва, Примерная, 1" in words
    assert "Пятницкая" not in words


def test_total_is_double_and_too_long_a_total_is_bold() -> None:
    def total_line(kop: int) -> Line:
        marks = printed_form(3, receipt(total=kop), 32)
        return next(mark for mark in marks if isinstance(mark, Line) and mark.text.startswith("ИТОГ"))

    assert total_line(1234567_89) == Line("ИТОГ =1234567.89", bold=True, double=True)
    assert total_line(12345678_90) == Line("ИТОГ" + "=12345678.90".rjust(28), bold=True)


@pytest.mark.parametrize(
    ("operation", "words"), [(1, "ПРИХОД"), (2, "ВОЗВРАТ ПРИХОДА"), (3, "РАСХОД"), (4, "ВОЗВРАТ РАСХОДА")]
)
def test_the_operation_is_named_and_in_the_qr(operation: int, words: str) -> None:
    marks = printed_form(3, receipt(operation=operation), 32)
    assert words in [row.strip() for row in rows_of(marks)]
    assert isinstance(marks[-1], QrMark)
    assert marks[-1].text.endswith(f"&n={operation}")


def test_quantity_unit_method_subject_and_free_text_of_a_line() -> None:
    weighed = item("Сыр", 999_00, 238_000, 237_76, make(2108, 11), make(1212, 1), make(1214, 4))
    advance = item("", 100, 50_000_000, 50_00, make(1212, 10), make(1214, 3), make(1191, "скидка 50.00"))
    marked = item("Вода", 60_00, 1_000_000, 60_00, make(1163, [make(1302, "4601234567893")]), make(1197, "бут"))
    rows = rows_of(printed_form(3, receipt(lines=[weighed, advance, marked]), 48))
    assert "  999.00 x 0.238 кг" + "=237.76".rjust(48 - 19) in rows
    assert "  НДС 10%, ТОВАР" in rows
    second = rows.index("2:")
    assert rows[second + 1] == "  1.00 x 50" + "=50.00".rjust(48 - 11)
    assert rows[second + 2 : second + 4] == ["  НДС 10%, ПЛАТЕЖ, АВАНС", "  скидка 50.00"]
    assert "3: Вода [М]" in rows
    assert any(row.startswith("  60.00 x 1 бут ") for row in rows)


def test_zero_taxes_and_zero_payments_stay_off_the_paper() -> None:
    rates = make(1115, [make(1119, [make(1199, 11), make(1120, 162_13)])])
    more = [make(1031, 0), make(1081, 59_90), make(1215, 0), make(1104, 0), rates]
    rows = rows_of(printed_form(3, receipt(*more), 48))
    assert not [row for row in rows if "0%" in row and "НДС 0" in row]
    assert not [row for row in rows if row.startswith(("НАЛИЧНЫМИ", "ПРЕДВ"))]
    assert "БЕЗНАЛИЧНЫМИ" + "=59.90".rjust(36) in rows
    assert "СУММА НДС 22%" + "=162.13".rjust(35) in rows


def test_old_receipts_show_the_old_rate() -> None:
    tea = item("Чай")
    tea[4] = make(1199, 1)
    tags = receipt(make(1102, 9_14), lines=[tea])
    assert "НДС 20% ИТОГ" in words_of(printed_form(3, tags, 48)).replace("-", "").replace("  ", " ")
    tags[2] = make(1012, datetime.fromisoformat("2018-12-31T23:59"))
    words = words_of(printed_form(3, tags, 48))
    assert "СУММА НДС 18% =9.14" in words
    assert "НДС 18% ИТОГ" in words.replace("-", "").replace("  ", " ")
    assert "СУММА НДС 20% =9.14" in words_of(printed_form(3, receipt(make(1102, 9_14)), 48))


def test_buyer_and_additional_facts() -> None:
    extra = make(1084, [make(1085, "КАРТА"), make(1086, "op-1")])
    buyer = make(1256, [make(1227, "ООО Покупатель"), make(1228, "7707083893")])
    tags = receipt(make(1008, "a@example.org"), make(1117, "s@example.org"), extra, buyer, make(2107, 1))
    words = words_of(printed_form(3, tags, 48))
    assert "ПОКУПАТЕЛЬ: ООО Покупатель ИНН ПОКУПАТЕЛЯ: 7707083893 ЭЛ. АДР. ПОКУПАТЕЛЯ: a@example.org" in words
    assert "ЭЛ. АДР. ОТПРАВИТЕЛЯ: s@example.org КАРТА: op-1 КМ?" in words


def test_correction_with_and_without_qr() -> None:
    basis = make(1174, [make(1178, datetime.fromisoformat("2026-11-20T00:00")), make(1179, "12-34")])
    tags = receipt(make(1173, 1), basis, lines=[])
    marks = printed_form(31, tags, 32)
    words = words_of(marks)
    assert "КАССОВЫЙ ЧЕК КОРРЕКЦИИ ПРИХОД" in words
    assert "ТИП КОРРЕКЦИИ: ПО ПРЕДПИСАНИЮ ДАТА КОРРЕКТИРУЕМОГО РАСЧЕТА: 20.11.2026 НОМЕР ПРЕДПИСАНИЯ: 12-34" in words
    assert isinstance(marks[-1], QrMark)
    assert not [mark for mark in printed_form(31, tags, 32, correction_qr=False) if isinstance(mark, QrMark)]


def test_shift_reports_have_no_qr_and_show_their_counts() -> None:
    marks = printed_form(*document("shift_close_12"), 48)
    assert not [mark for mark in marks if isinstance(mark, QrMark)]
    words = words_of(marks)
    assert "ОТЧЕТ О ЗАКРЫТИИ СМЕНЫ 21.11.2026 21:00 СМЕНА: 12" in words
    assert "ЧЕКОВ ЗА СМЕНУ 1 ФД ЗА СМЕНУ 3 НЕПЕРЕДАННЫХ ФД 1 ФД НЕ ПЕРЕДАНЫ С 21.11.2026" in words
    assert "РЕСУРС КЛЮЧЕЙ, ДНЕЙ 400" in words
    assert "СЧЕТЧИКИ ИТОГОВ СМЕНЫ ВСЕГО ЧЕКОВ 1 ПРИХОД 1 ИТОГО =959.00 НАЛИЧНЫМИ =959.00 НДС 10% =5.45" in words
    words = words_of(printed_form(*document("shift_open_105"), 32, registration=REGISTRATION))
    assert "ОТЧЕТ ОБ ОТКРЫТИИ СМЕНЫ" in words
    assert "ЗН ККТ" not in words
    assert "ОТПРАВИТЕЛЯ" not in words


def test_raised_warnings_are_printed_and_an_empty_queue_has_no_date() -> None:
    tags = [
        make(1038, 4),
        make(1097, 0),
        make(1098, datetime.fromisoformat("1970-01-01T00:00")),
        make(1051, 1),
        make(1050, 0),
    ]
    words = words_of(printed_form(5, tags, 48))
    assert "НЕПЕРЕДАННЫХ ФД 0 ВНИМАНИЕ! ТРЕБУЕТСЯ СРОЧНАЯ ЗАМЕНА ФН" in words
    assert "1970" not in words
    assert "ИСЧЕРПАН" not in words


def test_registration_report() -> None:
    tags = [*REGISTRATION, make(1062, 3), make(1189, 2), make(1209, 2), make(1056, 0), make(1109, 1), make(1101, 1)]
    words = words_of(printed_form(11, tags, 48))
    assert "ОТЧЕТ ОБ ИЗМЕНЕНИИ ПАРАМЕТРОВ РЕГИСТРАЦИИ" in words
    assert "ЗН ККТ 00106712345678" in words
    assert "ФФД ККТ 1.05 ФФД 1.05 СНО ОСН, УСН доход" in words
    assert "ПРИЧИНА ЗАМЕНА ФН РАСЧЕТЫ ЗА УСЛУГИ" in words
    assert "ШИФРОВАНИЕ" not in words


def test_state_of_calculations() -> None:
    words = words_of(printed_form(21, [make(1040, 55), make(1097, 2), make(1116, 54)], 32))
    assert "ОТЧЕТ О ТЕКУЩЕМ СОСТОЯНИИ РАСЧЕТОВ" in words
    assert "НЕПЕРЕДАННЫХ ФД 2 ПЕРВЫЙ НЕПЕРЕДАННЫЙ ФД 54" in words


def test_a_document_stripped_of_its_tags_still_prints() -> None:
    for form in (1, 2, 3, 4, 5, 6, 11, 21, 31, 41, 77):
        marks = printed_form(form, [], 32)
        assert not [mark for mark in marks if isinstance(mark, QrMark)]
        assert rows_of(marks)


@pytest.mark.parametrize("columns", WIDTHS)
def test_x_report_adds_up_nothing_and_is_not_fiscal(columns: int) -> None:
    registers = {"sale_count": 3, "sale_kop": 959_00, "sale_cash_kop": 900_00, "sale_electronic_kop": 59_00}
    registers |= {"cash_kop": 1400_00, "cash_in_count": 1, "cash_in_kop": 500_00, "shift": 12, "last_fd": 103}
    registers |= {"total_sale_kop": 2**48}
    at = datetime.fromisoformat("2026-11-21T20:59")
    marks = x_report(
        registers, columns, at=at, cashier="Иванова А.", heading=['ООО "Ромашка"'], serial="00106712345678"
    )
    words = words_of(marks)
    assert "X-ОТЧЕТ СУТОЧНЫЙ ОТЧЕТ БЕЗ ГАШЕНИЯ 21.11.2026 20:59 СМЕНА: 12 КАССИР: Иванова А." in words
    assert "ПРИХОД: 3 =959.00 НАЛИЧНЫМИ =900.00 БЕЗНАЛИЧНЫМИ =59.00 ВОЗВРАТ ПРИХОДА: 0 =0.00" in words
    assert "ВНЕСЕНИЕ: 1 =500.00 ВЫПЛАТА: 0 =0.00 В КАССЕ =1400.00" in words
    assert "=2814749767106.56" in words
    assert not re.search(r"\bФ[ПН]\b|КАССОВЫЙ ЧЕК|ИТОГ\b", words)
    assert not [mark for mark in marks if isinstance(mark, QrMark)]
    assert max(len(row) for row in rows_of(marks)) <= columns


def test_cash_movements() -> None:
    assert "ВНЕСЕНИЕ" in words_of(cash_movement(True, 500_00, 32))
    marks = cash_movement(
        False, 500_00, 32, at=datetime.fromisoformat("2026-11-21T09:01"), number=17, heading=["Магазин 1"]
    )
    assert words_of(marks).startswith("Магазин 1 ВЫПЛАТА 21.11.2026 09:01 ДОКУМЕНТ: 17")
    assert Line("СУММА" + "=500.00".rjust(11), bold=True, double=True) in marks
    assert FeedMark(1) in marks
