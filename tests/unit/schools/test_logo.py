"""A school's logo: a small PNG, taken apart and put together again."""

import base64
import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.errors import Invalid
from latchkey.schools.model import logo
from latchkey.schools.model.school import Settings
from latchkey.schools.model.settings_rules import change

MAGIC = b"\x89PNG\r\n\x1a\n"


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(
    width: int = 4, height: int = 3, *, colour: int = 2, interlace: int = 0, pixels: bytes | None = None, more: bytes = b""
) -> bytes:
    channels = {0: 1, 2: 3, 3: 1, 6: 4}[colour]
    rows = pixels if pixels is not None else (b"\0" + b"\x80" * width * channels) * height
    head = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, interlace)
    return MAGIC + chunk(b"IHDR", head) + more + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def test_a_picture_keeps_its_pixels_and_gets_an_id() -> None:
    found = logo.read(text(png(300, 120)))
    assert (found.width, found.height, found.png) == (300, 120, png(300, 120))
    assert found.id != logo.of_png(png(299, 120)).id
    assert found == logo.of_png(png(300, 120))


def test_what_else_a_file_says_is_left_out() -> None:
    private = chunk(b"tEXt", b"Author\0Ann Lee") + chunk(b"eXIf", b"51.5N 0.1W") + chunk(b"acTL", bytes(8))
    found = logo.of_png(png(more=private) + b"PK\x03\x04 a second file")
    assert found.png == png()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "must be a PNG"),
        (b"<svg onload=alert(1)>", "must be a PNG"),
        (b"GIF89a", "must be a PNG"),
        (MAGIC, "damaged"),
        (png()[:-1], "damaged"),
        (png()[:40] + b"\0" + png()[41:], "damaged"),
        (png(301, 1), "at most 300 pixels wide"),
        (png(1, 121), "120 pixels high; this is 1 by 121"),
        (png(0, 3, pixels=b""), "at most"),
        (png(pixels=b"\0" * 10), "damaged"),
        (png(pixels=bytes(50_000_000 // 10)), "damaged"),
        (png(colour=3), "damaged"),
        (png(more=chunk(b"ABCD", b"")), "damaged"),
        (png(more=chunk(b"IHDR", bytes(13))), "damaged"),
        (MAGIC + chunk(b"IEND", b""), "damaged"),
        (MAGIC + struct.pack(">I", 2**32 - 1) + b"IDAT", "damaged"),
        (png() + bytes(20 * 1024), "too large"),
    ],
)
def test_anything_else_is_refused_in_words(content: bytes, said: str) -> None:
    with pytest.raises(logo.NoLogo, match=said):
        logo.of_png(content)


def of_parts(*parts: tuple[bytes, bytes]) -> bytes:
    return MAGIC + b"".join(chunk(name, data) for name, data in parts)


def head(*, width: int = 4, height: int = 3, depth: int = 8, colour: int = 2, rest: bytes = b"\0\0\0") -> tuple[bytes, bytes]:
    """``rest``: how it is packed, filtered and interlaced."""
    return b"IHDR", struct.pack(">IIBB", width, height, depth, colour) + rest


ROWS = zlib.compress((b"\0" + b"\x80" * 12) * 3)
PIXELS, END = (b"IDAT", ROWS), (b"IEND", b"")


@pytest.mark.parametrize(
    ("depth", "colour", "row"),
    [(1, 0, 1), (2, 0, 1), (4, 0, 2), (8, 0, 4), (16, 0, 8), (16, 2, 24), (8, 4, 8), (16, 4, 16), (8, 6, 16), (16, 6, 32)],
)
def test_every_kind_of_picture_can_be_a_logo(depth: int, colour: int, row: int) -> None:
    pixels = (b"IDAT", zlib.compress((b"\0" + b"\x80" * row) * 3))
    found = logo.of_png(of_parts(head(depth=depth, colour=colour), pixels, END))
    assert (found.width, found.height) == (4, 3)


@pytest.mark.parametrize(("depth", "row"), [(1, 1), (2, 1), (4, 2), (8, 4)])
def test_a_picture_with_a_palette_needs_its_palette(depth: int, row: int) -> None:
    pixels = (b"IDAT", zlib.compress((b"\0" + bytes(row)) * 3))
    assert logo.of_png(of_parts(head(depth=depth, colour=3), (b"PLTE", bytes(3)), pixels, END)).width == 4
    with pytest.raises(logo.NoLogo, match="damaged"):
        logo.of_png(of_parts(head(depth=depth, colour=3), pixels, END))


def test_the_pixels_may_come_in_several_parts() -> None:
    assert logo.of_png(of_parts(head(), (b"IDAT", ROWS[:5]), (b"IDAT", ROWS[5:]), END)).height == 3


@pytest.mark.parametrize("size", [0, 1, 39, 40, 2 * 39 + 7 * (3 + 13)])
def test_an_interlaced_picture_unpacks_to_no_more_than_seven_passes_can_hold(size: int) -> None:
    interlaced = head(rest=b"\0\0\1")
    assert logo.of_png(of_parts(interlaced, (b"IDAT", zlib.compress(bytes(size))), END)).width == 4
    with pytest.raises(logo.NoLogo, match="damaged"):
        logo.of_png(of_parts(interlaced, (b"IDAT", zlib.compress(bytes(2 * 39 + 7 * (3 + 13) + 1))), END))


@pytest.mark.parametrize(
    "parts",
    [
        (PIXELS, head(), END),
        (head(), head(), PIXELS, END),
        ((b"IHDR", head()[1][:12]), PIXELS, END),
        ((b"IHDR", head()[1] + b"\0"), PIXELS, END),
        (head(depth=3), PIXELS, END),
        (head(depth=4), PIXELS, END),
        (head(depth=16, colour=3), (b"PLTE", bytes(3)), PIXELS, END),
        (head(colour=1), PIXELS, END),
        (head(colour=5), PIXELS, END),
        (head(colour=7), PIXELS, END),
        (head(rest=b"\1\0\0"), PIXELS, END),
        (head(rest=b"\0\1\0"), PIXELS, END),
        (head(rest=b"\0\0\2"), PIXELS, END),
        (head(), END),
        (head(), (b"IDAT", b"no zlib at all"), END),
        (head(), (b"IDAT", ROWS[:-1]), END),
        (head(), (b"IDAT", zlib.compress(bytes(38))), END),
        (head(), (b"IDAT", zlib.compress(bytes(40))), END),
    ],
)
def test_a_picture_that_is_not_as_it_says_is_damaged(parts: tuple[tuple[bytes, bytes], ...]) -> None:
    with pytest.raises(logo.NoLogo, match="damaged"):
        logo.of_png(of_parts(*parts))


@pytest.mark.parametrize(
    ("width", "height", "fits"),
    [(1, 1, True), (300, 120, True), (0, 3, False), (4, 0, False), (301, 120, False), (300, 121, False)],
)
def test_how_large_a_logo_may_be(width: int, height: int, fits: bool) -> None:
    pixels = (b"IDAT", zlib.compress((b"\0" + bytes(3 * width)) * height))
    content = of_parts(head(width=width, height=height), pixels, END)
    if fits:
        assert logo.of_png(content).width == width
    else:
        with pytest.raises(logo.NoLogo, match=f"this is {width} by {height}"):
            logo.of_png(content)


@pytest.mark.parametrize("value", ["!", "a" * 100_000, "é", 7, ["x"], {"a": 1}, True])
def test_settings_name_the_field(value: object) -> None:
    with pytest.raises(Invalid) as caught:
        change(Settings(), {"logo_png": value, "language": "xx"})
    assert set(caught.value.fields) == {"logo_png", "language"}


def test_settings_hold_the_id_only() -> None:
    after = change(Settings(), {"logo_png": text(png()), "language": "ur"})
    assert (after.logo, after.language) == (logo.of_png(png()).id, "ur")
    assert change(after, {"logo_png": ""}).logo == change(after, {"logo_png": None}).logo == ""
    assert change(after, {"logo": after.logo}) == after
    with pytest.raises(Invalid):
        change(after, {"logo": "0" * 16})


@given(st.binary(max_size=200), st.integers(0, 60))
def test_no_file_breaks_the_reader(noise: bytes, place: int) -> None:
    for content in (noise, MAGIC + noise, png()[:place] + noise + png()[place:]):
        with suppress(logo.NoLogo):
            assert logo.of_png(content).png.startswith(MAGIC)
