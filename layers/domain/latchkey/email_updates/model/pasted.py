"""Two columns of text, pasted or from a file: who, then the e-mail address; or a table under a header that we know.

The address is looked for under its word; without a header, in the last column. What separates the cells is found out.
"""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import BinaryIO, Final, NamedTuple

from latchkey.email_updates.model import accounts
from latchkey.email_updates.model.items import LONGEST as LONGEST_CELL
from latchkey.email_updates.model.items import Item, check_number
from latchkey.errors import Invalid
from latchkey.office_files.model.archive import MAGIC, Zip, is_package
from latchkey.office_files.model.table_files import AnyTable, TableFile, TextFile, table_file
from latchkey.office_files.model.tables import Table
from latchkey.office_files.model.unusable import Unusable
from latchkey.rosters.model import words
from latchkey.rosters.model.shapes import accounts_of
from latchkey.shared.model.written_email import NOTHING

LONGEST: Final = 200_000
"""Characters of a text: several hundred rows of a wide report."""
MOST_ROWS: Final = 10_000
"""Rows of a file, most of which change nothing."""
_LARGEST_UNPACKED: Final = 32 * 1024 * 1024  # bytes of a workbook
_CANVAS: Final = "users.csv"
_NAMES: Final = {"name", "full_name", "student", "pupil", "person", "student_name", "pupil_name", "who"}
_ADDRESS: Final = {"address", "new_email", "new_e_mail", "mail"}


class Pasted(NamedTuple):
    """The items of a text or file, and how many of its rows have no address and were left out.

    ``warnings`` say what else of a file was not read.
    """

    items: list[Item]
    without: int
    warnings: tuple[str, ...] = ()


def items_of(text: str) -> Pasted:
    """The items of a text; ``Invalid`` says in the field ``text`` why it cannot be used."""
    if len(text) > LONGEST:
        raise _wrong("text", f"This is too long: at most {LONGEST:,} characters.")
    first = next((line for line in text.splitlines() if line.strip()), "")
    found = Pasted([], 0)
    if first:
        # A spreadsheet's columns are pasted with tabs, and a name may have a comma in it.
        said = "sep=\t\n" if "\t" in first and not first.casefold().startswith('"sep=') else ""
        found = _taken("text", lambda: Table(io.BytesIO((said + text).encode("utf-8", "replace")), "The text", known=_is_known))
    check_number(len(found.items), "text")
    if not found.items and not found.without:
        raise _wrong("text", "Paste two columns: who, and the e-mail address.")
    return found


def items_of_file(content: bytes) -> Pasted:
    """The items of a CSV file, a workbook, or a zip of one or of Canvas's tables; they may be more than can be changed at once.

    ``Invalid`` says in the field ``file`` why it cannot be used.
    """
    file: list[TableFile] = []

    def opened() -> AnyTable:
        file.append(_table_in(io.BytesIO(content)))
        return file[0].open(_is_known)

    found = _taken("file", opened)
    if not found.items and not found.without:
        raise _wrong("file", "The file has no rows. It needs two columns: who, and the e-mail address.")
    return found._replace(warnings=tuple(file[0].warnings))


def _table_in(stream: BinaryIO) -> TableFile:
    if stream.read(4) == MAGIC and not is_package(stream):
        bundle = Zip(stream)
        if _CANVAS in bundle:
            return TextFile(lambda: bundle.open(_CANVAS), "The file")
    return table_file(stream, "The file", _LARGEST_UNPACKED)


def _wrong(field: str, text: str) -> Invalid:
    return Invalid("Nothing was changed.", fields={field: text})


def _taken(field: str, opened: Callable[[], AnyTable]) -> Pasted:
    items, without = list[Item](), 0
    try:
        for item in _read(opened()):
            if item is None:
                without += 1
            else:
                items.append(item)
            if len(items) > MOST_ROWS:
                raise _wrong(field, f"This has more than {MOST_ROWS:,} rows with an address. Use a roster, or a part of it.")
    except Unusable as error:
        raise _wrong(field, error.detail) from error
    return Pasted(items, without)


def _read(table: AnyTable) -> Iterator[Item | None]:
    """The item of each row; None where a row has no address."""
    system = accounts_of(table.header)
    places = accounts.places_of(table.header) if system else _places(table.header)
    if not places:  # the first row is one like any other
        places = {"any": 0, "email": len(table.header) - 1}
        yield _item(table.header, places)
    for _, good, too_long in table.batches():
        for row in good:
            yield accounts.item_of(system, row, places) if system else _item(row, places)
        for each in too_long:
            yield Item(fault=f"{each.reason.capitalize()}.")


def _is_known(word: str) -> bool:
    return words.is_known(word) or words.plain(word) in _NAMES | _ADDRESS


def _places(header: Sequence[str]) -> dict[str, int]:
    """The columns of a header by our words; empty if this is a row like any other."""
    if any("@" in cell for cell in header) or not any(map(_is_known, header)):
        return {}
    found: dict[str, int] = {}
    for place, word in enumerate(header):
        plain = words.plain(word)
        whole = plain in _NAMES | {"id"} or words.field_of(word) == "full_name"
        name = "any" if whole else "email" if plain in _ADDRESS else words.field_of(word)
        if name is not None:
            found.setdefault(name, place)
    if "email" not in found and len(header) > 1:
        found["email"] = next((place for place in range(len(header)) if place not in found.values()), len(header) - 1)
    return found


def _item(row: Sequence[str], places: Mapping[str, int]) -> Item | None:
    """The item of a row; None if it has no address."""
    cells = {name: row[place].strip() for name, place in places.items() if place < len(row)}
    email = cells.get("email", "")
    if email.casefold() in NOTHING:
        return None
    keys = [(kind, cells[kind]) for kind in ("upn", "mis_id", "username") if cells.get(kind)]
    if not keys and cells.get("any") and places["any"] != places.get("email"):
        year = cells.get("year_group") or cells.get("registration_group") or ""
        keys = [("any", " ".join(filter(None, (cells["any"], year))))]
    if not keys and (cells.get("given_name") or cells.get("family_name")):
        names = (cells.get(name) for name in ("given_name", "family_name", "year_group"))
        keys = [("name", " ".join(filter(None, names)))]
    if not keys:
        return Item(email=email, fault="Nothing says whose address this is.", given={"email": email})
    if any(len(value) > LONGEST_CELL for _, value in keys):
        return Item(email=email, fault="What says whose address this is is too long.", given={"email": email})
    shown = {kind if kind != "any" else "name": value for kind, value in chain(keys)}
    return Item(keys=tuple(keys), email=email, given={**shown, "email": email})
