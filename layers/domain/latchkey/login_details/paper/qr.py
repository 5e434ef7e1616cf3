"""QR codes of one address with many endings, made 100 times as fast as one by one.

With version, error level and mask fixed, a symbol is an affine function of its bits over GF(2): data bits are placed and
masked, error correction (ISO/IEC 18004, Reed-Solomon) is linear. So the symbol of an ending is the XOR of the symbol of a first
one and of what each differing bit changes. All of these come from segno, the first time that a bit needs them.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

import segno

LEVEL: Final = "m"  # 15 % may be lost: enough for paper that was folded
_MASK: Final = 2
QUIET: Final = 4
"""Modules of white that must surround a symbol."""


class Codes:
    """The symbols of ``address`` with an ending of ``length`` ASCII characters each."""

    def __init__(self, address: str, length: int) -> None:
        self._address = address
        # A first one tells the version; lower-case letters in the address keep all of them in byte mode.
        first = segno.make(address + "0" * length, error=LEVEL, mode="byte", encoding="utf-8", boost_error=False, micro=False)
        self._version = first.version
        self.size = len(first.matrix)
        self._row = -(-self.size // 8)
        self._base = self._symbol("0" * length)
        self._changes: list[list[int | None]] = [[None] * 7 for _ in range(length)]
        self._length = length

    def path(self, ending: str) -> bytes:
        """The dark modules as a path of a content stream, one unit each, the first row from 0 to 1, downwards."""
        packed = self._bits(ending).to_bytes(self._row * self.size, "little")
        row = self._row
        return b"".join([_dark(packed[place], place % row * 8, place // row) for place in range(len(packed)) if packed[place]])

    def rows(self, ending: str) -> list[list[bool]]:
        """The modules, dark ones true."""
        bits = self._bits(ending)
        return [[bool(bits >> (y * self._row * 8 + x) & 1) for x in range(self.size)] for y in range(self.size)]

    def _bits(self, ending: str) -> int:
        if len(ending) != self._length or not ending.isascii():
            raise ValueError("an ending of another form")
        bits = self._base
        for place, sign in enumerate(ending):
            differs = ord(sign) ^ 0x30
            while differs:
                bit = differs & -differs
                bits ^= self._change(place, bit.bit_length() - 1)
                differs ^= bit
        return bits

    def _change(self, place: int, bit: int) -> int:
        found = self._changes[place][bit]
        if found is None:
            signs = ["0"] * self._length
            signs[place] = chr(0x30 ^ 1 << bit)
            found = self._changes[place][bit] = self._base ^ self._symbol("".join(signs))
        return found

    def _symbol(self, ending: str) -> int:
        made = segno.make(
            self._address + ending,
            error=LEVEL,
            version=self._version,
            mask=_MASK,
            mode="byte",
            encoding="utf-8",
            boost_error=False,
            micro=False,
        )
        return sum(1 << y * self._row * 8 + x for y, row in enumerate(made.matrix) for x, module in enumerate(row) if module & 1)


@cache
def _runs(byte: int) -> tuple[tuple[int, int], ...]:
    """Start and length of the runs of ones, from the lowest bit."""

    def found() -> Iterator[tuple[int, int]]:
        start = None
        for place in range(9):
            if byte >> place & 1:
                start = place if start is None else start
            elif start is not None:
                yield start, place - start
                start = None

    return tuple(found())


@lru_cache(1 << 16)
def _dark(byte: int, x: int, y: int) -> bytes:
    return b"".join(b"%d %d %d 1 re\n" % (x + start, y, length) for start, length in _runs(byte))
