"""A PDF file (ISO 32000-1, PDF 1.7) that goes out as it is made: what is kept is eight bytes for each object.

Streams are written at once; small objects go into compressed object streams (7.5.7), a few hundred together, and the
cross-reference stream (7.5.8) ends the file.
"""

import zlib
from collections.abc import Callable
from typing import Final

_TOGETHER: Final = 400
_LEVEL: Final = 4  # of zlib: 5 % larger than 6 and twice as fast


class File:
    """Objects are numbered from 1 by ``reserve``; whoever reserves a number adds the object before the end."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._at = 0
        self._places = bytearray(8)
        self._small: list[tuple[int, bytes]] = []
        self._out(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def reserve(self) -> int:
        """The number of an object that is yet to come."""
        self._places += bytes(8)
        return len(self._places) // 8 - 1

    def add(self, body: bytes, number: int | None = None) -> int:
        """An object that is no stream."""
        number = number or self.reserve()
        self._small.append((number, body))
        if len(self._small) >= _TOGETHER:
            self._flush()
        return number

    def stream(self, facts: bytes, data: bytes | bytearray, number: int | None = None) -> int:
        """A stream, compressed here; ``facts`` are the further entries of its dictionary."""
        number = number or self.reserve()
        self._placed(number, 1, self._at, 0)
        packed = zlib.compress(data, _LEVEL)
        self._out(
            b"%d 0 obj\n<<%b/Filter/FlateDecode/Length %d>>stream\n%b\nendstream endobj\n" % (number, facts, len(packed), packed)
        )
        return number

    def finish(self, root: int, info: int) -> None:
        """The cross-reference stream; ``root`` and ``info`` are the numbers of the catalogue and of the facts about the file."""
        self._flush()
        table, place = self.reserve(), self._at
        self._placed(table, 1, place, 0)
        facts = b"/Type/XRef/W[1 5 2]/Size %d/Root %d 0 R/Info %d 0 R" % (len(self._places) // 8, root, info)
        self.stream(facts, self._places, table)
        self._out(b"startxref\n%d\n%%%%EOF\n" % place)

    def _flush(self) -> None:
        if not self._small:
            return
        holder, at, index, bodies = self.reserve(), 0, [], []
        for place, (number, body) in enumerate(self._small):
            self._placed(number, 2, holder, place)
            index.append(b"%d %d" % (number, at))
            bodies.append(body)
            at += len(body) + 1
        head = b" ".join(index) + b"\n"
        facts = b"/Type/ObjStm/N %d/First %d" % (len(index), len(head))
        self._small.clear()
        self.stream(facts, head + b"\n".join(bodies), holder)

    def _placed(self, number: int, kind: int, place: int, index: int) -> None:
        self._places[8 * number : 8 * number + 8] = (kind << 56 | place << 16 | index).to_bytes(8, "big")

    def _out(self, data: bytes) -> None:
        self._write(data)
        self._at += len(data)


def text(value: str) -> bytes:
    """A text string (7.9.2.2) for a dictionary."""
    return b"<FEFF" + value.encode("utf-16-be", "replace").hex().upper().encode() + b">"
