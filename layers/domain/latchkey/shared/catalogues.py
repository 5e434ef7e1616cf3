"""Translations: catalogues that the build makes out of ``locale/*/LC_MESSAGES/<area>.po``, read when somebody needs one."""

from functools import cache
from pathlib import Path
from typing import Final

from latchkey.shared.model.languages import ENGLISH, LANGUAGES, Language
from latchkey.shared.model.texts import Catalogue

FOLDER: Final = Path(__file__).parent / "data" / "locale"
DOMAIN: Final = "latchkey"


class _English:
    """The messages as they stand in the code; needs no catalogue, and no gettext either."""

    def gettext(self, message: str) -> str:
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return msgid1 if n == 1 else msgid2


@cache
def catalogue(code: str) -> tuple[Language, Catalogue]:
    """A language and its catalogue; English where there is none, because English is better than nothing."""
    language = LANGUAGES.get(code, ENGLISH)
    if language is not ENGLISH:
        from gettext import translation

        try:
            return language, translation(DOMAIN, FOLDER, [code])
        except FileNotFoundError:
            pass
    return ENGLISH, _English()
