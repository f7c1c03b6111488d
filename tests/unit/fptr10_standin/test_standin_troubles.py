"""Hands: the port, the link lost before, within and after a task, power, paper. One sale is never two documents."""

import importlib
import sys

import pytest
import standin
from standin.libfptr10 import IFptr
from standin.standin_bench import ADDRESS, Clocks, build, connect, open_device
from standin.standin_habits import Habits


def test_the_wrapper_is_found_in_its_folder(monkeypatch):
    monkeypatch.syspath_prepend(str(standin.FOLDER))
    monkeypatch.delitem(sys.modules, "libfptr10", raising=False)
    module = importlib.import_module("libfptr10")
    assert module.__doc__.startswith("STAND-IN, not the vendor's driver")
    standin.register(ADDRESS, open_device(Clocks()))
    fptr = module.IFptr("/opt/atol/libfptr10.so")
    standin.LIBRARY.version = "10.9.1.0"
    assert fptr.version() == "10.9.1.0"
    assert (connect(fptr), fptr.isOpened()) == (0, True)
    monkeypatch.delitem(sys.modules, "libfptr10")


def test_opening(bench):
    other = IFptr("")
    assert (connect(other), other.errorCode()) == (-1, 3)
    bench.fptr.close()
    assert connect(other) == 0
    other.close()
    assert (connect(other, "/dev/nothing"), other.errorCode()) == (-1, 4)
    bench.port.taken = True
    assert (bench.connect(), bench.fptr.errorCode()) == (-1, 3)
    bench.port.taken = False
    bench.port.cut_power()
    assert (bench.connect(), bench.fptr.errorCode()) == (-1, 2)
    bench.port.power_on()
    bench.port.plugged = False
    assert (bench.connect(), bench.fptr.errorCode()) == (-1, 4)
    assert bench.refused({"type": "getFnStatus"}) == 1


def test_settings_count_when_applied():
    standin.register("192.168.1.5:5555", open_device(Clocks()))
    fptr = IFptr("")
    fptr.setSingleSetting("Port", "2")
    fptr.setSingleSetting("IPAddress", "192.168.1.5")
    assert (fptr.open(), fptr.errorCode()) == (-1, 4)
    fptr.applySingleSettings()
    assert (fptr.open(), fptr.errorCode()) == (0, 0)
    with pytest.raises(TypeError, match="text is wanted"):
        fptr.setSingleSetting("IPPort", 5555)
    standin.register("usb:auto", open_device(Clocks()))
    usb = IFptr()
    usb.setSingleSetting("Port", "1")
    usb.applySingleSettings()
    assert usb.open() == 0


LOST = [("before", 2, True), ("halfway", 2, False), ("after", 3, True)]


@pytest.mark.parametrize(("moment", "last", "closed"), LOST)
def test_link_lost(opened, sale, moment, last, closed):
    bench = opened()
    bench.port.lose_link(moment, "sell")
    assert bench.refused(sale) == 241
    assert bench.device.fn.last_fd == last
    assert not bench.fptr.isOpened()
    assert bench.refused(sale) == 1
    assert bench.connect() == 0
    assert bench.state() == (closed, closed)
    if not closed:
        assert bench.refused(sale) == 82
        assert bench.fptr.cancelReceipt() == 0
        assert (bench.fptr.cancelReceipt(), bench.fptr.errorCode()) == (-1, 201)
    bench.do(sale)
    assert bench.device.fn.last_fd == last + 1
    assert bench.port.calls.count("sell") == 2 + (not closed)


def test_closed_may_mean_the_document_begun_last(opened, sale):
    bench = opened(habits=Habits(closed_by_number=True))
    bench.do(sale)
    assert bench.state() == (True, True)
    bench.port.lose_link("halfway", "sell", code=177)
    assert bench.refused(sale) == 177
    assert bench.fptr.isOpened()
    bench.fptr.cancelReceipt()
    assert bench.state() == (False, False)


def test_another_call_may_fail_many_times(opened):
    bench = opened()
    bench.port.lose_link("before", "checkDocumentClosed", code=15, times=3)
    codes = [(bench.fptr.checkDocumentClosed(), bench.fptr.errorCode()) for _ in range(4)]
    assert codes == [(-1, 15)] * 3 + [(0, 0)]
    with pytest.raises(ValueError, match="moment"):
        bench.port.lose_link("sometimes")


def test_autoreconnect(opened, sale):
    bench = opened()
    bench.fptr.setSingleSetting("AutoReconnect", "true")
    bench.fptr.applySingleSettings()
    bench.port.lose_link("after", "sell")
    assert bench.refused(sale) == 241
    assert bench.do({"type": "getFnStatus"})["fnStatus"]["fiscalDocumentNumber"] == 3


@pytest.mark.parametrize(
    ("moment", "last", "state"), [("before-commit", 2, (False, False)), ("after-commit", 3, (True, False))]
)
def test_power_cut_around_the_write(opened, sale, moment, last, state):
    bench = opened()
    bench.port.cut_power(moment)
    assert bench.refused(sale) == 241
    assert (bench.connect(), bench.fptr.errorCode()) == (-1, 2)
    bench.port.power_on()
    assert bench.connect() == 0
    assert bench.do({"type": "getFnStatus"})["fnStatus"]["fiscalDocumentNumber"] == last
    assert bench.state() == state
    if state[0]:
        assert bench.fptr.continuePrint() == 0
        assert bench.state() == (True, True)
        total = [mark for mark in bench.device.tape.marks if "ИТОГ" in getattr(mark, "text", "")]
        assert total
    else:
        bench.fptr.cancelReceipt()
    bench.do(sale)
    assert bench.device.fn.last_fd == last + 1


def test_paper_out_before_and_within(opened, sale):
    bench = opened()
    bench.device.paper_out()
    assert bench.refused(sale) == 44
    assert bench.do({"type": "getDeviceStatus"})["deviceStatus"]["paperPresent"] is False
    bench.device.paper_in()
    bench.device.paper_out(5)
    assert bench.do(sale)["warnings"] == {"notPrinted": True}
    assert bench.state() == (True, False)
    assert bench.refused({"type": "nonFiscal", "items": [{"type": "text", "text": "x"}]}) == 44
    assert (bench.fptr.continuePrint(), bench.fptr.errorCode()) == (-1, 44)
    bench.device.paper_in()
    bench.do({"type": "continuePrint"})
    assert bench.state() == (True, True)
    assert bench.fptr.continuePrint() == 0
    bench.device.cover(True)
    assert bench.refused(sale) == 45
    assert bench.device.fn.last_fd == 3


def test_storage_troubles(opened, sale):
    bench = opened()
    bench.device.storage_failed(True)
    assert bench.refused(sale) == 118
    assert bench.do({"type": "getFnStatus"})["fnStatus"]["warnings"]["criticalError"] is True
    bench.device.storage_failed(False)
    bench.device.storage_left(documents=0)
    assert bench.refused(sale) == 121
    bench.device.storage_left(documents=9, days=-1)
    assert bench.refused(sale) == 120


def test_parameters_live_for_one_call(bench):
    fptr = bench.fptr
    fptr.setParam(IFptr.LIBFPTR_PARAM_JSON_DATA, '{"type": "getFnStatus"}')
    assert fptr.processJson() == 0
    assert fptr.getParamString(IFptr.LIBFPTR_PARAM_JSON_DATA)
    assert (fptr.processJson(), fptr.errorCode()) == (-1, 501)
    assert fptr.getParamString(IFptr.LIBFPTR_PARAM_JSON_DATA) == ""
    assert fptr.errorDescription()


def test_a_closed_shift_may_be_opened_by_a_receipt(sale):
    bench = build(habits=Habits(opens_shift=True))
    assert bench.do(sale)["fiscalParams"]["fiscalDocumentNumber"] == 3


def test_paper_out_within_a_free_print(bench):
    bench.device.paper_out(2)
    items = [{"type": "text", "text": f"строка {number}"} for number in range(4)]
    assert bench.refused({"type": "nonFiscal", "items": items}) == 44
    assert bench.refused({"type": "nonFiscal", "items": items}) == 44
    bench.device.paper_in()
    bench.do({"type": "nonFiscal", "items": items})
    assert bench.device.fn.last_fd == 1


def test_paper_out_at_the_end_of_a_free_print(bench):
    bench.device.paper_out(4)
    items = [{"type": "text", "text": f"строка {number}"} for number in range(2)]
    assert bench.refused({"type": "nonFiscal", "items": items}) == 44
    bench.device.paper_in()
    assert bench.fptr.continuePrint() == 0
    assert [mark.text for mark in bench.device.tape.marks if "строка" in getattr(mark, "text", "")] == [
        "строка 0",
        "строка 1",
    ]


def test_paper_out_under_the_last_mark(bench):
    bench.device.ending = tuple
    bench.device.paper_out(3)
    assert (
        bench.refused({"type": "nonFiscal", "items": [{"type": "barcode", "barcode": "1", "barcodeType": "QR"}]}) == 44
    )
    assert bench.state() == (True, False)
