"""The contacts in a Common Transfer File (DfE, CTF 20 and later): read tolerantly, unknown elements are passed over.

Names, order, responsibility, telephones and addresses are read; nothing of birth, health, needs, care or attendance is.
"""

from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from latchkey.contacts.model import cells
from latchkey.contacts.model.contact import Contact, Entry, Shape, StudentRef
from latchkey.office_files.model.unusable import Unusable, excerpt
from latchkey.office_files.model.xml_records import Node, records
from latchkey.people.model import groups
from latchkey.people.model.upn import is_upn
from latchkey.rosters.model.capitals import are_capitals, as_written

_AT_ONCE: Final = 256
_PHONES: Final = {"M": "mobile", "H": "home", "W": "work"}
_FILE: Final = "The file"


class CtfSource:
    """A CTF. The number of a row is that of its pupil in the file."""

    shape: Final[Shape] = "ctf"
    stated = frozenset({"priority", "responsibility"})

    def __init__(self, open_file: Callable[[], BinaryIO]) -> None:
        self._open = open_file
        self.warnings: list[str] = []
        if next(self._pupils(), None) is None:
            raise Unusable("The file is XML, but not a Common Transfer File with pupils.")

    def batches(self) -> Iterator[list[Entry]]:
        """All pupils, in order."""
        batch: list[Entry] = []
        for number, pupil in enumerate(self._pupils(), start=1):
            batch.append(_entry(number, pupil))
            if len(batch) == _AT_ONCE:
                yield batch
                batch = []
        if batch:
            yield batch

    def _pupils(self) -> Iterator[Node]:
        return records(self._open(), _FILE, "Pupil")


def _entry(number: int, pupil: Node) -> Entry:
    upn = pupil.first("UPN").upper()
    right = is_upn(upn)
    given = pupil.first("BasicDetails", "PreferredForename") or pupil.first("Forename")
    family = pupil.first("BasicDetails", "PreferredSurname") or pupil.first("Surname")
    student = StudentRef(
        upn=upn if right else "",
        wrong_upn="" if right else excerpt(upn),
        given_name=cells.name(given),
        family_name=cells.name(family),
        year_group=groups.year_group(pupil.first("BasicDetails", "NCyearActual")) or "",
    )
    wrong: list[str] = []
    found = [_contact(each, wrong) for each in pupil.all("Contacts", "Contact")]
    return Entry(number, student, tuple(each for each in found if each is not None), tuple(wrong))


def _contact(node: Node, wrong: list[str]) -> Contact | None:
    addresses: list[str] = []
    for each in node.all("Email"):
        if each.text:
            found, odd = cells.emails(each.text)
            addresses += found
            wrong += [excerpt(each.text)] if odd else []
    phones = [
        (_PHONES.get(each.first("TelephoneType")[:1].upper(), "main"), text)
        for each in node.all("Phones", "Phone")
        if (text := cells.phone(each.first("PhoneNo")))
    ]
    given, family = cells.name(node.first("Forename")), cells.name(node.first("Surname"))
    if are_capitals(given, family):  # as some systems write all of them, and no letter should
        given, family = as_written(given), as_written(family)
    if not (given or family or addresses or phones):
        return None
    return Contact(
        title=cells.title(node.first("Title")),
        given_name=given,
        family_name=family,
        emails=tuple(enumerate(dict.fromkeys(addresses))),
        phones=tuple(phones),
        relationship=cells.name(node.first("Relationship")),
        priority=cells.priority(node.first("Order")),
        responsible=cells.flag(node.first("Responsibility")),
    )
