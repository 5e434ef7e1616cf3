"""How texts that people type are compared: without case, accents or kinds of apostrophe, composed or decomposed.

One function for every search, list and order of names, so that all of them find and sort alike. It is for comparing only: nothing
that it returns is shown or stored as a name, and no password, address or username is ever judged by it. Two folded texts that are
the same need not be the same name (``Müller`` and ``Muller``), so nothing is decided by it alone.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final
from unicodedata import category, combining, normalize

_APOSTROPHES: Final = "'’‘‛ʼʻʽʹ`´′＇׳՚"
_HYPHENS: Final = "‐‑‒–—―−־﹣－"
# Letters that Unicode does not take apart into a letter and its mark, and those that the keyboards of Persian and Urdu write
# otherwise than that of Arabic.
_LETTERS: Final = str.maketrans("łøđðħıŧŋɓɗƙɲəǝɛɔƴĸیىکہۃةھ", "loddhitnbdkneeeoykييكهههه")
_SIGNS: Final = _LETTERS | str.maketrans(
    {"æ": "ae", "œ": "oe", "þ": "th", "ـ": None, **dict.fromkeys(_APOSTROPHES), **dict.fromkeys(_HYPHENS, "-")}
)
_UNSEEN: Final = frozenset({"Cf", "Cc", "Cs"})
_BETWEEN: Final = re.compile(r"[\s-]+")
_AT_APOSTROPHES: Final = re.compile(f"[{re.escape(_APOSTROPHES)}\\s-]+")
_PARTS_OF_LOGIN: Final = re.compile(r"[._+:/-]+")


def folded(text: str) -> str:
    """The text as it is compared: ``Zoë`` is ``zoe``, ``O’Brien`` ``obrien``, ``Łucja  Żak`` ``lucja zak``, ``7A`` ``7a``."""
    if text.isascii():
        return " ".join(_ascii(text).split())
    return " ".join(text.translate(_FOLDS).split())


def seen(text: str) -> str:
    """A typed or pasted text as it looks: single blanks for all that shows as one, and nothing that only directs or hides.

    Control characters other than line ends and tabs stay: nobody types them.
    """
    return " ".join("".join(sign for sign in text if category(sign) != "Cf").split())


def words(text: str) -> list[str]:
    """The words of a name or of a search; a hyphen stands between two."""
    return [word for word in _BETWEEN.split(folded(text)) if word]


def words_of_each(texts: Sequence[str]) -> list[str]:
    """The words of many texts, of each in one text with blanks between and around them: a list for each would wake the
    garbage collector. What is ASCII is folded in one go, which takes a tenth of the time.
    """
    plain = [text for text in texts if text.isascii() and "\n" not in text]
    lines = iter(_ascii("\n".join(plain)).replace("-", " ").split("\n"))
    return [next(lines) if text.isascii() and "\n" not in text else " ".join(words(text)) for text in texts]


def begins(wanted: str, names: Iterable[str], logins: Iterable[str] = ()) -> bool:
    """Whether each word that is wanted begins one of these texts or a part of one; in any order, and ``o brien`` is ``O’Brien``.

    A name's parts stand between blanks, hyphens and apostrophes; it counts as a whole as well, and without what is between them.
    A login (an address, a username, an id) counts as it stands, and from each sign on that divides it before the ``@``: what
    follows is that of many people.
    """
    asked, names = _asked(wanted), [*names]
    if _begin_plainly(wanted, " ".join(names)):
        return True
    logins = [*filter(None, logins)]
    # Most people are not meant, and then no word needs to be cut out: every part stands in this as it is.
    whole = _BETWEEN.sub("", folded(" ".join((*names, *logins))))
    if not all(word in whole for word in asked):
        return False
    typed, found = folded(wanted), [part for name in names for part in beginnings_of_name(name)]
    for login in logins:
        if folded(login).startswith(typed):
            return True
        found += beginnings_of_login(login)
    return all(any(part.startswith(word) for part in found) for word in asked)


def beginnings_of_name(name: str) -> list[str]:
    """What a word begins that means somebody of this name: all of it in one word, its parts at blanks, hyphens, apostrophes."""
    if name.isascii():
        spaced = name.lower().replace("-", " ")
        parts, others = _ascii(spaced).split(), spaced.replace("'", " ").replace("`", " ").split()
    else:
        parts, others = words(name), [folded(part) for part in _AT_APOSTROPHES.split(name)]
    return ["".join(parts), *parts[1:], *others[1:]] if len(others) > 1 else ["".join(parts)]


def beginnings_of_login(login: str) -> list[str]:
    """The same of an address, a username or an id: the whole first, then from each sign on that divides it before the ``@``."""
    whole = folded(login)
    rest, at, domain = whole.partition("@")
    found = [whole]
    while not rest.isalnum() and len(parts := _PARTS_OF_LOGIN.split(rest, 1)) > 1:
        rest = parts[1]
        found.append(rest + at + domain)
    return found


@lru_cache(maxsize=64)
def _asked(wanted: str) -> tuple[str, ...]:
    """The words of a search, which is the same for everybody who is looked at."""
    return tuple(words(wanted))


def _begin_plainly(wanted: str, names: str) -> bool:
    """Whether each word begins one in names without accents; False may mean that it has to be looked at closer."""
    return names.isascii() and all(each.search(names.lower()) for each in _beginnings(wanted))


@lru_cache(maxsize=64)
def _beginnings(wanted: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?:^|[\s-]){re.escape(word)}") for word in _asked(wanted))


def _ascii(text: str) -> str:
    return text.lower().replace("'", "").replace("`", "")


class _Folds(dict[int, str]):
    """What each sign folds to, known once it was asked for: no sign folds otherwise beside another one."""

    def __missing__(self, sign: int) -> str:
        # Twice, because what a sign is taken apart into may have a capital, or a mark of its own.
        self[sign] = found = _letters(_letters(chr(sign))).translate(_SIGNS)
        return found


_FOLDS: Final = _Folds()


def _letters(text: str) -> str:
    """Small letters without marks and without what cannot be seen."""
    apart = normalize("NFKD", normalize("NFKD", text).casefold())
    return "".join(char for char in apart if char in "\t\n\r" or not (combining(char) or category(char) in _UNSEEN))
