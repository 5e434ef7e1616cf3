"""What of kept contacts is about somebody who is erased: by the student's id, or by a parent's address or name and child.

A list beside the files has rows by name alone. A row of another person of the same name goes with them: the next upload says
again what it said.
"""

from dataclasses import replace

from latchkey.contacts.model.cells import folded
from latchkey.contacts.model.contact import Parent
from latchkey.contacts.model.runs import Listed
from latchkey.people.model.person import Person


class Forgotten:
    """Somebody who is erased, with the accounts that were merged into theirs."""

    def __init__(self, person: Person) -> None:
        self.ids = frozenset((person.id, *person.merged))
        self._names = {_words(person.name), _words(_preferred(person))} - {frozenset()}
        self._email = (person.email or "").casefold()
        self._children = frozenset(person.children)
        self._is_student = person.role == "student"

    def without(self, parent: Parent) -> Parent | None:
        """A parent without them; None if it is they, or if they were the parent's only child."""
        if self._is_parent(parent):
            return None
        children = tuple(child for child in parent.children if child.student not in self.ids)
        return replace(parent, children=children) if children else None

    def is_in(self, row: Listed) -> bool:
        """Whether a row of a list names them."""
        if row.student in self.ids or self._is_named(row.name):
            return True
        return not self._is_student and (self._is_named(row.contact) or row.contact.casefold() == self._email != "")

    def is_in_text(self, text: str) -> bool:
        """Whether a sentence has their name in it."""
        return self._is_named(text)

    def _is_named(self, text: str) -> bool:
        """Whether a text has all words of their name, and maybe others; one word alone would be in too many."""
        words = _words(text)
        return any(name <= words if len(name) > 1 else name == words for name in self._names)

    def _is_parent(self, parent: Parent) -> bool:
        """Whether a kept parent is this person: of one address two may live, so the name has to begin alike, too."""
        if self._is_student:
            return False
        if self._is_named(parent.name) and any(child.student in self._children for child in parent.children):
            return True
        return parent.email.casefold() == self._email != "" and (not parent.given_name or self._begins_like(parent.given_name))

    def _begins_like(self, given_name: str) -> bool:
        first = folded(given_name)[:1]
        return any(word.startswith(first) for name in self._names for word in name)


def _preferred(person: Person) -> str:
    return f"{person.preferred_given_name or person.given_name} {person.preferred_family_name or person.family_name}"


def _words(text: str) -> frozenset[str]:
    return frozenset(folded(text).split())
