"""What one student's login details say, in whatever format they are printed."""

from dataclasses import dataclass

from latchkey.codes.model import codes
from latchkey.codes.model.audience import Audience
from latchkey.people.model.person import CodeState, Person
from latchkey.schools.model.school import School


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginDetails:
    """A student with the codes that a file may show: what its audience must not see is empty already.

    ``*_ends`` are epoch seconds: the code works before, not at, that moment. ``places`` says how many parents can still use the
    parent code. ``uses_sso``: the student uses the school's own sign-in, so there is no PIN but instructions. ``*_language``: in
    which what is for them is written. Where rows are for parents or families, ``parents`` are those with an account here whom the
    row is for, ``siblings`` the other students in it.
    """

    student: Person
    pin: str = ""
    pin_ends: int | None = None
    parent_code: str = ""
    parent_code_ends: int | None = None
    places: int = 0
    uses_sso: bool = False
    student_language: str = "en"
    parents_language: str = "en"
    parents: tuple[Person, ...] = ()
    siblings: "tuple[LoginDetails, ...]" = ()


def login_details(student: Person, school: School, key: bytes, audience: Audience) -> LoginDetails:
    """The details of a student whose codes have been issued; ``key`` is the school's code key."""
    uses_sso = school.uses_sso(student)
    pin = student.pin if audience != "parents" and not uses_sso else None
    parent = student.parent_code if audience != "students" else None
    return LoginDetails(
        student=school.known_as(student),
        pin=_text("pin", student, pin, key),
        pin_ends=pin.expires_at if pin else None,
        parent_code=_text("parent", student, parent, key),
        parent_code_ends=parent.expires_at if parent else None,
        places=max(0, codes.USES["parent"] - parent.uses) if parent else 0,
        uses_sso=uses_sso,
        student_language=student.language or school.settings.language,
        parents_language=student.language or school.settings.language,
    )


def _text(kind: codes.Kind, student: Person, code: CodeState | None, key: bytes) -> str:
    return codes.code(kind, student.number or 0, code.generation, key) if code else ""
