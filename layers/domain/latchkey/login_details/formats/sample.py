"""A slip or a letter to a student who is nobody, described: what settings change on paper, before they are saved.

Its words, language, address and dates are those of the printed formats; a page draws it. What stands in place of the code has
signs that no code has, so it opens nothing.
"""

from dataclasses import dataclass
from typing import Final

from latchkey.login_details.paper import words
from latchkey.schools.model.colour import ink
from latchkey.schools.model.school import School

CODE: Final = "PEXA-MPLE-0000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """In the order of reading. ``address`` follows the first of ``steps``; ``colour`` (``#1f4e6b``) is that of its ink."""

    language: str
    right_to_left: bool
    colour: str
    for_whom: str
    heading: str
    opening: str
    label: str
    code: str
    lasts: str
    address: str
    steps: tuple[str, ...]
    closing: str
    help: str


def sample(school: School, origin: str, now: int) -> Sample:
    """The sheet of a student with a PIN that is made at this moment, in the school's language."""
    speech = words.speech(school.settings.language)
    said = speech.words["pin"]
    return Sample(
        language=speech.code,
        right_to_left=speech.right_to_left,
        colour="#" + "".join(f"{round(part * 255):02x}" for part in ink(school.settings.colour)),
        for_whom=said.for_whom,
        heading=said.heading,
        opening=said.opening,
        label=said.label,
        code=CODE,
        lasts=speech.lasts("pin", now + school.settings.code_life, 1),
        address=f"{origin}/r/{school.slug}".partition("://")[2],
        steps=said.steps,
        closing=" ".join(said.closing),
        help=speech.help(school.settings.help_line),
    )
