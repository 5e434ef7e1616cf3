"""The languages that mails, pages and paper speak.

A language is a line here and a catalogue in ``locale/``; docs/translating.md says how to add one. A test compares the two.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Language:
    """``code`` is a BCP 47 tag, ``name`` what its speakers call it; ``also`` are its English name and three-letter codes,
    ``thousands`` parts the digits of a long number.

    Nastaliq and other tall scripts need a taller ``line``.
    """

    code: str
    name: str
    right_to_left: bool = False
    line: float = 1.5
    fonts: str = ""
    also: tuple[str, ...] = ()
    thousands: str = ","

    @property
    def direction(self) -> str:
        """As HTML says it."""
        return "rtl" if self.right_to_left else "ltr"


ENGLISH: Final = Language("en", "English", also=("eng",))
LANGUAGES: Final = {
    language.code: language
    for language in (
        ENGLISH,
        Language("cy", "Cymraeg", also=("welsh", "welsh/cymraeg", "cym", "wel")),
        Language("pl", "Polski", also=("polish", "pol"), thousands="\u00a0"),
        Language(
            "ur",
            "اردو",
            right_to_left=True,
            line=2.25,
            fonts="'Noto Nastaliq Urdu', 'Jameel Noori Nastaleeq', ",
            also=("urdu", "urd"),
        ),
    )
}


_WORDS: Final = {
    word.casefold(): language.code for language in LANGUAGES.values() for word in (language.code, language.name, *language.also)
}


def spoken(text: str) -> str | None:
    """The code of a language by its name or a code of it, also with a region (``pl-PL``); None if no mail speaks it."""
    word = text.casefold()
    return _WORDS.get(word) or _WORDS.get(word.replace("_", "-").partition("-")[0])


def one_for(languages: set[str], otherwise: str) -> str:
    """The language of a mail to these people's mailbox: theirs if they share one, else the school's."""
    return next(iter(languages)) if len(languages) == 1 else otherwise
