"""CSV for spreadsheets: rows as bytes, with no cell that a spreadsheet could take for a formula.

A cell is safe in spreadsheets (OWASP, "CSV Injection"; ASVS 5.0, 1.2.10): where a spreadsheet could take its beginning for a
formula it gets a leading apostrophe. A spreadsheet that is set to another separator splits the file at semicolons, tabs and
line breaks inside cells, whatever is quoted, so a formula after one of those is guarded in the same way. ``unguard`` takes
exactly those apostrophes away again.
"""

import re
from collections.abc import Sequence
from typing import Final

MARK: Final = b"\xef\xbb\xbf"  # tells Excel that the file is UTF-8

_SIGNS_BUT_HYPHEN: Final = r"=+@\uff1d\uff0b\uff0d\uff20\u2212\ufe62\ufe63\ufe66\ufe6b"  # with full-width and small forms
_SIGNS: Final = r"\-" + _SIGNS_BUT_HYPHEN
_BREAKS: Final = r"\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029"
_SKIPPED: Final = r"\"'\u2018\u2019\u201c\u201d\ufeff\u200b"  # with white space, what may be stripped before anybody looks
_AT_START: Final = rf"(?=[{_SKIPPED}\s]*[{_SIGNS}\t\r\n\0])"
_AFTER_BREAK: Final = rf"(?=(?:[{_SKIPPED}]|[^\S{_BREAKS}])*[{_SIGNS}])"
_GUARD: Final = re.compile(rf"\A{_AT_START}|(?<=[;|\0{_BREAKS}]){_AFTER_BREAK}")
_UNGUARD: Final = re.compile(rf"\A'{_AT_START}|(?<=[;|\0{_BREAKS}])'{_AFTER_BREAK}")
_QUOTED: Final = re.compile(r"[\",;|\x00-\x1f\x7f\x85\u2028\u2029]")
# A row whose cells, a tab before each, match neither of these needs no guard and no quotes.
_ODD_SIGN: Final = re.compile(rf"[\",;|\0-\x08\n-\x1f\x7f\x85\u2028\u2029{_SIGNS_BUT_HYPHEN}]").search
_ODD_START: Final = re.compile(rf"\t[-\s{_SKIPPED}]").search
_PLAIN: Final = re.compile(rf"(?:[^\W_][^\",;|\0-\x1f\x7f\x85\u2028\u2029{_SIGNS_BUT_HYPHEN}]*)?\Z").match
# The same for the bytes of a whole block, quicker and stricter: the first bytes of longer characters stand for all that the
# patterns hold beyond ASCII.
_ODD: Final = bytes({*range(0x20), *b'"=+@,;|\x7f', 0xC2, 0xE1, 0xE2, 0xE3, 0xEF} - {*b"\t\r\n"})
_ENDS_AND_STARTS: Final = bytes.maketrans(b"\r\n-'", b"\t\t  ")


def guard(cell: str) -> str:
    """The cell with an apostrophe wherever a spreadsheet could see a formula begin."""
    return _GUARD.sub("'", cell)


def unguard(cell: str) -> str:
    """The cell as it was before ``guard``."""
    return _UNGUARD.sub("", cell)


def block(rows: Sequence[Sequence[str]]) -> bytes:
    """CSV lines (RFC 4180, UTF-8) of rows, guarded, and quoted where it is needed."""
    # One odd name slows down its own few rows only.
    return b"".join([_lines(rows[start : start + 16]) for start in range(0, len(rows), 16)])


def _lines(rows: Sequence[Sequence[str]]) -> bytes:
    joined = "\r\n".join(["\t".join(cells) for cells in rows]).encode("utf-8", "replace")
    plain = joined.translate(_ENDS_AND_STARTS, _ODD)
    if (
        len(plain) == len(joined)
        and plain.count(b"\t") == sum(map(len, rows)) + len(rows) - 2
        and not plain.startswith(b" ")
        and b"\t " not in plain
    ):
        return joined.replace(b"\t", b",") + b"\r\n"
    return "".join([_line(cells) for cells in rows]).encode("utf-8", "replace")


def _line(cells: Sequence[str]) -> str:
    text = "\t" + "\t".join(cells)
    if text.count("\t") != len(cells) or _ODD_SIGN(text) or _ODD_START(text):
        return ",".join([_cell(cell) for cell in cells]) + "\r\n"
    return text[1:].replace("\t", ",") + "\r\n"


def _cell(cell: str) -> str:
    if _PLAIN(cell):
        return cell
    safe = guard(cell)
    return '"' + safe.replace('"', '""') + '"' if _QUOTED.search(safe) else safe
