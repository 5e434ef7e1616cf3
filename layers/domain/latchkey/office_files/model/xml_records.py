"""XML that somebody uploaded, as records: one after the other, with bounded memory whatever the file holds (``xml_parts``).

No namespaces are looked up; the size of a record and the length of a text are limited. What a record may have in it is up to the
caller, who asks for it by name.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from latchkey.office_files.model.unusable import Unusable
from latchkey.office_files.model.xml_parts import Depth, feed

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


def records(stream: BinaryIO, file: str, name: str) -> Iterator[Node]:
    """The elements of this name, each whole; ``Unusable`` for what is no XML that we read."""
    reader = _Reader(file, name)
    for _ in feed(stream, file, reader.start, reader.end, reader.text):
        yield from reader.taken()


class _Reader:
    def __init__(self, file: str, name: str) -> None:
        self._file = file
        self._name = name
        self._depth = Depth(file)
        self._ready: deque[Node] = deque()
        self._open: list[Node] = []
        self._size = 0

    def taken(self) -> Iterator[Node]:
        """The records that are whole by now, each once."""
        while self._ready:
            yield self._ready.popleft()

    def start(self, tag: str, _: Mapping[str, str]) -> None:
        """An element begins."""
        self._depth.down()
        name = tag.rpartition(":")[2]
        if self._open:
            self._size += 1
            if self._size > _LARGEST:
                raise Unusable(f"{self._file} has a record of more than {_LARGEST:,} elements.")
            node = Node(name)
            self._open[-1].nodes.append(node)
            self._open.append(node)
        elif name == self._name:
            self._open, self._size = [Node(name)], 1

    def end(self, _: str) -> None:
        """An element ends."""
        self._depth.up()
        if not self._open:
            return
        node = self._open.pop()
        node.text = " ".join(node.text.split())
        if not self._open:
            self._ready.append(node)

    def text(self, text: str) -> None:
        """Some text of an element."""
        if self._open and len(self._open[-1].text) < _LONGEST:
            self._open[-1].text += text[:_LONGEST]
