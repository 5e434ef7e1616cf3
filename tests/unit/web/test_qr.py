"""QR codes on pages: read by ZXing, and by a screen reader."""

import re
import xml.etree.ElementTree as ET

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from web.qr import QUIET, qr


def drawn(element: str, scale: int = 8) -> Image.Image:
    """What a browser would draw of the dark modules."""
    svg = ET.fromstring(element)[0]
    size = int(svg.attrib["viewBox"].split()[2])
    image = Image.new("L", (size * scale, size * scale), 255)
    pen = ImageDraw.Draw(image)
    x = y = 0.0
    path = next(each.attrib["d"] for each in svg if each.attrib.get("stroke") == "#000")
    for sign, numbers in re.findall(r"([Mmh])([^Mmh]*)", path):
        values = [float(each) for each in numbers.split()]
        if sign == "h":
            pen.rectangle([x * scale, (y - 0.5) * scale, (x + values[0]) * scale - 1, (y + 0.5) * scale - 1], fill=0)
            x += values[0]
        elif sign == "M":
            x, y = values
        else:
            x, y = x + values[0], y + values[1]
    return image


@pytest.mark.parametrize(
    "text",
    [
        "https://latchkey.example/r/northbridge#F2346789CDFHJKM",
        "http://localhost:8000/r/st-marys#P2346789CDFH",
        "otpauth://totp/Northbridge%20Academy:a.head%40northbridge.example?secret=JBSWY3DPEHPK3PXP&issuer=Northbridge%20Academy",
    ],
)
def test_a_camera_reads_the_text(text: str) -> None:
    found = zxingcpp.read_barcodes(drawn(qr(text, "A code")))
    assert [each.text for each in found] == [text]


def test_a_screen_reader_says_the_title_and_not_the_picture() -> None:
    element = ET.fromstring(qr("https://latchkey.example/", 'Code "for" <parents> & all'))
    assert element.attrib == {"role": "img", "aria-label": 'Code "for" <parents> & all'}


def test_nothing_of_it_is_fetched_or_styled_in_place() -> None:
    """The Content-Security-Policy of pages forbids both."""
    element = qr("https://latchkey.example/", "A code")
    assert "style" not in element
    assert "href" not in element
    assert "https://" not in element


def test_white_surrounds_it() -> None:
    svg = ET.fromstring(qr("x", "A code"))[0]
    assert svg.attrib["viewBox"] == f"0 0 {21 + 2 * QUIET} {21 + 2 * QUIET}"
