"""What surrounds a document in files: hex text, OFD container headers, the FPS and the two last bytes."""

from __future__ import annotations

import pytest

from drivers.fiscal import TlvError, read_image, read_input, unwrap

SHORT = bytes.fromhex("A5 01 01 00 00 9999078902001234 000066") + bytes(12)  # 28 bytes: A5, kind, version, FN, FD
LONG = bytes.fromhex("8101 BEEF") + SHORT  # 32: length and CRC first
FPS = bytes.fromhex("8106 112233445566")
TAIL = b"\x0d\x0a"


@pytest.mark.parametrize("header", [b"", SHORT, LONG], ids=["bare", "28", "32"])
@pytest.mark.parametrize("rest", [b"", FPS, FPS + TAIL, TAIL], ids=["end", "fps", "fps+tail", "tail"])
@pytest.mark.parametrize("form", [2, 3, 5])
def test_wrapping_is_found_and_skipped(images, header, rest, form):
    document, image = read_image(header + images[form, "1.2"] + rest)
    assert document == read_image(images[form, "1.2"])[0]
    assert (image.fps, image.tail) == (FPS if rest[:8] == FPS else b"", rest.removeprefix(FPS))
    assert image.tail_known
    assert image.body_offset == len(header) + 4
    if header:
        assert image.header is not None
        assert (image.header.size, image.header.kind) == (len(header), 1)
        assert (image.header.fn_serial, image.header.fd_number) == ("9999078902001234", 102)
    else:
        assert image.header is None


@pytest.mark.parametrize("header", [SHORT, LONG], ids=["28", "32"])
def test_wrapped_truncations_are_clear(images, header):
    wrapped = header + images[2, "1.05"]
    for size in range(7, len(wrapped)):
        with pytest.raises(TlvError) as caught:
            read_image(wrapped[:size])
        assert caught.value.offset <= size


def test_the_offset_counts_from_the_start_of_the_input(images):
    broken = bytearray(images[3, "1.05"])
    where = broken.index(bytes.fromhex("1E040100"))
    broken[where + 2] = 0xFF
    broken[where + 3] = 0xFF
    for header in (b"", SHORT, LONG):
        with pytest.raises(TlvError, match="tag 1054 declares 65535") as caught:
            read_image(header + bytes(broken))
        assert caught.value.offset == len(header) + where
        assert "1054" in caught.value.message_ru


def test_a_bare_body_is_told_by_its_tags(images):
    for (form, _), image in images.items():
        document, wrapping = read_image(image[4:])
        assert (document.form, wrapping.form, wrapping.body_offset) == (form, None, 0)


@pytest.mark.parametrize(
    "text",
    ["03 00 01 00", "03000100", "0x03, 0x00, 0x01, 0x00\n", "03-00-01-00", "03:00\r\n01:00 ", "\ufeff0300 0100"],
)
def test_hex_in_any_dress(text):
    assert read_input(text.encode()) == bytes.fromhex("03000100")


def test_binary_is_taken_as_it_is(images):
    for image in images.values():
        assert read_input(image) == image
        assert read_input(image[4:]) == image[4:]
        assert read_input(image.hex().encode()) == image


@pytest.mark.parametrize(
    ("content", "offset", "word"),
    [
        (b"", 0, "empty"),
        (b" \n", 0, "empty"),
        (b"03 0", 1, "odd"),
        (b"03 00 0G", 2, "'G'"),
        (b"hello", 0, "'h'"),
        (bytes(262145), 262144, "more than"),
    ],
)
def test_input_that_cannot_be_a_document(content, offset, word):
    with pytest.raises(TlvError, match=word) as caught:
        read_input(content)
    assert caught.value.offset == offset


@pytest.mark.parametrize(
    "content", [b"", b"\x03\x00", b"\x03\x00\x01\x00", SHORT + b"\x99\x99\x00\x00", b"\x39\x04\0\0" * 16384]
)
def test_images_that_are_not_all_there(content):
    with pytest.raises(TlvError):
        unwrap(content)
