"""Whether a school asks a person for a second factor."""

from latchkey.people.model.person import Person
from latchkey.schools.model.school import School


def required_of(_school: School, _person: Person) -> bool:
    """Whether this person must have a second factor: nobody must, everybody may."""
    return False
