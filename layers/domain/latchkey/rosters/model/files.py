"""Which format a roster has: decided by what the file holds, not by its name."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import BinaryIO, Final, Protocol

from latchkey.office_files.model.archive import MAGIC, Zip, is_package
from latchkey.office_files.model.table_files import AnyTable, table_file, table_in
from latchkey.office_files.model.unusable import Unusable
from latchkey.rosters.model.bundle import USERS, Around, Notes
from latchkey.rosters.model.columns import Chosen
from latchkey.rosters.model.ctf import Ctf, is_markup
from latchkey.rosters.model.plain_csv import FILE, PlainCsv, nothing_remembered
from latchkey.rosters.model.questions import Asks
from latchkey.rosters.model.runs import Batch, Format
from latchkey.rosters.model.which_bundle import open_bundle

_LOOKED_AT: Final = 512  # bytes


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

    def people(self) -> AnyTable | None:
        """The table in which the rows of people stand, as it is in the file; None where they stand in none."""


def open_roster(
    file: BinaryIO, around: Around, notes: Notes, *, columns: Callable[[str], Chosen | None] = nothing_remembered
) -> Source:
    """The roster in a file; ``Unusable`` says why there is none.

    ``columns`` says by a table's header what was chosen for its columns.
    """
    start = file.read(_LOOKED_AT)

    def again(_: str = "") -> BinaryIO:
        file.seek(0)
        return file

    if start.startswith((MAGIC, b"PK\x05\x06")) and not is_package(file):
        return _in_zip(Zip(file), around, notes, columns)
    if is_markup(start):
        return Ctf(again, around, notes)
    table = table_file(file, FILE)
    if table.encoding is not None and "sourcedid" in {name.casefold() for name in table.open(lambda _: False).header}:
        return open_bundle([USERS], again, around, notes)
    return PlainCsv(table, around.names, around.today, columns)


def _in_zip(bundle: Zip, around: Around, notes: Notes, columns: Callable[[str], Chosen | None]) -> Source:
    table = None if USERS in bundle else table_in(bundle, FILE)
    if table is not None:
        return PlainCsv(table, around.names, around.today, columns)
    transfers = [name for name in bundle.names if name.endswith(".xml")]
    if not transfers or USERS in bundle:
        return open_bundle(bundle.names, bundle.open, around, notes)
    if len(transfers) > 1:
        raise Unusable("The zip holds several XML files. Upload one Common Transfer File at a time.")
    return Ctf(lambda: bundle.open(transfers[0]), around, notes)
