"""The languages that mails speak.

A language is a line here and a catalogue in ``locale/``; docs/translating.md says how to add one. A test compares the two.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Language:
    """``code`` is a BCP 47 tag, ``name`` what its speakers call it. Nastaliq and other tall scripts need a taller ``line``."""

    code: str
    name: str
    right_to_left: bool = False
    line: float = 1.5
    fonts: str = ""

    @property
    def direction(self) -> str:
        """As HTML says it."""
        return "rtl" if self.right_to_left else "ltr"


ENGLISH: Final = Language("en", "English")
LANGUAGES: Final = {
    language.code: language
    for language in (
        ENGLISH,
        Language("cy", "Cymraeg"),
        Language("pl", "Polski"),
        Language(
            "ur",
            "اردو",
            right_to_left=True,
            line=2.25,
            fonts="'Noto Nastaliq Urdu', 'Jameel Noori Nastaleeq', ",
        ),
    )
}


def one_for(languages: set[str], otherwise: str) -> str:
    """The language of a mail to these people's mailbox: theirs if they share one, else the school's."""
    return next(iter(languages)) if len(languages) == 1 else otherwise
