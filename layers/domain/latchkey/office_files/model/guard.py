"""The guard of cells against spreadsheets that would take them for a formula (OWASP, "CSV Injection"; ASVS 5.0, 1.2.10).

Where a spreadsheet could take a cell's beginning for a formula it gets a leading apostrophe. A spreadsheet that is set to another
separator splits the file at semicolons, tabs and line breaks inside cells, whatever is quoted, so a formula after one of those is
guarded in the same way. ``unguard`` takes exactly those apostrophes away again.
"""

import re
from typing import Final

SIGNS_BUT_HYPHEN: Final = r"=+@\uff1d\uff0b\uff0d\uff20\u2212\ufe62\ufe63\ufe66\ufe6b"  # with full-width and small forms
_SIGNS: Final = r"\-" + SIGNS_BUT_HYPHEN
_BREAKS: Final = r"\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029"
SKIPPED: Final = r"\"'\u2018\u2019\u201c\u201d\ufeff\u200b"  # with white space, what may be stripped before anybody looks
_AT_START: Final = rf"(?=[{SKIPPED}\s]*[{_SIGNS}\t\r\n\0])"
_AFTER_BREAK: Final = rf"(?=(?:[{SKIPPED}]|[^\S{_BREAKS}])*[{_SIGNS}])"
_GUARD: Final = re.compile(rf"\A{_AT_START}|(?<=[;|\0{_BREAKS}]){_AFTER_BREAK}")
_UNGUARD: Final = re.compile(rf"\A'{_AT_START}|(?<=[;|\0{_BREAKS}])'{_AFTER_BREAK}")


def guard(cell: str) -> str:
    """The cell with an apostrophe wherever a spreadsheet could see a formula begin."""
    return _GUARD.sub("'", cell)


def unguard(cell: str) -> str:
    """The cell as it was before ``guard``."""
    return _UNGUARD.sub("", cell)
