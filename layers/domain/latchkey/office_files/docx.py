"""A Word document with mail merge fields: the few parts of WordprocessingML that a letter needs (ISO/IEC 29500-1, 17).

Whatever words come in stand literally in the document: they are escaped for XML, and for Word's field codes where they stand
inside a field. The file says nothing about who made it, and when.
"""

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

DAY: Final = '\\@ "d MMMM yyyy" '
"""A date picture: 2026-11-23 is printed as 23 November 2026."""

_BOLD: Final = "<w:rPr><w:b/></w:rPr>"
_NOT_IN_XML: Final = re.compile("[\x00-\x1f\ud800-\udfff\ufffe\uffff]")
_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_RELATIONS: Final = '{}<Relationships xmlns="{}/relationships"><Relationship Id="rId1" Type="{}/{}" Target="{}"/></Relationships>'
_FONT: Final = '<w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:cs="Calibri"/><w:sz w:val="24"/><w:lang w:val="en-GB"/>'
_STYLES: Final = {
    'w:default="1" w:styleId="Normal"': ("Normal", '<w:spacing w:after="160" w:line="276" w:lineRule="auto"/>', ""),
    'w:styleId="Line"': ("Line", '<w:spacing w:after="20"/>', ""),
    'w:styleId="Heading1"': (
        "heading 1",
        '<w:keepNext/><w:spacing w:after="200"/><w:outlineLvl w:val="0"/>',
        '<w:b/><w:sz w:val="36"/>',
    ),
}
_PARTS: Final = {
    "[Content_Types].xml": (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_TYPE}.document.main+xml"/>'
        f'<Override PartName="/word/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>'
    ),
    "_rels/.rels": _RELATIONS.format(_XML, _PACKAGE, _OFFICE, "officeDocument", "word/document.xml"),
    "word/_rels/document.xml.rels": _RELATIONS.format(_XML, _PACKAGE, _OFFICE, "styles", "styles.xml"),
    "word/styles.xml": (
        f'{_XML}<w:styles xmlns:w="{_WORD}"><w:docDefaults><w:rPrDefault><w:rPr>{_FONT}</w:rPr></w:rPrDefault></w:docDefaults>'
        + "".join(
            f'<w:style w:type="paragraph" {which}><w:name w:val="{name}"/><w:qFormat/>'
            f"<w:pPr>{looks}</w:pPr><w:rPr>{font}</w:rPr></w:style>"
            for which, (name, looks, font) in _STYLES.items()
        )
        + "</w:styles>"
    ),
}


@dataclass(frozen=True, slots=True)
class Text:
    """Words as they are; what XML cannot hold is shown as a question mark in a diamond."""

    words: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """The merge field with this name (letters and digits); ``before`` and ``after`` stand there only where it is filled."""

    name: str
    before: str = ""
    after: str = ""
    picture: str = ""
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Only:
    """Words that stand there only where the merge field has this value. (LibreOffice reads no fields inside such words.)"""

    name: str
    value: str
    words: str


Piece = Text | Field | Only


def paragraph(*pieces: Piece, style: str = "Normal", new_page: bool = False) -> str:
    """A paragraph as XML, in the style Normal, Line (close to the next) or Heading1; ``new_page`` begins a page."""
    page = "<w:pageBreakBefore/>" if new_page else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{page}</w:pPr>{_runs(pieces)}</w:p>'


def box(title: str, paragraphs: Iterable[str]) -> str:
    """Paragraphs that are marked, and deleted, as one."""
    about = f'<w:sdtPr><w:alias w:val="{_safe(title)}"/><w:tag w:val="instructions"/></w:sdtPr>'
    return f"<w:sdt>{about}<w:sdtContent>{''.join(paragraphs)}</w:sdtContent></w:sdt>"


def document(body: Iterable[str]) -> bytes:
    """The .docx file with these paragraphs and boxes, on A4."""
    size = '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134"'
    page = f'{size} w:header="567" w:footer="567" w:gutter="0"/></w:sectPr>'
    main = f'{_XML}<w:document xmlns:w="{_WORD}"><w:body>{"".join(body)}{page}</w:body></w:document>'
    made = io.BytesIO()
    with ZipFile(made, "w") as parts:
        for path, content in (*_PARTS.items(), ("word/document.xml", main)):
            parts.writestr(ZipInfo(path), content, ZIP_DEFLATED)  # of 1 January 1980
    return made.getvalue()


def _runs(pieces: Iterable[Piece]) -> str:
    return "".join([_piece(piece) for piece in pieces])


def _piece(piece: Piece) -> str:
    if isinstance(piece, Text):
        return _run("t", piece.words, bold=piece.bold)
    if isinstance(piece, Field):
        switches = f"{piece.picture}{_switch('b', piece.before)}{_switch('f', piece.after)}"
        code = _run("instrText", f" MERGEFIELD {piece.name} {switches}", bold=piece.bold)
        return _field(code, _run("t", f"{piece.before}«{piece.name}»{piece.after}", bold=piece.bold))
    rest = f' = "{_in_field(piece.value)}" "{_in_field(piece.words)}" "" '
    return _field(_run("instrText", " IF ") + _piece(Field(piece.name)) + _run("instrText", rest), "")


def _field(code: str, shown: str) -> str:
    return f"{_mark('begin')}{code}{_mark('separate')}{shown}{_mark('end')}"


def _switch(letter: str, words: str) -> str:
    return f'\\{letter} "{_in_field(words)}" ' if words else ""


def _run(tag: Literal["t", "instrText"], words: str, *, bold: bool = False) -> str:
    return f'<w:r>{_BOLD if bold else ""}<w:{tag} xml:space="preserve">{_safe(words)}</w:{tag}></w:r>'


def _mark(kind: Literal["begin", "separate", "end"]) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def _in_field(words: str) -> str:
    return words.replace("\\", "\\\\").replace('"', '\\"')


def _safe(words: str) -> str:
    return escape(_NOT_IN_XML.sub("\ufffd", words), {'"': "&quot;"})
