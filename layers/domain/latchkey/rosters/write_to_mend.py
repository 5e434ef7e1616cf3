"""The rows that a preview rejects, or of which it drops a cell, as a file: under the header of their own file, with the reason.

An admin can mend it and upload it again. It is written beside the uploads, in one stream, and kept as long as they are. Every
such row is in it; of links to people who are nowhere, the first thousand, as on the page. Of a row with more cells than the
header only the first cell is known.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final

from latchkey.office_files.csv import MARK, block
from latchkey.office_files.model.table_files import AnyTable
from latchkey.rosters.look_through import Decided
from latchkey.rosters.model.files import Source
from latchkey.rosters.model.plain_csv import HEADER
from latchkey.rosters.model.rows import COMMON
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
    table = source.people()
    rows = _as_in(table, notes) if table is not None else _as_ours(source, notes)
    first = next(rows, None)
    if first is None:
        return 0
    count = 0
    with system.rejected_files().upload(key_of(school, run.id), MEDIA_TYPE) as file:
        file.write(MARK + block([[*(HEADER if table is None else table.header), WHY]]))
        for some in chain([first], rows):
            file.write(block(some))
            count += len(some)
        file.finish()
    return count


def _as_in(table: AnyTable, notes: TemporaryNotes) -> Iterator[list[list[str]]]:
    """The rows as they stand in their table, some at a time."""
    for lines, rows, too_long in table.batches():
        cells: dict[int, Sequence[str]] = dict(zip(lines, rows, strict=True))
        cells |= {each.line: [each.first_cell] for each in too_long}
        if found := _with_reasons(cells, len(table.header), notes):
            yield found


def _as_ours(source: Source, notes: TemporaryNotes) -> Iterator[list[list[str]]]:
    """The rows of a file that is no table, under our own words; of a row that cannot be read, what stands in its cell."""
    for batch in source.batches():
        cells: dict[int, Sequence[str]] = {each.line: [each.value] for each in batch.rejected}
        cells |= {row.line: [*(getattr(row, name) or "" for name in COMMON), ";".join(row.links)] for row in batch.rows}
        if found := _with_reasons(cells, len(HEADER), notes):
            yield found


def _with_reasons(cells: Mapping[int, Sequence[str]], width: int, notes: TemporaryNotes) -> list[list[str]]:
    whys = notes.find_all(_SUBJECT, [_mark(line) for line in cells]) if cells else {}
    return [
        [*row, *[""] * (width - len(row)), "; ".join(whys[_mark(line)])]
        for line, row in sorted(cells.items())
        if _mark(line) in whys
    ]


def _mark(line: int) -> str:
    return f"{line:08d}"


def _why(found: Rejection) -> str:
    return f"{found.column} {found.reason}".strip()
