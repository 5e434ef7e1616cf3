"""What one person is handed, before it is drawn."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from latchkey.codes.model.audience import Audience
from latchkey.codes.model.login_details import LoginDetails
from latchkey.login_details.paper import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What one person is handed: a code, or the way to the school's own sign-in."""

    kind: words.Kind
    details: LoginDetails = field(repr=False)
    speech: words.Speech = words.OFFICE
    code: str = field(default="", repr=False)
    lasts: str = ""


def tickets(details: LoginDetails, audience: Audience) -> Iterator[Ticket]:
    """What there is for the student and for the parents, in this order."""
    if audience != "parents":
        kind: words.Kind = "elsewhere" if details.uses_sso else "pin" if details.pin else "none"
        speech = words.speech(details.student_language)
        until = speech.lasts("pin", details.pin_ends if details.pin else None, 1)
        yield Ticket(kind=kind, details=details, speech=speech, code=details.pin, lasts=until)
    if audience != "students":
        speech, kind = words.speech(details.parents_language), "parent" if details.parent_code else "none"
        until = speech.lasts("parent", details.parent_code_ends, details.places)
        yield Ticket(kind=kind, details=details, speech=speech, code=details.parent_code, lasts=until)
