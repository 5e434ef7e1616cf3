"""A school's logo in a file: its pixels, and apart from them what is transparent."""

from typing import Final

import png

from latchkey.login_details.paper.file import File
from latchkey.schools.model.logo import Logo

NAME: Final = b"Logo"


def embed(logo: Logo, file: File) -> bytes:
    """Write the picture; the entry of a page's dictionary of pictures."""
    width, height, rows, _ = png.Reader(bytes=logo.png).asRGBA8()
    pixels = b"".join(bytes(row) for row in rows)
    colours = bytes(part for place in range(0, len(pixels), 4) for part in pixels[place : place + 3])
    facts = b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8" % (width, height)
    mask = file.stream(facts + b"/ColorSpace/DeviceGray", pixels[3::4])
    return b"/%b %d 0 R" % (NAME, file.stream(facts + b"/ColorSpace/DeviceRGB/SMask %d 0 R" % mask, colours))


def size(logo: Logo, width: float, height: float) -> tuple[float, float]:
    """How large the picture is inside a box, in points; never larger than its pixels at 96 to the inch."""
    scale = min(width / logo.width, height / logo.height, 0.75)
    return logo.width * scale, logo.height * scale


def at(x: float, y: float, width: float, height: float) -> bytes:
    """The picture, its lower left corner at a place."""
    return b"q %.2f 0 0 %.2f %.2f %.2f cm /%b Do Q" % (width, height, x, y, NAME)
