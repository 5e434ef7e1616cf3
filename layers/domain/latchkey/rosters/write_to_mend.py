"""The rows that a preview rejects, or of which it drops a cell, as a file: under the header of their own file, with the reason.

An admin can mend it and upload it again. It is written beside the uploads, in one stream, and kept as long as they are. Every
such row is in it; of links to people who are nowhere, the first thousand, as on the page. Of a row with more cells than the
header only the first cell is known.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final

from latchkey.office_files.csv import MARK, block
from latchkey.rosters.look_through import Decided
from latchkey.rosters.model.files import Source
from latchkey.rosters.model.runs import Rejection, Run
from latchkey.rosters.model.to_mend import MEDIA_TYPE, WHY, key_of
from latchkey.rosters.model.warnings import needs_mending
from latchkey.rosters.needs import System
from latchkey.rosters.stores.notes import TemporaryNotes

_SUBJECT: Final = "to mend"


def note_to_mend(notes: TemporaryNotes, found: Iterable[Rejection]) -> None:
    """Remember rows that are left out, or have a cell that is."""
    notes.keep_all(_SUBJECT, [(_mark(each.line), _why(each)) for each in found if needs_mending(each)])


def with_names(decided: Decided) -> Decided:
    """The same, with the names of those whose rows or cells are left out."""
    if not decided.rejected and not decided.warned:
        return decided
    names = {each.row.line: f"{each.row.given_name} {each.row.family_name}".strip() for each in decided.decisions}
    rejected = [each._replace(name=names.get(each.line, "")) for each in decided.rejected]
    return replace(decided, rejected=rejected, warned=[each._replace(name=names.get(each.line, "")) for each in decided.warned])


def write_to_mend(system: System, school: str, run: Run, source: Source, notes: TemporaryNotes) -> int:
    """Write the rows that were remembered; how many."""
    rows = _rows(source, notes)
    first = next(rows, None)
    if first is None:
        return 0
    count = 0
    with system.rejected_files().upload(key_of(school, run.id), MEDIA_TYPE) as file:
        file.write(MARK + block([[*source.people().header, WHY]]))
        for some in chain([first], rows):
            file.write(block(some))
            count += len(some)
        file.finish()
    return count


def _rows(source: Source, notes: TemporaryNotes) -> Iterator[list[list[str]]]:
    """The rows with their reasons, as they stand in the file, some at a time."""
    table = source.people()
    width = len(table.header)
    for lines, rows, too_long in table.batches():
        cells: dict[int, Sequence[str]] = dict(zip(lines, rows, strict=True))
        cells |= {each.line: [each.first_cell] for each in too_long}
        whys = notes.find_all(_SUBJECT, [_mark(line) for line in cells]) if cells else {}
        found = [
            [*row, *[""] * (width - len(row)), "; ".join(whys[mark])]
            for line, row in sorted(cells.items())
            if (mark := _mark(line)) in whys
        ]
        if found:
            yield found


def _mark(line: int) -> str:
    return f"{line:08d}"


def _why(found: Rejection) -> str:
    return f"{found.column} {found.reason}".strip()
