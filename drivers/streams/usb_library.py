"""The USB library: libusb by way of pyusb. Here so that a computer without it gets a sentence and not a traceback."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

import usb.backend.libusb1

from drivers.api import LinkFault
from drivers.streams.byte_stream import StreamError

NO_LIBRARY = "libusb is not installed: install the system package libusb-1.0-0 or the Python package libusb-package"


class NoLibraryError(StreamError):
    """There is no libusb on this computer."""

    def __init__(self) -> None:
        super().__init__(LinkFault.NO_PORT, NO_LIBRARY)


@cache
def library() -> Any:  # noqa: ANN401 - pyusb has no types
    """The backend to give to pyusb: the one shipped in libusb-package when that is installed, else the system's.

    Raises NoLibraryError. One context for the whole process: libusb keeps its list of devices fresh in it.
    """
    found = _packaged() or usb.backend.libusb1.get_backend()
    if found is None:
        raise NoLibraryError
    return found


def _packaged() -> Any:  # noqa: ANN401 - as above
    try:
        package = importlib.import_module("libusb_package")
    except ImportError:
        return None
    return package.get_libusb1_backend()
