"""Whether a student sees their parents' code, and in which words they do not."""

from dataclasses import dataclass

from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.shared.model.texts import Text, said


@dataclass(frozen=True, slots=True)
class Place:
    """A parent code as its student sees it: ``places`` parents can still register with it, before ``expires_at`` (epoch)."""

    code: str
    url: str
    places: int
    expires_at: int


def why_hidden(school: School, student: Person) -> Text | None:
    """Why this student does not see the code, and whom to ask; None if they do."""
    rule = school.settings.family
    if not rule.parent_code:
        return said("Your school does not show this code to students. Your parents can ask the school’s office for it.")
    if not rule.shows_parent_code(student):
        return said("Your school shows this code to older students only. Your parents can ask the school’s office for it.")
    if "parent" in school.settings.sso.roles:
        return said(
            "Parents at your school use the school’s own sign-in, so they need no code. They can ask the school’s office."
        )
    if student.number is None:
        return said("There is no code for your parents yet. They can ask the school’s office for it.")
    return None
