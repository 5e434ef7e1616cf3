"""XML that somebody uploaded, read in a stream: one record after the other, with bounded memory whatever the file holds.

No document type, so no entities (billion laughs, files of this machine); no namespaces are looked up; depth, size of a record and
length of a text are limited. What a record may have in it is up to the caller, who asks for it by name.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final
from xml.parsers import expat

from latchkey.office_files.model.unusable import Unusable

_BLOCK: Final = 64 * 1024
_DEEPEST: Final = 32
_LARGEST: Final = 20_000  # elements in one record
_LONGEST: Final = 4_096  # characters of one text; the rest is dropped


@dataclass(slots=True)
class Node:
    """An element: its name without a namespace's prefix, its text (tidied), and the elements in it."""

    name: str
    text: str = ""
    nodes: "list[Node]" = field(default_factory=list)

    def all(self, *path: str) -> "list[Node]":
        """The elements at a path below this one, in order."""
        found = [self]
        for name in path:
            found = [node for each in found for node in each.nodes if node.name == name]
        return found

    def first(self, *path: str) -> str:
        """The text of the first element at a path that has one; empty where there is none."""
        return next((node.text for node in self.all(*path) if node.text), "")


def records(stream: BinaryIO, file: str, *names: str) -> Iterator[Node]:
    """The elements with one of these names, outermost first met, each whole; ``Unusable`` for what is no XML that we read."""
    reader = _Reader(file, frozenset(names))
    while block := stream.read(_BLOCK):
        reader.feed(block)
        yield from reader.taken()
    reader.feed(b"", final=True)
    yield from reader.taken()


class _Reader:
    def __init__(self, file: str, names: frozenset[str]) -> None:
        self._file = file
        self._names = names
        self._ready: deque[Node] = deque()
        self._open: list[Node] = []
        self._depth = 0
        self._size = 0
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self._parser = parser

    def feed(self, block: bytes, *, final: bool = False) -> None:
        """Read on."""
        try:
            self._parser.Parse(block, final)
        except expat.ExpatError as error:
            raise Unusable(f"{self._file} is not XML that we can read: see line {error.lineno:,}. Export it again.") from error
        except (LookupError, ValueError) as error:  # an encoding that Python does not know
            raise Unusable(f"{self._file} is in an encoding that we do not read. Export it in UTF-8.") from error

    def taken(self) -> Iterator[Node]:
        """The records that are whole by now, each once."""
        while self._ready:
            yield self._ready.popleft()

    def _start(self, tag: str, _: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Unusable(f"{self._file} has elements more than {_DEEPEST} deep.")
        name = tag.rpartition(":")[2]
        if self._open:
            self._size += 1
            if self._size > _LARGEST:
                raise Unusable(f"{self._file} has a record of more than {_LARGEST:,} elements.")
            node = Node(name)
            self._open[-1].nodes.append(node)
            self._open.append(node)
        elif name in self._names:
            self._open, self._size = [Node(name)], 1

    def _end(self, _: str) -> None:
        self._depth -= 1
        if not self._open:
            return
        node = self._open.pop()
        node.text = " ".join(node.text.split())
        if not self._open:
            self._ready.append(node)

    def _text(self, text: str) -> None:
        if self._open and len(self._open[-1].text) < _LONGEST:
            self._open[-1].text += text[:_LONGEST]

    def _refuse(self, *_: Any) -> None:
        raise Unusable(f"{self._file} has a document type, which no export has. Export it again.")
