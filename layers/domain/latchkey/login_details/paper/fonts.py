"""Fonts: found in their packages, asked for glyphs, and put into a file with those glyphs only.

They are Noto's variable fonts, one file for each script (SIL Open Font License 1.1). ``importlib`` finds their packages in
Lambda's layer and in a developer's environment alike.
"""

from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import uharfbuzz as hb

from latchkey.login_details.paper.file import File

REGULAR, BOLD = 400, 700
_LATIN: Final = "NotoSans[wght].ttf"
_CHINESE: Final = (
    "NotoSansCJK-VF.otf.ttc",
    2,
)  # all faces hold all signs; this one draws them as in China
_NO_SCRIPTS: Final = ("NotoEmoji", "NotoSans-Italic", "NotoSansSymbols", "NotoSans[")
# All that a PDF does not read: shaping is done when the file is made.
_TABLES: Final = ("GSUB", "GPOS", "GDEF", "BASE", "STAT", "cmap", "name", "OS/2", "post", "VORG", "vhea", "vmtx", "gasp", "DSIG")
_FLAGS: Final = (
    hb.SubsetFlags.RETAIN_GIDS
    | hb.SubsetFlags.NO_HINTING
    | hb.SubsetFlags.NOTDEF_OUTLINE
    | hb.SubsetFlags.NO_LAYOUT_CLOSURE
    | hb.SubsetFlags.DOWNGRADE_CFF2
    | hb.SubsetFlags.CFF_IDENTITY_CHARSET
)
_NOTHING: Final = "\u200b"
_SYSTEM: Final = b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"


class NoFonts(RuntimeError):
    """The fonts' packages are not installed."""


@cache
def font_files() -> tuple[tuple[Path, int], ...]:
    """Files and the faces in them, Latin, Greek and Cyrillic first, the largest last."""
    folders = []
    for package in ("manimgx_fonts", "manimgx_fonts_cjk"):
        spec = find_spec(package)
        if spec is None or spec.origin is None:
            raise NoFonts(package)
        folders.append(Path(spec.origin).parent)
    scripts = sorted(path for path in folders[0].glob("*.ttf") if not path.name.startswith(_NO_SCRIPTS))
    return ((folders[0] / _LATIN, 0), *((path, 0) for path in scripts), (folders[1] / _CHINESE[0], _CHINESE[1]))


class Font:
    """One font in one weight, and what a file uses of it."""

    def __init__(self, name: bytes, path: Path, face: int, weight: int) -> None:
        self.name = name
        self._weight = weight
        self._face = hb.Face(hb.Blob.from_file_path(str(path)), face)
        self.shaper = hb.Font(self._face)
        self.shaper.set_variations({"wght": float(weight)})
        self.latin = path.name == _LATIN
        self.per_mille = 1_000 / self._face.upem
        self.widths: dict[int, float] = {}
        self.texts: dict[int, str] = {}

    def has(self, sign: str) -> bool:
        """Whether the font can draw a character."""
        return bool(self.shaper.get_nominal_glyph(ord(sign)))

    def use(self, glyph: int) -> float:
        """A glyph's width in thousandths of the size; the glyph will be in the file."""
        width = self.widths.get(glyph)
        if width is None:
            width = self.widths[glyph] = self.shaper.get_glyph_h_advance(glyph) * self.per_mille
        return width

    def embed(self, file: File) -> int:
        """Write the font with the glyphs that were used; the number of its object."""
        small = self._subset()
        postscript = b"AAAAAA+" + (self._face.get_name(6) or "Font").encode("ascii", "replace").replace(b" ", b"")
        kind, program = self._program(file, small)
        extents = self.shaper.get_font_extents("ltr")
        up, down = (round(value * self.per_mille) for value in (extents.ascender, extents.descender))
        descriptor = file.add(
            b"<</Type/FontDescriptor/FontName/%b/Flags 4/FontBBox[-1000 %d 3000 %d]/ItalicAngle 0/Ascent %d/Descent %d"
            b"/CapHeight 714/StemV %d%b>>" % (postscript, down - 300, up + 300, up, down, self._weight // 5, program)
        )
        widths = b" ".join(b"%d[%g]" % each for each in sorted(self.widths.items()))
        inner = file.add(
            b"<</Type/Font/Subtype/%b/BaseFont/%b%b/FontDescriptor %d 0 R/W[%b]%b>>"
            % (kind, postscript, _SYSTEM, descriptor, widths, b"/CIDToGIDMap/Identity" if kind == b"CIDFontType2" else b"")
        )
        return file.add(
            b"<</Type/Font/Subtype/Type0/BaseFont/%b/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>"
            % (postscript, inner, file.stream(b"", self._unicode()))
        )

    def _subset(self) -> hb.Face:
        wanted = hb.SubsetInput()
        wanted.flags = _FLAGS
        wanted.glyph_set.update(self.widths)
        wanted.drop_table_tag_set.update(int.from_bytes(tag.encode(), "big") for tag in _TABLES)
        wanted.pin_axis_location(self._face, "wght", float(self._weight))
        return wanted.subset(self._face)

    @staticmethod
    def _program(file: File, small: hb.Face) -> tuple[bytes, bytes]:
        if "CFF " in small.table_tags:
            data = small.reference_table("CFF ").data
            return b"CIDFontType0", b"/FontFile3 %d 0 R" % file.stream(b"/Subtype/CIDFontType0C", data)
        data = small.blob.data
        return b"CIDFontType2", b"/FontFile2 %d 0 R" % file.stream(b"/Length1 %d" % len(data), data)

    def _unicode(self) -> bytes:
        """The table that gives glyphs their text back (ISO 32000-1, 9.10.3).

        Marks that stand apart from their letters say nothing by themselves: some programs would show their numbers instead.
        """
        said = {glyph: self.texts.get(glyph, _NOTHING) for glyph in sorted(self.widths)}
        lines = [b"<%04X><%b>" % (glyph, text.encode("utf-16-be").hex().upper().encode()) for glyph, text in said.items()]
        blocks = (lines[start : start + 100] for start in range(0, len(lines), 100))
        body = b"\n".join(b"%d beginbfchar\n%b\nendbfchar" % (len(block), b"\n".join(block)) for block in blocks)
        return (
            b"/CIDInit/ProcSet findresource begin 12 dict begin begincmap/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)"
            b"/Supplement 0>>def/CMapName/Adobe-Identity-UCS def/CMapType 2 def\n1 begincodespacerange<0000><FFFF>"
            b"endcodespacerange\n" + body + b"\nendcmap CMapName currentdict/CMap defineresource pop end end"
        )


class Fonts:
    """The fonts of one file, opened when the first letter asks for them."""

    def __init__(self) -> None:
        self._open: dict[tuple[int, int], Font] = {}
        self._known: dict[tuple[str, int], Font | None] = {}

    def latin(self, weight: int) -> Font:
        """The font of most texts."""
        return self._font(0, weight)

    def of(self, sign: str, weight: int) -> Font | None:
        """The font for a character; None where there is none."""
        key = (sign, weight)
        if key not in self._known:
            self._known[key] = next((font for font in self._all(weight) if font.has(sign)), None)
        return self._known[key]

    def embed(self, file: File) -> bytes:
        """Write all that were used; the entries of a page's dictionary of fonts."""
        used = sorted((font for font in self._open.values() if font.widths), key=lambda font: font.name)
        return b"".join(b"/%b %d 0 R" % (font.name, font.embed(file)) for font in used)

    def _all(self, weight: int) -> Iterator[Font]:
        return (self._font(place, weight) for place in range(len(font_files())))

    def _font(self, place: int, weight: int) -> Font:
        key = (place, weight)
        if key not in self._open:
            path, face = font_files()[place]
            self._open[key] = Font(b"F%d%b" % (place, b"b" if weight == BOLD else b""), path, face, weight)
        return self._open[key]
