"""The cells of a roster: which form each may have.

A column of a batch is checked at once; only where one of its cells is unusual is it checked cell by cell. That makes a
million rows a matter of seconds without making the rules any weaker: both ways give the same values.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Final

from latchkey.people.model import groups
from latchkey.people.model.person import Role
from latchkey.people.model.upn import all_upns, is_upn
from latchkey.shared.model import identifiers, languages
from latchkey.shared.model.written_email import NOTHING, NoAddress, written_email

LONGEST_NAME: Final = 100
LONGEST_LANGUAGE: Final = 50
MOST_LINKS: Final = 20
_ID: Final = r"[A-Za-z0-9][A-Za-z0-9._:@/{}-]{0,63}+"
_MIS_ID: Final = re.compile(_ID)
LONGEST_GROUP: Final = 60
_DATE: Final = re.compile(
    r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}-\d\d-\d\d.*|\d{1,2}-[A-Za-z]{3}(?:-\d{2,4})?|\d(?:\.\d+)?E\+\d+"
)
_SEPARATORS: Final = re.compile(r"[;,|\s]+")


def _each(cell: str) -> re.Pattern[str]:
    """What fits a column's cells, each with a line's end behind it. ``cell`` fits no line's end."""
    return re.compile(rf"(?:(?:{cell})\n)*+")


# What identifiers.email and identifiers.username let through as it stands; the rest goes the long way. The quantifiers
# are possessive: what does not match says so at once.
_USUAL_EMAILS: Final = _each(r"(?:[a-z0-9][a-z0-9_']*+(?:[.+-][a-z0-9_']++)*+@(?:[a-z0-9]++(?:-[a-z0-9]++)*+\.)+[a-z]{2,24})?")
_USUAL_USERNAMES: Final = _each(r"(?:[a-z0-9](?:[a-z0-9_.-]{0,62}[a-z0-9])?)?")
_USUAL_IDS: Final = _each(_ID)
_USUAL_LINKS: Final = _each(rf"(?:{_ID}(?:;{_ID}){{0,{MOST_LINKS - 1}}}+)?")
_NO_NAMES: Final = {"-", "."}


class Wrong(ValueError):
    """A cell that cannot be taken; the message says why."""


def mis_id(text: str) -> str:
    """The MIS id: what makes the person the same person in the next roster."""
    if not text:
        raise Wrong("is empty")
    if not _MIS_ID.fullmatch(text):
        raise Wrong("must begin with a letter or digit and hold at most 64 letters, digits and . _ : @ / { } -")
    return text


def name(text: str) -> str:
    """A name, taken literally: quotes, signs and any script. What cannot be seen is taken out, what is too long is cut.

    A hyphen or a full stop stands where an MIS insists on a name that there is not.
    """
    if text in _NO_NAMES:
        return ""
    seen = text if text.isprintable() else " ".join("".join(map(_visible, text)).split())
    return seen if len(seen) <= LONGEST_NAME else seen[:LONGEST_NAME].strip()


def _visible(char: str) -> str:
    """The character; a blank for one that breaks lines, nothing for one that cannot be seen or turns the text around."""
    kind = unicodedata.category(char)
    if char in "\t\r\n" or kind in {"Zl", "Zp"}:
        return " "
    hidden = kind in {"Cc", "Cs", "Co", "Cn"} or "\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069" or char == "\ufeff"
    return "" if hidden else char


def email(text: str) -> str | None:
    """The normalised address, or None for a cell that says that there is none; ``written_email`` has the rule."""
    try:
        return written_email(text)
    except NoAddress as error:
        raise Wrong(str(error)) from error


def username(text: str) -> str | None:
    """The normalised username, or None for an empty cell."""
    if text.casefold() in NOTHING:
        return None
    found = identifiers.username(text)
    if found is None:
        raise Wrong("must be 1 to 64 of a-z, 0-9, dot, underscore and hyphen, with a letter or digit at both ends")
    return found


def upn(text: str) -> str | None:
    """The UPN, or None for an empty cell."""
    if text.casefold() in NOTHING:
        return None
    found = text.upper()
    if not is_upn(found):
        raise Wrong("is not a UPN: 13 characters, the first of which is a check letter that must fit the others")
    return found


def year_group(text: str) -> str | None:
    """The year group in one form: ``7`` for 07, Y7 and Year 7; R for reception, N for nursery."""
    if text.casefold() in NOTHING:
        return None
    found = groups.year_group(text)
    if found is None:
        raise Wrong("is not a year group: 1 to 14, R, or N")
    return found


def registration_group(text: str) -> str | None:
    """The registration group, taken literally; None for an empty cell. Formulas are guarded where files are written."""
    if text.casefold() in NOTHING:
        return None
    if not text.isprintable() or len(text) > LONGEST_GROUP:
        raise Wrong(f"must hold at most {LONGEST_GROUP} characters that can be seen")
    return text


def like_a_date(text: str) -> bool:
    """Whether a spreadsheet seems to have made a date or a number of a group's name (7-10 becomes 07-Oct)."""
    return _DATE.fullmatch(text) is not None


def language(text: str) -> str | None:
    """The language of the person's mails; None for an empty cell and for a language that no mail speaks: most of an MIS's are."""
    if len(text) > LONGEST_LANGUAGE or not text.isprintable():
        raise Wrong(f"is no language: a name or code of at most {LONGEST_LANGUAGE} characters")
    return languages.spoken(text) if text else None


def links(text: str) -> tuple[str, ...]:
    """MIS ids in one cell, separated by semicolons, commas, bars or spaces."""
    if not text:
        return ()
    found = tuple(dict.fromkeys(part for part in _SEPARATORS.split(text) if part))
    if len(found) > MOST_LINKS:
        raise Wrong(f"names more than {MOST_LINKS} people")
    for part in found:
        mis_id(part)
    return found


def role_of(roles: dict[str, Role]) -> Callable[[str], Role]:
    """The rule of a role column: only these words, each for one of our roles, none for an admin."""

    def role(text: str) -> Role:
        found = roles.get(text.casefold())
        if found is None:
            raise Wrong("is no word for a role that a roster can give: student, teacher, staff or parent" if text else "is empty")
        return found

    return role


def all_usual_names(cells: Sequence[str]) -> bool:
    """Whether all cells are names that need no closer look, without blanks around them."""
    text = f"|{'|'.join(cells)}|"
    blank = "| " in text or " |" in text or "" in cells or "|-|" in text or "|.|" in text
    return not blank and text.isprintable() and max(map(len, cells)) <= LONGEST_NAME


def all_usual_ids(cells: Sequence[str]) -> bool:
    """Whether all cells are MIS ids."""
    return _fits(_USUAL_IDS, cells)


def all_usual_links(cells: Sequence[str]) -> bool:
    """Whether all cells are MIS ids with semicolons between them, or empty."""
    return _fits(_USUAL_LINKS, cells)


def usual_links(text: str) -> tuple[str, ...]:
    """What a usual cell names that is not empty."""
    return tuple(dict.fromkeys(text.split(";")))


def all_usual_usernames(cells: Sequence[str]) -> bool:
    """Whether all cells are usernames as they stand, or empty."""
    return _fits(_USUAL_USERNAMES, cells)


def all_usual_upns(cells: Sequence[str]) -> bool:
    """Whether all cells are UPNs as they stand, or empty."""
    return all_upns([*filter(None, cells)])


def all_usual_emails(cells: Sequence[str]) -> bool:
    """Whether all cells are addresses as they stand, or empty."""
    return max(map(len, cells)) <= 64 and _fits(_USUAL_EMAILS, cells)


def _fits(pattern: re.Pattern[str], cells: Sequence[str]) -> bool:
    text = "\n".join(cells) + "\n"
    return text.count("\n") == len(cells) and pattern.fullmatch(text) is not None


class Repeated(dict[str, object]):
    """A rule for cells of few different values (role, year, group): each value is checked once."""

    def __init__(self, rule: Callable[[str], object]) -> None:
        super().__init__()
        self._rule = rule

    def __missing__(self, cell: str) -> object:
        found = self._rule(cell.strip())
        if len(self) > 4096:
            self.clear()
        self[cell] = found
        return found
