"""The guard of cells against spreadsheets that would take them for a formula (OWASP, "CSV Injection"; ASVS 5.0, 1.2.10).

Where a spreadsheet could take a cell's beginning for a formula it gets a leading apostrophe. A spreadsheet that is set to another
separator, or to another quotation mark, splits the file at commas, semicolons, tabs and line breaks inside cells. So a formula
after one of those gets an apostrophe and a quotation mark: whichever of the two such a spreadsheet takes off, the other is left.
``unguard`` takes exactly these signs away again. (Where a blank separates cells, nothing can be guarded: names have blanks.)
"""

import re
from typing import Final

SIGNS_BUT_HYPHEN: Final = r"=+@\uff1d\uff0b\uff0d\uff20\u2212\ufe62\ufe63\ufe66\ufe6b"  # with full-width and small forms
_SIGNS: Final = r"\-" + SIGNS_BUT_HYPHEN
_LINES: Final = r"\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029"
SKIPPED: Final = r"\"'\u2018\u2019\u201c\u201d\ufeff\u200b"  # with white space, what may be stripped before anybody looks
_AT_START: Final = rf"(?=[{SKIPPED}\s]*[{_SIGNS}\t\r\n\0])"
_BREAK: Final = rf"(?<=[,;|\0{_LINES}])"
_AFTER_BREAK: Final = rf"(?=(?:[{SKIPPED}]|[^\S{_LINES}])*[{_SIGNS}])"
_GUARD: Final = re.compile(rf"(?P<start>\A{_AT_START})|{_BREAK}{_AFTER_BREAK}")
# In older files there is only an apostrophe after a break.
_UNGUARD: Final = re.compile(rf"\A'{_AT_START}|{_BREAK}'\"?{_AFTER_BREAK}")
_MAYBE: Final = re.compile(r"'(?<![^\W_]')")


def guard(cell: str) -> str:
    """The cell with an apostrophe wherever a spreadsheet could see a formula begin; CSV has to quote what is changed."""
    return _GUARD.sub(lambda found: "'" if found["start"] is not None else "'\"", cell)


def unguard(cell: str) -> str:
    """The cell as it was before ``guard``."""
    return _UNGUARD.sub("", cell)


def may_be_guarded(text: str) -> bool:
    """Whether ``unguard`` may take something off a cell of this part of a file: an apostrophe stands behind no letter or digit.

    Asked of the whole file as it is read, so that mostly no cell has to be looked at. What separates cells is no letter or digit.
    """
    return _MAYBE.search(text) is not None
