"""QR codes of one address with many endings, made 100 times as fast as one by one.

With version, error level and mask fixed, a symbol is an affine function of its bits over GF(2): data bits are placed and
masked, error correction (ISO/IEC 18004, Reed-Solomon) is linear. So the symbol of an ending is the XOR of the symbol of a first
one and of what each differing bit changes. All of these come from segno, the first time that a bit needs them.
"""

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Final, TypeVar

import segno

Key = TypeVar("Key")
Value = TypeVar("Value")

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
        self._signs = [_Kept(partial(self._change, place)) for place in range(length)]
        places = range(self._row * self.size)
        self._drawn = [_Kept(partial(_dark, place % self._row * 8, place // self._row)) for place in places]
        self._length = length

    def path(self, ending: str) -> bytes:
        """The dark modules as a path of a content stream, one unit each, the first row from 0 to 1, downwards."""
        packed = self._bits(ending).to_bytes(self._row * self.size, "little")
        return b"".join([drawn[byte] for drawn, byte in zip(self._drawn, packed, strict=True)])

    def rows(self, ending: str) -> list[list[bool]]:
        """The modules, dark ones true."""
        bits = self._bits(ending)
        return [[bool(bits >> (y * self._row * 8 + x) & 1) for x in range(self.size)] for y in range(self.size)]

    def _bits(self, ending: str) -> int:
        if len(ending) != self._length or not ending.isascii():
            raise ValueError("an ending of another form")
        bits = self._base
        for changes, sign in zip(self._signs, ending, strict=True):
            bits ^= changes[sign]
        return bits

    def _change(self, place: int, sign: str) -> int:
        """What differs where this sign stands there, and not a zero: of each bit of it, what that one changes."""
        bits, differs = 0, ord(sign) ^ 0x30
        while differs:
            one = chr(0x30 ^ (differs & -differs))
            bits ^= self._signs[place][one] if one != sign else self._base ^ self._symbol(self._with(place, sign))
            differs &= differs - 1
        return bits

    def _with(self, place: int, sign: str) -> str:
        return "0" * place + sign + "0" * (self._length - place - 1)

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


class _Kept(dict[Key, Value]):
    """What is made when it is first asked for."""

    def __init__(self, make: Callable[[Key], Value]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: Key) -> Value:
        made = self[key] = self._make(key)
        return made


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


def _dark(x: int, y: int, byte: int) -> bytes:
    return b"".join(b"%d %d %d 1 re\n" % (x + start, y, length) for start, length in _runs(byte))
