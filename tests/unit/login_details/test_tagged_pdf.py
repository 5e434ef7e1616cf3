"""The files' inside, read with qpdf: whole, flat in the trees, and tagged so that a screen reader finds everything once."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from latchkey.codes.model.audience import Audience
from latchkey.login_details.model.runs import Format
from latchkey.login_details.paper.document import Document
from latchkey.login_details.paper.fonts import Fonts
from latchkey.login_details.paper.type import Type
from tests.support.paper import details, printed

KINDS: tuple[Format, ...] = ("slips", "letters", "pin_table")
GROUPINGS = {"P", "H1", "H2", "Lbl", "LBody", "Figure", "TH", "TD"}


def elements(element: Any) -> Iterator[Any]:
    yield element
    kids = element.get("/K")
    if isinstance(kids, pikepdf.Array):
        for kid in kids:
            assert kid.P.objgen == element.objgen
            yield from elements(kid)


@pytest.mark.parametrize("audience", ["students", "parents", "both"])
@pytest.mark.parametrize("kind", KINDS)
def test_whatever_is_drawn_is_in_the_structure_once(tmp_path: Path, kind: Format, audience: Audience) -> None:
    students = [details(number, group="7A" if number < 40 else "7B") for number in range(1, 60)]
    printed(tmp_path, students, kind, audience)
    with pikepdf.open(tmp_path / "file.pdf") as pdf:
        assert pdf.check_pdf_syntax() == []
        root = pdf.Root
        assert root.MarkInfo.Marked
        assert str(root.Lang) == "en-GB"
        assert root.ViewerPreferences.DisplayDocTitle
        assert (root.ViewerPreferences.Duplex, root.ViewerPreferences.PrintScaling) == ("/Simplex", "/None")
        leaves = {}
        for element in elements(root.StructTreeRoot.K):
            if isinstance(element.get("/K"), int):
                assert str(element.S)[1:] in GROUPINGS
                leaves[element.Pg.objgen, int(element.K)] = element.objgen
            if element.S == "/Figure":
                assert str(element.Alt).startswith("QR code that opens latchkey.example/r/northbridge")
                left, low, right, up = map(float, element.A.BBox)
                assert 0 < left < right < 596
                assert 0 < low < up < 842
        nums = pikepdf.NumberTree(root.StructTreeRoot.ParentTree)
        drawn = 0
        for page in pdf.pages:
            owners = [owner.objgen for owner in nums[int(page.StructParents)]]
            assert [leaves[page.objgen, mark] for mark in range(len(owners))] == owners
            depth, marks = 0, 0
            for operands, operator in pikepdf.parse_content_stream(page):
                name = str(operator)
                if name in {"BDC", "BMC"}:
                    marks += "/MCID" in operands[-1] if name == "BDC" else 0
                    depth += 1
                elif name == "EMC":
                    depth -= 1
                elif name in {"TJ", "f", "S", "Do"}:
                    assert depth, "drawn, but neither content nor decoration"
            assert depth == 0
            assert marks == len(owners)
            drawn += marks
        assert drawn == len(leaves)


def test_a_table_has_heads_for_columns_and_rows(tmp_path: Path) -> None:
    printed(tmp_path, [details(number) for number in range(1, 41)], "pin_table", "both")
    with pikepdf.open(tmp_path / "file.pdf") as pdf:
        found = list(elements(pdf.Root.StructTreeRoot.K))
        rows = [element for element in found if element.S == "/TR"]
        assert len(pdf.pages) == 2
        assert len(rows) == 41
        assert {str(head.A.Scope) for head in rows[0].K} == {"/Column"}
        for row in rows[1:]:
            assert [str(cell.S) for cell in row.K] == ["/TH", "/TD", "/TD", "/TD", "/TD"]
            assert row.K[0].A.Scope == "/Row"


def test_groups_are_bookmarks(tmp_path: Path) -> None:
    students = [details(number, group=f"{number}A") for number in range(7, 12)]
    for kind in KINDS:
        printed(tmp_path, students, kind)
        with pikepdf.open(tmp_path / "file.pdf") as pdf, pdf.open_outline() as outline:
            assert [entry.title for entry in outline.root] == [f"Registration group {number}A" for number in range(7, 12)]


@pytest.mark.parametrize("count", [1, 63, 64, 65, 129])
def test_the_trees_hold_every_page(tmp_path: Path, count: int) -> None:
    parts: list[bytes] = []
    document = Document(parts.append, title="T", author="A", language="en-GB", made_at=0)
    setting = Type(Fonts())
    for number in range(count):
        page = document.page()
        page.put(document.root, "P", setting.line(str(number)).at(50, 50, 12))
        document.end(page)
    document.finish(b"/Font<<%b>>" % setting.fonts.embed(document.file))
    path = tmp_path / "file.pdf"
    path.write_bytes(b"".join(parts))
    with pikepdf.open(path) as pdf:
        assert len(pdf.pages) == count
        assert len(pdf.Root.StructTreeRoot.K.K) == count
        assert sorted(pikepdf.NumberTree(pdf.Root.StructTreeRoot.ParentTree)) == list(range(count))


def test_fonts_hold_only_what_is_drawn(tmp_path: Path) -> None:
    paper = printed(tmp_path, [details(1, "山田", "太郎")])
    assert len(paper.data) < 200_000
    fonts = paper.ask("pdffonts", str(tmp_path / "file.pdf")).splitlines()[2:]
    assert len(fonts) == 3
    for font in fonts:
        assert font.split()[-5:-2] == ["yes", "yes", "yes"]  # embedded, a subset, with a table back to Unicode


def test_every_glyph_has_a_text(tmp_path: Path) -> None:
    """Programs show the number of a glyph that has none, as if it were a letter."""
    printed(tmp_path, [details(1, "ปรียา", "محمد عثمان"), details(2, "नेहा", "שָׁלוֹם")])
    with pikepdf.open(tmp_path / "file.pdf") as pdf:
        fonts = pdf.pages[0].Resources.Font
        assert len(fonts.keys()) == 6
        for name in fonts.keys():  # noqa: SIM118 - a pikepdf dictionary is none of Python's
            drawn = {int(code) for code in list(fonts[name].DescendantFonts[0].W)[::2]}
            told = re.findall(rb"^<([0-9A-F]{4})><[0-9A-F]+>$", fonts[name].ToUnicode.read_bytes(), re.MULTILINE)
            assert {int(code, 16) for code in told} == drawn
