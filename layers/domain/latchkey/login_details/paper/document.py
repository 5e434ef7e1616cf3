"""A tagged document: pages, the structure that a screen reader follows (ISO 32000-1, 14.7 and 14.8), bookmarks.

Nothing of a page is kept when it has been made, nor of a part when it has been closed.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from typing import Final

from latchkey.login_details.paper.file import File, text

WIDTH, HEIGHT = 595.28, 841.89
"""A4 in points."""
_BRANCH: Final = 64  # how many pages hang together in the trees of pages and of what stands on them


class Element:
    """A part of the structure that is open: it may run over pages."""

    __slots__ = ("facts", "kids", "kind", "number", "parent")

    def __init__(self, number: int, kind: str, parent: int, facts: bytes) -> None:
        self.number, self.kind, self.parent, self.facts = number, kind, parent, facts
        self.kids: list[int] = []


class Page:
    """A page that is being made. Places are in points from the lower left corner."""

    __slots__ = ("_file", "content", "leaves", "number")

    def __init__(self, file: File) -> None:
        self._file = file
        self.number = file.reserve()
        self.content: list[bytes] = []
        self.leaves: list[int] = []

    def decorate(self, drawing: bytes) -> None:
        """Draw what a screen reader passes over: lines, repeated headings."""
        self.content.append(b"/Artifact BMC\n%b\nEMC\n" % drawing)

    def put(self, parent: Element, kind: str, drawing: bytes, facts: bytes = b"") -> None:
        """Draw a piece of the content, which is what ``kind`` says (``P``, ``H1``, ``Figure`` ...), inside ``parent``."""
        tag, mark = kind.encode(), len(self.leaves)
        self.content.append(b"/%b<</MCID %d>>BDC\n%b\nEMC\n" % (tag, mark, drawing))
        body = b"<</Type/StructElem/S/%b/P %d 0 R/Pg %d 0 R/K %d%b>>" % (tag, parent.number, self.number, mark, facts)
        number = self._file.add(body)
        parent.kids.append(number)
        self.leaves.append(number)


class Document:
    """``made_at`` in epoch seconds; the file that is written is whole after ``finish``, and has a page at least."""

    def __init__(self, write: Callable[[bytes], object], *, title: str, author: str, language: str, made_at: int) -> None:
        self.file = File(write)
        self.resources = self.file.reserve()
        self._title, self._author, self._language = title, author, language
        self._made = datetime.fromtimestamp(made_at, UTC)
        self._pages, self._marks, self._tree = self.file.reserve(), self.file.reserve(), self.file.reserve()
        self.root = Element(self.file.reserve(), "Document", self._tree, b"")
        self._branches: list[bytes] = []
        self._mark_branches: list[bytes] = []
        self._branch, self._on_branch, self._on_marks = self.file.reserve(), b"", b""
        self._count = 0
        self._bookmarks: list[tuple[str, int]] = []

    @property
    def empty(self) -> bool:
        """Whether no page has been written."""
        return not self._count

    def page(self) -> Page:
        """A new page, to be given back to ``end``."""
        return Page(self.file)

    def end(self, page: Page) -> None:
        """Write a page."""
        content = self.file.stream(b"", b"".join(page.content))
        self.file.add(
            b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %.2f %.2f]/Resources %d 0 R/Contents %d 0 R/StructParents %d/Tabs/S>>"
            % (self._branch, WIDTH, HEIGHT, self.resources, content, self._count),
            page.number,
        )
        leaves = self.file.add(b"[%b]" % _references(page.leaves))
        self._on_branch += b"%d 0 R " % page.number
        self._on_marks += b"%d %d 0 R " % (self._count, leaves)
        self._count += 1
        if self._count % _BRANCH == 0:
            self._end_branch()

    def open(self, parent: Element, kind: str, facts: bytes = b"") -> Element:
        """Begin a part of the structure."""
        element = Element(self.file.reserve(), kind, parent.number, facts)
        parent.kids.append(element.number)
        return element

    def close(self, element: Element) -> None:
        """Write a part of the structure: nothing can be put into it any more."""
        body = b"<</Type/StructElem/S/%b/P %d 0 R/K[%b]%b>>"
        kind = element.kind.encode()
        self.file.add(body % (kind, element.parent, _references(element.kids), element.facts), element.number)

    def bookmark(self, title: str, page: Page) -> None:
        """An entry in the outline that programs show beside the pages."""
        self._bookmarks.append((title, page.number))

    def finish(self, resources: bytes) -> None:
        """Write what stands at the end; ``resources`` are the entries of the dictionary that all pages share."""
        file = self.file
        if self._count % _BRANCH:
            self._end_branch()
        file.add(b"<<%b>>" % resources, self.resources)
        file.add(b"<</Type/Pages/Kids[%b]/Count %d>>" % (b"".join(self._branches), self._count), self._pages)
        file.add(b"<</Kids[%b]>>" % b"".join(self._mark_branches), self._marks)
        self.close(self.root)
        tree = b"<</Type/StructTreeRoot/K %d 0 R/ParentTree %d 0 R/ParentTreeNextKey %d>>"
        file.add(tree % (self.root.number, self._marks, self._count), self._tree)
        # Printers are asked for single sides at actual size: a letter to a student must not have another's on its back.
        catalogue = file.add(
            b"<</Type/Catalog/Version/1.7/Pages %d 0 R/StructTreeRoot %d 0 R/MarkInfo<</Marked true>>/Lang%b"
            b"/ViewerPreferences<</DisplayDocTitle true/Duplex/Simplex/PrintScaling/None>>/Metadata %d 0 R%b>>"
            % (self._pages, self._tree, text(self._language), self._metadata(), self._outline())
        )
        made = b"(D:%b+00'00')" % self._made.strftime("%Y%m%d%H%M%S").encode()
        facts = b"<</Title%b/Author%b/Producer(Latchkey)/CreationDate%b>>" % (text(self._title), text(self._author), made)
        file.finish(catalogue, file.add(facts))

    def _end_branch(self) -> None:
        first = (self._count - 1) // _BRANCH * _BRANCH
        count = self._count - first
        self.file.add(b"<</Type/Pages/Parent %d 0 R/Kids[%b]/Count %d>>" % (self._pages, self._on_branch, count), self._branch)
        self._branches.append(b"%d 0 R " % self._branch)
        limits = b"<</Limits[%d %d]/Nums[%b]>>" % (first, self._count - 1, self._on_marks)
        self._mark_branches.append(b"%d 0 R " % self.file.add(limits))
        self._branch, self._on_branch, self._on_marks = self.file.reserve(), b"", b""

    def _outline(self) -> bytes:
        if not self._bookmarks:
            return b""
        file, outline = self.file, self.file.reserve()
        numbers = [file.reserve() for _ in self._bookmarks]
        for place, (title, page) in enumerate(self._bookmarks):
            near = b"/Prev %d 0 R" % numbers[place - 1] if place else b""
            near += b"/Next %d 0 R" % numbers[place + 1] if place + 1 < len(numbers) else b""
            entry = b"<</Title%b/Parent %d 0 R/Dest[%d 0 R/Fit]%b>>" % (text(title), outline, page, near)
            file.add(entry, numbers[place])
        ends = (numbers[0], numbers[-1], len(numbers))
        file.add(b"<</Type/Outlines/First %d 0 R/Last %d 0 R/Count %d>>" % ends, outline)
        return b"/Outlines %d 0 R/PageMode/UseOutlines" % outline

    def _metadata(self) -> int:
        title = escape("".join(sign for sign in self._title if sign.isprintable()))
        xmp = (
            '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt><rdf:li xml:lang="x-default">'
            f'{title}</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
        )
        return self.file.stream(b"/Type/Metadata/Subtype/XML", xmp.encode("utf-8", "replace"))


def _references(numbers: list[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)
