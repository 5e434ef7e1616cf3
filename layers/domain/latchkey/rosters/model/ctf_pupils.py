"""The XML of a Common Transfer File, in a stream: who it is from and to, and of each pupil the few facts that we use.

No namespace, any order, unknown elements passed over. What stands deeper inside a pupil (contacts, assessments) is not kept.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from latchkey.office_files.model.unusable import Unusable, excerpt
from latchkey.office_files.model.xml_parts import Depth, feed

FILE: Final = "The file"
MOST_PUPILS: Final = 2_000_000
_ROOT: Final = "ctfile"
_LONGEST: Final = 1_000  # characters of a value that are kept
_HEADER: Final = frozenset(("CTFversion", "DocumentQualifier"))
_SCHOOLS: Final = frozenset(("SourceSchool", "DestSchool"))
_OF_SCHOOL: Final = frozenset(("LEA", "Estab", "URN", "SchoolName"))
_OF_PUPIL: Final = frozenset(("UPN", "Surname", "Forename", "Email"))
_DETAILS: Final = frozenset(("FormerUPN", "PreferredSurname", "PreferredForename", "NCyearActual", "Email"))


@dataclass(slots=True)
class Header:
    """What stands above the pupils: of each school its LEA, Estab, URN and name, as far as they are there."""

    version: str = ""
    qualifier: str = ""
    source: dict[str, str] = field(default_factory=dict)
    destination: dict[str, str] = field(default_factory=dict)


class Transfer:
    """One pass over a file: ``pupils`` with their facts by the names of the elements. ``passed_over``: what pupils had beside."""

    def __init__(self) -> None:
        self.header = Header()
        self.has_header = False
        self.passed_over: set[str] = set()
        self._depth = Depth(FILE)
        self._path: list[str] = []
        self._text: list[str] | None = None
        self._kept = 0
        self._pupil: dict[str, str] | None = None
        self._pupils: list[dict[str, str]] = []

    def pupils(self, stream: BinaryIO) -> Iterator[list[dict[str, str]]]:
        """Some pupils at a time, as the file is read."""
        count = 0
        for _ in feed(stream, FILE, self._start, self._end, self._characters):
            if self._pupils:
                count += len(self._pupils)
                if count > MOST_PUPILS:
                    raise Unusable(f"The file has more than {MOST_PUPILS:,} pupils.")
                yield self._pupils
                self._pupils = []

    def read_header(self, stream: BinaryIO) -> Header:
        """The header alone: no more of the file than is needed."""
        for _ in feed(stream, FILE, self._start, self._end, self._characters):
            self._pupils = []
            if self.has_header:
                break
        if not self.has_header:
            raise Unusable("The file is damaged: a Common Transfer File has a Header.")
        return self.header

    def _start(self, name: str, _: Mapping[str, str]) -> None:
        self._depth.down()
        local = name.rpartition(":")[2]
        path = self._path
        if not path and local.casefold() != _ROOT:
            raise Unusable(
                f"The file is XML, but no Common Transfer File: it begins with {excerpt(local)}. Export your people as CSV."
            )
        path.append(local)
        if len(path) == 3 and path[1:] == ["CTFpupilData", "Pupil"]:
            self._pupil = {}
        if self._is_wanted():
            self._text, self._kept = [], 0
        elif self._pupil is not None and len(path) == 4 and local != "BasicDetails" and len(self.passed_over) < 100:
            self.passed_over.add(local)

    def _characters(self, text: str) -> None:
        if self._text is not None and self._kept < _LONGEST:
            self._text.append(text[: _LONGEST - self._kept])
            self._kept += len(text)

    def _end(self, _: str) -> None:
        self._depth.up()
        if self._text is not None and self._is_wanted():
            self._keep("".join(self._text).strip())
            self._text = None
        path = self._path
        if len(path) == 3 and self._pupil is not None:
            self._pupils.append(self._pupil)
            self._pupil = None
        if path[1:] == ["Header"]:
            self.has_header = True
        path.pop()

    def _is_wanted(self) -> bool:
        path = self._path
        if self._pupil is not None:
            if len(path) == 4:
                return path[3] in _OF_PUPIL or path[3] in _DETAILS
            return len(path) == 5 and path[3] == "BasicDetails" and path[4] in _DETAILS
        if len(path) < 3 or path[1] != "Header":
            return False
        if len(path) == 3:
            return path[2] in _HEADER
        return len(path) == 4 and path[2] in _SCHOOLS and path[3] in _OF_SCHOOL

    def _keep(self, value: str) -> None:
        path = self._path
        if self._pupil is not None:
            if value:
                self._pupil.setdefault(path[-1], value)
        elif path[2] == "SourceSchool":
            self.header.source[path[3]] = value
        elif path[2] == "DestSchool":
            self.header.destination[path[3]] = value
        elif path[2] == "CTFversion":
            self.header.version = value
        else:
            self.header.qualifier = value
