"""Whether a school asks a person for a second factor."""

from latchkey.people.model.person import Person
from latchkey.schools.model.school import School


def required_of(school: School, person: Person) -> bool:
    """Whether this person must have a second factor, sooner or later (``second_factors.model.asked`` says when)."""
    return person.is_admin and school.settings.second_factor == "required"
