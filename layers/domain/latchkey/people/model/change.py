"""What somebody decides to change of a person, as a value; the store makes a conditional write of it."""

from dataclasses import dataclass

from latchkey.people.model.person import Person


@dataclass(frozen=True, slots=True)
class PersonChange:
    """A person as they were when the change was decided, and as they are to be."""

    before: Person
    after: Person
