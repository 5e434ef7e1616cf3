"""Which format a roster has: decided by what the file holds, not by its name."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import BinaryIO, Protocol

from latchkey.office_files.model.archive import MAGIC, Zip, is_package
from latchkey.office_files.model.table_files import table_file, table_in
from latchkey.rosters.model.bundle import USERS, Around, Notes
from latchkey.rosters.model.columns import Chosen
from latchkey.rosters.model.plain_csv import FILE, PlainCsv, nothing_remembered
from latchkey.rosters.model.questions import Asks
from latchkey.rosters.model.runs import Batch, Format
from latchkey.rosters.model.which_bundle import open_bundle


class Source(Protocol):
    """A roster that can be read several times. ``names``: what its columns are called where they are not called as ours."""

    @property
    def format(self) -> Format: ...
    @property
    def names(self) -> Mapping[str, str]: ...
    @property
    def warnings(self) -> list[str]: ...
    @property
    def shape(self) -> str:
        """What was seen, and what of it was not read, in words."""

    @property
    def whole(self) -> bool:
        """Whether the file has everybody: who is missing in one that has not is not missing."""

    @property
    def asks(self) -> Sequence[Asks]:
        """What the file itself makes the preview ask, once all rows have been read; it was read as the answers say."""

    def batches(self) -> Iterator[Batch]:
        """All rows, in order."""


def open_roster(
    file: BinaryIO, around: Around, notes: Notes, *, columns: Callable[[str], Chosen | None] = nothing_remembered
) -> Source:
    """The roster in a file; ``Unusable`` says why there is none.

    ``columns`` says by a table's header what was chosen for its columns.
    """
    start = file.read(8)
    if start.startswith((MAGIC, b"PK\x05\x06")) and not is_package(file):
        bundle = Zip(file)
        table = None if USERS in bundle else table_in(bundle, FILE)
        if table is None:
            return open_bundle(bundle.names, bundle.open, around, notes)
        return PlainCsv(table, around.names, around.today, columns)
    table = table_file(file, FILE)
    if table.encoding is not None and "sourcedid" in {name.casefold() for name in table.open(lambda _: False).header}:

        def again(_: str) -> BinaryIO:
            file.seek(0)
            return file

        return open_bundle([USERS], again, around, notes)
    return PlainCsv(table, around.names, around.today, columns)
