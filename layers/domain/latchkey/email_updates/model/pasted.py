"""Two columns, pasted or of a file (CSV or workbook): who, then the e-mail address; or a table under a header that we know.

The address is looked for under its word; without a header, in the last column. What separates the cells is found out.
"""

import base64
import io
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Final, NamedTuple

from latchkey.email_updates.model.items import LONGEST as LONGEST_CELL
from latchkey.email_updates.model.items import Item, check_number
from latchkey.errors import Invalid
from latchkey.office_files.model.table_files import AnyTable, table_file
from latchkey.office_files.model.tables import Table
from latchkey.office_files.model.unusable import Unusable
from latchkey.rosters.model import words
from latchkey.shared.model.written_email import NOTHING

LONGEST: Final = 200_000
"""Characters of a text: several hundred rows of a wide report."""
_MOST_ROWS: Final = 10_000  # those without an address included
_LARGEST_UNPACKED: Final = 16 * 1024 * 1024  # bytes of a workbook
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
        raise _wrong(f"This is too long: at most {LONGEST:,} characters.")
    try:
        rows, places = _read(text)
    except Unusable as error:
        raise _wrong(error.detail) from error
    return _pasted(rows, places)


def items_of_file(encoded: str) -> Pasted:
    """The items of a file in base64; ``Invalid`` says in the field ``text`` why it cannot be used."""
    try:
        content = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise _wrong("The file must be written in base64.") from error
    try:
        file = table_file(io.BytesIO(content), "The file", _LARGEST_UNPACKED)
        rows, places = _rows_of(file.open(_is_known))
    except Unusable as error:
        raise _wrong(error.detail) from error
    return _pasted(rows, places)._replace(warnings=tuple(file.warnings))


def _pasted(rows: Sequence[list[str] | str], places: Mapping[str, int]) -> Pasted:
    items, without = [], 0
    for row in rows:
        if isinstance(row, str):
            items.append(Item(fault=row))
            continue
        item = _item(row, places)
        if item is None:
            without += 1
        else:
            items.append(item)
    check_number(len(items), "text")
    if not items and not without:
        raise _wrong("Paste two columns: who, and the e-mail address.")
    return Pasted(items, without)


def _wrong(text: str) -> Invalid:
    return Invalid("Nothing was changed.", fields={"text": text})


def _read(text: str) -> tuple[list[list[str] | str], Mapping[str, int]]:
    """The rows (a text where a row cannot be one), and in which column each thing stands."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    if not first:
        return [], {}
    # A spreadsheet's columns are pasted with tabs, and a name may have a comma in it.
    said = "sep=\t\n" if "\t" in first and not first.casefold().startswith('"sep=') else ""
    return _rows_of(Table(io.BytesIO((said + text).encode("utf-8", "replace")), "The text", known=_is_known))


def _rows_of(table: AnyTable) -> tuple[list[list[str] | str], Mapping[str, int]]:
    places = _places(table.header)
    rows: list[list[str] | str] = [] if places else [table.header]
    for _, good, too_long in table.batches():
        rows += good
        rows += [f"{each.reason.capitalize()}." for each in too_long]
        if len(rows) > _MOST_ROWS:
            raise Unusable(f"{table.file} has more than {_MOST_ROWS:,} rows. Upload it as a roster, or take a part of it.")
    return rows, places or {"any": 0, "email": len(table.header) - 1}


def _is_known(word: str) -> bool:
    return words.is_known(word) or words.plain(word) in _NAMES | _ADDRESS


def _places(header: Sequence[str]) -> dict[str, int]:
    """The columns of a header by our words; empty if this is a row like any other."""
    if any("@" in cell for cell in header) or not any(map(_is_known, header)):
        return {}
    found: dict[str, int] = {}
    for place, word in enumerate(header):
        plain = words.plain(word)
        name = "any" if plain in _NAMES | {"id"} else "email" if plain in _ADDRESS else words.field_of(word)
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
