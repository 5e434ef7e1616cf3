"""A school's logo: a small PNG that goes inside its mails.

It is taken apart, checked and put together again, so that what leaves in the school's name is a picture and nothing else:
no place where a photograph was taken, no second file behind the end, no picture that unpacks to gigabytes.
"""

import base64
import binascii
import hashlib
import struct
import zlib
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 20 * 1024
WIDEST, HIGHEST = 300, 120  # pixels; wider than that a phone has no room
CONTENT_ID: Final = "logo"
FILE_NAME: Final = "logo.png"
_MAGIC: Final = b"\x89PNG\r\n\x1a\n"
_KEPT: Final = {b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"IDAT", b"IEND"}
_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS: Final = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}
_PALETTE: Final = 3  # the kind of colour whose pixels are numbers of a palette's


class NoLogo(ValueError):
    """The file cannot be used; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class Logo:
    """``id`` changes with the picture."""

    id: str
    width: int
    height: int
    png: bytes


def read(text: object) -> Logo:
    """The logo of a base64 text; ``NoLogo`` if it is none."""
    if not isinstance(text, str):
        raise NoLogo("The logo must be a PNG file in base64.")
    if len(text) > 2 * LONGEST:
        raise NoLogo(f"The logo is too large: at most {LONGEST // 1024} KB.")
    try:
        return of_png(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError) as error:
        raise error if isinstance(error, NoLogo) else NoLogo("The logo must be a PNG file in base64.") from None


def of_png(content: bytes) -> Logo:
    """The logo of a file; ``NoLogo`` if it is none."""
    if len(content) > LONGEST:
        raise NoLogo(f"The logo is too large: at most {LONGEST // 1024} KB.")
    if not content.startswith(_MAGIC):
        raise NoLogo("The logo must be a PNG file.")
    chunks = _chunks(content[len(_MAGIC) :])
    width, height = _size(chunks)
    made = _MAGIC + b"".join(_chunk(name, data) for name, data in chunks if name in _KEPT)
    return Logo(hashlib.sha256(made).hexdigest()[:16], width, height, made)


def _chunks(content: bytes) -> list[tuple[bytes, bytes]]:
    """The parts of a PNG file; what follows its end is dropped."""
    found: list[tuple[bytes, bytes]] = []
    while not found or found[-1][0] != b"IEND":
        if len(content) < 12:
            raise NoLogo("The logo's file is damaged.")
        length, name = struct.unpack(">I4s", content[:8])
        data, check = content[8 : 8 + length], content[8 + length : 12 + length]
        if len(check) < 4 or zlib.crc32(name + data) != int.from_bytes(check):
            raise NoLogo("The logo's file is damaged.")
        if name[:1].isupper() and name not in _KEPT:
            raise NoLogo("The logo's file is damaged.")
        found.append((name, data))
        content = content[12 + length :]
    return found


@dataclass(frozen=True, slots=True)
class _Head:
    width: int
    height: int
    depth: int
    colour: int
    interlaced: bool

    @property
    def row(self) -> int:
        """The bytes of a row: its filter, and the pixels of all channels."""
        return 1 - (-self.width * self.depth * _CHANNELS[self.colour] // 8)

    @property
    def fewest(self) -> int:
        """The bytes of the unpacked picture. Interlaced ones come in seven passes, each with rows of its own: any number."""
        return 0 if self.interlaced else self.height * self.row

    @property
    def most(self) -> int:
        """... and no more than that."""
        return 2 * self.height * self.row + 7 * (self.height + self.row) if self.interlaced else self.height * self.row


def _size(chunks: list[tuple[bytes, bytes]]) -> tuple[int, int]:
    """Width and height of a picture that is complete and no larger unpacked than it says."""
    head = _head(chunks)
    if not 1 <= head.width <= WIDEST or not 1 <= head.height <= HIGHEST:
        said = f"this is {head.width} by {head.height}"
        raise NoLogo(f"The logo may be at most {WIDEST} pixels wide and {HIGHEST} pixels high; {said}.")
    if head.colour == _PALETTE and not any(name == b"PLTE" for name, _ in chunks):
        raise NoLogo("The logo's file is damaged.")
    _check_pixels(head, b"".join(data for name, data in chunks if name == b"IDAT"))
    return head.width, head.height


def _head(chunks: list[tuple[bytes, bytes]]) -> _Head:
    """What the picture says of itself: once, first, and of a kind that there is."""
    name, data = chunks[0]
    if name != b"IHDR" or len(data) != 13 or sum(name == b"IHDR" for name, _ in chunks) != 1:
        raise NoLogo("The logo's file is damaged.")
    width, height, depth, colour, packing, filtering, interlace = struct.unpack(">IIBBBBB", data)
    if depth not in _DEPTHS.get(colour, set()) or packing or filtering or interlace > 1:
        raise NoLogo("The logo's file is damaged.")
    return _Head(width, height, depth, colour, interlace == 1)


def _check_pixels(head: _Head, packed: bytes) -> None:
    """The pixels are there, whole, and as many as the picture says; unpacking stops where there are more."""
    unpacker = zlib.decompressobj()
    try:
        pixels = unpacker.decompress(packed, head.most + 1)
    except zlib.error:
        raise NoLogo("The logo's file is damaged.") from None
    if not unpacker.eof or not head.fewest <= len(pixels) <= head.most:
        raise NoLogo("The logo's file is damaged.")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + zlib.crc32(name + data).to_bytes(4)
