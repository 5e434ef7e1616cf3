"""QR codes by differences: equal to what segno makes of each text, and read by ZXing."""

import segno
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from latchkey.codes.model.codes import ALPHABET
from latchkey.login_details.paper.qr import QUIET, Codes

ADDRESS = "https://latchkey.example/r/northbridge#"
endings = st.text(alphabet=ALPHABET + "PF", min_size=12, max_size=12)
CODES = Codes(ADDRESS, 12)


@settings(max_examples=60, deadline=None)
@given(endings)
def test_the_symbol_is_the_one_that_segno_makes(ending: str) -> None:
    made = segno.make(ADDRESS + ending, error="m", version=CODES._version, mask=2, boost_error=False, micro=False)
    assert CODES.rows(ending) == [[bool(module) for module in row] for row in made.matrix]


@settings(max_examples=60, deadline=None)
@given(endings)
def test_the_path_draws_the_modules(ending: str) -> None:
    rows = [[False] * CODES.size for _ in range(CODES.size)]
    for line in CODES.path(ending).splitlines():
        x, y, width, height, operator = line.split()
        assert (height, operator) == (b"1", b"re")
        for place in range(int(x), int(x) + int(width)):
            assert not rows[int(y)][place]
            rows[int(y)][place] = True
    assert rows == CODES.rows(ending)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([12, 16]), st.integers(1, 63), st.sampled_from(["http://localhost:8000", "https://" + "a" * 60 + ".example"])
)
def test_every_length_of_address_is_read(length: int, slug: int, origin: str) -> None:
    address = f"{origin}/r/{'n' * slug}#"
    ending = (ALPHABET * 2)[:length]
    rows = Codes(address, length).rows(ending)
    side = len(rows) + 2 * QUIET
    picture = Image.new("L", (side, side), 255)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                picture.putpixel((x + QUIET, y + QUIET), 0)
    (found,) = zxingcpp.read_barcodes(picture.resize((4 * side, 4 * side), Image.Resampling.NEAREST))
    assert found.text == address + ending
