"""What a browser calls a file that somebody downloads: the school, what it is, whose, when. One function for all downloads.

Safe in every header and file system, and nobody is named in it: a file's name stands in lists of downloads, mails and logs.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final
from unicodedata import normalize

_LONGEST: Final = 60  # signs of one part


def file_name(school: str, parts: Iterable[str], when: int | str, ending: str) -> str:
    """``northbridge-slips-7A-2026-11-26.pdf``; ``when`` in epoch seconds (the day is UTC's), or as it is to stand there.

    Empty parts are left out. What kind of file it is has to be in ``parts`` or ``ending``: two kinds never share a name.
    """
    day = when if isinstance(when, str) else datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%d")
    return f"{'-'.join(filter(None, [school, *map(file_part, parts), day]))}.{ending}"


def file_part(text: str) -> str:
    """A text as a part of a file's name: letters without accents and digits, with a hyphen for whatever else there is."""
    plain = "".join(char for char in normalize("NFKD", text) if char.isascii() or not "\u0300" <= char <= "\u036f")
    return re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:_LONGEST].strip("-")
