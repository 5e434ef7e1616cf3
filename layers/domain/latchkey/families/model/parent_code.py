"""Whether a student sees their parents' code, and in which words they do not."""

from dataclasses import dataclass
from typing import Final

from latchkey.people.model.person import Person
from latchkey.schools.model.school import School

_ASK: Final = "Your parents can ask the school's office for their code."
_HIDDEN: Final = f"Your school does not show this code to students. {_ASK}"
_TOO_YOUNG: Final = f"Your school shows this code to older students only. {_ASK}"
_SIGN_IN: Final = "Parents at your school use the school's own sign-in, so they need no code. They can ask the school's office."
_NO_NUMBER: Final = f"Your school has to load its list of students again before there can be a code. {_ASK}"


@dataclass(frozen=True, slots=True)
class Place:
    """A parent code as its student sees it: ``places`` parents can still register with it, before ``expires_at`` (epoch)."""

    code: str
    url: str
    places: int
    expires_at: int


def why_hidden(school: School, student: Person) -> str | None:
    """Why this student does not see the code, and whom to ask; None if they do."""
    rule = school.settings.family
    if not rule.parent_code:
        return _HIDDEN
    if not rule.shows_parent_code(student):
        return _TOO_YOUNG
    if "parent" in school.settings.sso.roles:
        return _SIGN_IN
    return None if student.number is not None else _NO_NUMBER
