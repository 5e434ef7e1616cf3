"""XML of an uploaded file, read in a stream by expat. Nothing in it can make a reader large, slow or curious.

Document types are refused, so there are no entities to expand and nothing to fetch; so is anything that is nested too deep or
does not end.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, Final
from xml.parsers import expat

from latchkey.office_files.model.unusable import Unusable

_BLOCK: Final = 64 * 1024
_LONGEST_PIECE: Final = 1024 * 1024  # bytes of one tag, comment or the like
DEEPEST: Final = 64
_MOST_ELEMENTS: Final = 100_000
Start = Callable[[str, Mapping[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


class Depth:
    """How deep the elements of a part are nested, for readers that have handlers of their own."""

    def __init__(self, part: str) -> None:
        self._part = part
        self._now = 0

    def down(self) -> None:
        """An element began."""
        self._now += 1
        if self._now > DEEPEST:
            raise Unusable(f"{self._part} is damaged: its elements are nested too deep.")

    def up(self) -> None:
        """An element ended."""
        self._now -= 1


def feed(stream: BinaryIO, part: str, start: Start, end: End, text: Text | None = None) -> Iterator[None]:
    """Hand a part to handlers, block by block; ``start`` and ``end`` count the depth."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse(part)
    fed, done = 0, False
    while not done:
        block = stream.read(_BLOCK)
        done, fed = not block, fed + len(block)
        try:
            parser.Parse(block, done)
        except expat.ExpatError as error:
            raise Unusable(f"{part} is damaged: line {error.lineno:,} is no XML. Save the file again.") from error
        except (ValueError, LookupError) as error:  # an encoding that Python knows and expat cannot use
            raise Unusable(f"{part} is in an encoding that we do not read. Save the file again.") from error
        if fed - parser.CurrentByteIndex > _LONGEST_PIECE:
            raise Unusable(f"{part} is damaged: a piece of it is longer than a million characters. Save the file again.")
        yield


def _refuse(part: str) -> Callable[..., None]:
    def refuse(*_: object) -> None:
        raise Unusable(f"{part} defines entities or a document type, which no such file needs. Save the file again.")

    return refuse


def elements(stream: BinaryIO, part: str, wanted: frozenset[str]) -> list[tuple[str, dict[str, str]]]:
    """The elements of a small part that are wanted, by their names without prefix, with their attributes."""
    found: list[tuple[str, dict[str, str]]] = []
    depth = Depth(part)

    def start(name: str, attributes: Mapping[str, str]) -> None:
        depth.down()
        local = name.rpartition(":")[2]
        if local in wanted:
            found.append((local, {key.rpartition(":")[2]: value for key, value in attributes.items()}))
            if len(found) > _MOST_ELEMENTS:
                raise Unusable(f"{part} has more than {_MOST_ELEMENTS:,} entries.")

    for _ in feed(stream, part, start, lambda _: depth.up()):
        pass
    return found
