"""Which rows mean the same parent, and what is then known of them: the same whatever order the rows came in.

The same name with the same address or the same contact id is one person, over all their children. Two names at one address are
two people, and so are two ids' holders of different names (a column that was taken for the contact's id may be the pupil's).
"""

import hashlib
from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from latchkey.contacts.model.cells import digits, folded
from latchkey.contacts.model.contact import Child, Contact, Parent

_MOST_PHONES: Final = 6


def keys_of(contact: Contact, student: str) -> list[str]:
    """Contacts that share one of these are one person; at least one."""
    given, family = folded(contact.given_name), folded(contact.family_name)
    name = f"{family}|{given}" if len(given) > 1 else f"{family}|{given}|{folded(contact.title)}"  # Mr and Mrs J Smith
    keys = [f"i|{contact.contact_id}|{name}"] if contact.contact_id else []
    keys += [f"e|{address}|{name}" for _, address in contact.emails]
    if not keys and name.strip("|"):
        keys = [f"p|{found}|{name}" for _, number in contact.phones if len(found := digits(number)) >= 7]
    return keys or [f"s|{student}|{name}"]


class Groups:
    """Numbered contacts that turn out to be the same: union-find over an array, four bytes each."""

    def __init__(self, size: int) -> None:
        self._above = array("I", range(size))

    def join(self, one: int, other: int) -> None:
        """These two are one person."""
        first, second = self.head(one), self.head(other)
        if first != second:
            self._above[max(first, second)] = min(first, second)

    def head(self, number: int) -> int:
        """The lowest number of the contact's group."""
        above = self._above
        while above[number] != number:
            above[number] = above[above[number]]
            number = above[number]
        return number


def marks_of(contact: Contact) -> list[str]:
    """By what somebody with a court order is known in another row about the same student: their addresses and their name."""
    return [*(address for _, address in contact.emails), *_name_mark(contact)]


def _name_mark(contact: Contact) -> list[str]:
    given, family = folded(contact.given_name), folded(contact.family_name)
    return [f"n|{family}|{given}"] if given and family else []


def merged(school: str, rows: Sequence[tuple[str, Contact]], keys: Iterable[str], barred: Mapping[str, frozenset[str]]) -> Parent:
    """The one parent whom these ``(student, contact)`` are about; ``keys`` are theirs.

    ``barred``: for each student the ``marks_of`` people with a court order. The same rows in another order give the same.
    """
    contacts = [contact for _, contact in rows]
    addresses = sorted({each for contact in contacts for each in contact.emails})
    best = min(contacts, key=_fullest) if len(contacts) > 1 else contacts[0]
    mine = {address for _, address in addresses}
    names = {mark for each in contacts for mark in _name_mark(each)} if barred else set()
    students = sorted({student for student, _ in rows})
    return Parent(
        id=parent_id(school, min(keys)),
        title=best.title or min((each.title for each in contacts if each.title), default=""),
        given_name=best.given_name,
        family_name=best.family_name,
        email=addresses[0][1] if addresses else "",
        phones=_phones(contacts),
        children=tuple(
            _child(
                student,
                [contact for one, contact in rows if one == student],
                known=bool(names & barred.get(student, frozenset())),
                shared=bool(mine & barred.get(student, frozenset())),
            )
            for student in students
        ),
    )


def _phones(contacts: Iterable[Contact]) -> tuple[tuple[str, str], ...]:
    """What their telephones are; one that is written in two ways is one."""
    phones = {phone for each in contacts for phone in each.phones}
    if len(phones) > 1:
        phones = {*{digits(number): (kind, number) for kind, number in sorted(phones, reverse=True)}.values()}
    return tuple(sorted(phones)[:_MOST_PHONES])


def _child(student: str, contacts: Sequence[Contact], *, known: bool, shared: bool) -> Child:
    """A tie to a student: what any row says for it holds, and above all what any row says against it.

    ``known``: somebody of this name has a court order about the student; ``shared``: their address is that of one who has.
    """
    restricted = known or any(each.restricted for each in contacts)
    return Child(
        student=student,
        relationship=min((each.relationship for each in contacts if each.relationship), default=""),
        priority=min((each.priority for each in contacts if each.priority is not None), default=None),
        responsible=_any(each.responsible for each in contacts),
        primary=_any(each.primary for each in contacts),
        barred="court_order" if restricted else "shared_address" if shared else "",
    )


def _fullest(contact: Contact) -> tuple[int, tuple[str, str, str]]:
    """The order in which names are preferred: the longest, and of equals the first in the alphabet."""
    parts = contact.given_name, contact.family_name, contact.title
    return -sum(map(len, parts)), parts


def _any(values: Iterable[bool | None]) -> bool | None:
    said = [each for each in values if each is not None]
    return any(said) if said else None


def parent_id(school: str, key: str) -> str:
    """An id of 32 hex digits that the same parent has after the next upload too, as long as their key stays."""
    return hashlib.sha256(f"contact/v1/{school}/{key}".encode()).hexdigest()[:32]
