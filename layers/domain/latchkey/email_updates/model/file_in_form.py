"""A file inside a request: in base64, and perhaps packed with gzip by the page, so that a whole school's list fits."""

import base64
import binascii
import zlib
from typing import Final

from latchkey.errors import Invalid

LARGEST: Final = 8 * 1024 * 1024
"""Bytes of a file, unpacked."""
_GZIP: Final = b"\x1f\x8b"
_WITH_GZIP: Final = 31  # zlib: the window's size, and a header of gzip


def file_of(text: object) -> bytes:
    """The file; ``Invalid`` says in the field ``file`` why there is none."""
    if not isinstance(text, str) or not text.isascii():
        raise _wrong("Give the file in base64.")
    try:
        content = base64.b64decode(text.translate(_USUAL), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _wrong("Give the file in base64.") from error
    return _unpacked(content) if content.startswith(_GZIP) else content


_USUAL: Final = str.maketrans("-_", "+/")


def _unpacked(content: bytes) -> bytes:
    unpacker = zlib.decompressobj(_WITH_GZIP)
    try:
        found = unpacker.decompress(content, LARGEST + 1)
    except zlib.error as error:
        raise _wrong("The file is damaged. Choose it again.") from error
    if len(found) > LARGEST:
        raise _wrong("The file is too large. Use a roster, or a part of it.")
    if not unpacker.eof:
        raise _wrong("The file is damaged. Choose it again.")
    return found


def _wrong(text: str) -> Invalid:
    return Invalid("Nothing was changed.", fields={"file": text})
