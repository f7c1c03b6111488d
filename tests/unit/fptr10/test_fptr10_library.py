"""Finding the vendor's driver: absent, broken, too old; the port it is told."""

from __future__ import annotations

import sys

import pytest

from drivers.api import Done, LinkFault, NotSent
from drivers.fptr10.library import Library, LibraryError, LibrarySettings, Trouble, load
from drivers.fptr10.printer import Fptr10Printer

WRAPPER = """
class IFptr:
    def __init__(self, path):
        self.path = path
        {init}
    def version(self):
        return {version}
"""


@pytest.fixture
def folder(tmp_path):
    yield tmp_path
    sys.modules.pop("libfptr10", None)


def wrap(folder, version="'10.10.7.0'", init="pass"):
    (folder / "libfptr10.py").write_text(WRAPPER.format(version=version, init=init))
    return LibrarySettings("/dev/ttyACM0", wrapper=str(folder), library="/opt/x")


def test_the_wrapper_is_loaded_from_its_folder(folder):
    library = load(wrap(folder), (10, 10, 3, 0))
    assert library.version == "10.10.7.0"
    assert library.fptr.path == "/opt/x"


def test_a_wrapper_that_is_a_package_is_loaded(folder):
    (folder / "libfptr10").mkdir()
    (folder / "libfptr10" / "__init__.py").write_text("from .part import IFptr\n")
    (folder / "libfptr10" / "part.py").write_text(WRAPPER.format(version="b'10.11'", init="pass"))
    try:
        assert load(LibrarySettings("/dev/ttyACM0", wrapper=str(folder))).version == "10.11"
    finally:
        sys.modules.pop("libfptr10.part", None)


@pytest.mark.parametrize(
    ("version", "init", "trouble"),
    [
        ("'10.9.5.3'", "pass", Trouble.TOO_OLD),
        ("'10.10.7.0'", "raise OSError('libfptr10.so: cannot open')", Trouble.BROKEN),
        ("'10.10.7.0'", "raise RuntimeError('no driver')", Trouble.BROKEN),
    ],
)
def test_what_cannot_be_used_says_why(folder, version, init, trouble):
    with pytest.raises(LibraryError) as caught:
        load(wrap(folder, version, init), (10, 10, 3, 0))
    assert caught.value.trouble is trouble
    if trouble is not Trouble.BROKEN:
        assert "10.10.3.0" in caught.value.ru


def test_a_version_nobody_tells_is_let_through(folder):
    assert load(wrap(folder, "''"), (10, 10, 3, 0)).version == ""


def test_versions_are_compared_as_numbers(folder):
    assert load(wrap(folder, "'10.10.10.1'"), (10, 10, 3, 0)).version == "10.10.10.1"


@pytest.mark.parametrize(
    "text", ["def broken(", "raise ImportError('x')", "import no_such_thing_at_all", "IFptr = None"]
)
def test_a_broken_wrapper_is_not_an_absent_one(folder, text):
    (folder / "libfptr10.py").write_text(text)
    with pytest.raises(LibraryError) as caught:
        load(LibrarySettings("/dev/ttyACM0", wrapper=str(folder)))
    assert caught.value.trouble is Trouble.BROKEN
    assert "libfptr10" not in sys.modules or text == "IFptr = None"


def test_an_absent_driver_is_said_at_connect_and_found_later(folder):
    printer = Fptr10Printer(LibrarySettings("/dev/ttyACM0", wrapper=str(folder)), [].append)
    outcome = printer.connect()
    assert isinstance(outcome, NotSent)
    assert outcome.fault is LinkFault.NO_DRIVER
    assert outcome.detail.startswith("FPT-01 Драйвер АТОЛ")


def test_a_wrapper_without_a_constant_is_broken(cold):
    bare = type("Bare", (), {})()
    printer = Fptr10Printer(LibrarySettings("tcp:h:5555"), [].append, open_library=lambda a, b: Library(bare, ""))
    outcome = printer.connect()
    assert isinstance(outcome, NotSent)
    assert outcome.detail.startswith("FPT-02")


@pytest.mark.parametrize(
    ("port", "told"),
    [
        ("/dev/serial/by-id/x", {"Port": "0", "ComFile": "/dev/serial/by-id/x", "BaudRate": "115200"}),
        ("tcp:10.0.0.5:5555", {"Port": "2", "IPAddress": "10.0.0.5", "IPPort": "5555"}),
        ("usb:2912:0005", {"Port": "1", "UsbDevicePath": "auto"}),
    ],
)
def test_the_port_is_told_in_the_drivers_names(port, told):
    assert LibrarySettings(port).values() == {"Model": "500", **told}


def test_connect_sets_the_port_before_it_opens(cold):
    assert isinstance(cold.printer.connect(), Done)
    assert cold.fptr.settings["IPAddress"] == "10.0.0.5"
