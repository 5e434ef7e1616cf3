"""CSV for spreadsheets: rows as bytes, with no cell that a spreadsheet could take for a formula (``model/guard``)."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from latchkey.office_files.model.guard import SIGNS_BUT_HYPHEN, SKIPPED, guard

MARK: Final = b"\xef\xbb\xbf"  # tells Excel that the file is UTF-8

_QUOTED: Final = re.compile(rf"[\",;|\x00-\x1f\x7f\x85\u2028\u2029]|\s[{SIGNS_BUT_HYPHEN}]")
# A row whose cells, a tab before each, match neither of these needs no guard and no quotes.
_ODD_SIGN: Final = re.compile(rf"[\",;|\0-\x08\n-\x1f\x7f\x85\u2028\u2029{SIGNS_BUT_HYPHEN}]").search
_ODD_START: Final = re.compile(rf"\t[-\s{SKIPPED}]").search
_PLAIN: Final = re.compile(rf"(?:[^\W_][^\",;|\0-\x1f\x7f\x85\u2028\u2029{SIGNS_BUT_HYPHEN}]*)?\Z").match
# The same for the bytes of a whole block, quicker and stricter: the first bytes of longer characters stand for all that the
# patterns hold beyond ASCII.
_ODD: Final = bytes({*range(0x20), *b'"=+@,;|\x7f', 0xC2, 0xE1, 0xE2, 0xE3, 0xEF} - {*b"\t\r\n"})
_ENDS_AND_STARTS: Final = bytes.maketrans(b"\r\n-'", b"\t\t  ")


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
        return ",".join([cell if _PLAIN(cell) else _odd(cell) for cell in cells]) + "\r\n"
    return text[1:].replace("\t", ",") + "\r\n"


@lru_cache(maxsize=64)  # a sentence stands in many rows
def _odd(cell: str) -> str:
    safe = guard(cell)
    # A guard at the very beginning would be taken for a quotation mark where a spreadsheet is told that it is one.
    return '"' + safe.replace('"', '""') + '"' if safe != cell or _QUOTED.search(safe) else safe
