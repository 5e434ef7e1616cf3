"""What a preview warns of, in words for people: what kind of thing it is, how many there are, and what was done about it."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from latchkey.rosters.model import words
from latchkey.rosters.model.runs import Rejection

_NOUNS: Final[Mapping[str, tuple[str, str]]] = {
    "email": ("address", "addresses"),
    "username": ("username", "usernames"),
    "upn": ("UPN", "UPNs"),
    "year_group": ("year group", "year groups"),
    "registration_group": ("registration group", "registration groups"),
    "language": ("language", "languages"),
    "links": ("link between a parent and a child", "links between parents and children"),
    "role": ("role", "roles"),
    "mis_id": ("id", "ids"),
    "given_name": ("first name", "first names"),
    "family_name": ("last name", "last names"),
}
_OTHER_WORDS: Final[Mapping[str, str]] = {
    "sourcedid": "mis_id",
    "givenname": "given_name",
    "familyname": "family_name",
    "grades": "year_group",
    "agentsourcedids": "links",
    "relationships.csv": "links",
    "children": "links",
    "links": "links",
}
LEFT_OUT: Final = "left out; the person is taken"


class _Kind(NamedTuple):
    """A kind of warning, told by a piece of its reason: what the things do, one and many, and what was done about them."""

    piece: str
    one: str
    many: str
    done: str = LEFT_OUT
    mend: bool = True


_KINDS: Final = (
    _Kind(
        "is the person of row", "is a person whom another row has too", "are people whom another row has too", "taken once", False
    ),
    _Kind(
        "names children of a",
        "names children of somebody at the school",
        "name children of people at the school",
        "linked",
        False,
    ),
    _Kind(
        "looks like a date",
        "looks like a date that a spreadsheet made",
        "look like dates that a spreadsheet made",
        "taken as it is",
    ),
    _Kind("stands at several people", "stands at several people of the file", "stand at several people of the file"),
    _Kind("is somebody else's", "is somebody else’s already", "are somebody else’s already"),
    _Kind("is another student's", "is another student’s already", "are other students’ already"),
    _Kind("is an admin's", "is an admin’s", "are admins’"),
    _Kind("names somebody who is in no row", "names somebody who is nowhere", "name somebody who is nowhere", "no link is made"),
    _Kind("only students", "stands at somebody who is no student", "stand at people who are no students"),
    _Kind("", "cannot be used", "cannot be used"),
)


def _kind_of(reason: str) -> _Kind:
    return next(kind for kind in _KINDS if kind.piece in reason)


def _noun(column: str, count: int) -> str:
    plain = column.strip().casefold()
    field = _OTHER_WORDS.get(plain) or words.field_of(column) or plain
    one, many = _NOUNS.get(field, (f"cell of {column}", f"cells of {column}"))
    return one if count == 1 else many


def sort_of(warning: Rejection) -> tuple[str, str]:
    """What puts warnings together: the column, and the kind of reason."""
    return warning.column, _kind_of(warning.reason).piece


def title(warning: Rejection, count: int) -> str:
    """What so many warnings like this one are about: ``19 addresses cannot be used``."""
    kind = _kind_of(warning.reason)
    if not kind.mend:
        return f"{count:,} {'row' if count == 1 else 'rows'} {kind.one if count == 1 else kind.many}"
    return f"{count:,} {_noun(warning.column, count)} {kind.one if count == 1 else kind.many}"


def done(warning: Rejection) -> str:
    """What was done about it."""
    return _kind_of(warning.reason).done


def needs_mending(found: Rejection) -> bool:
    """Whether something of the row is lost, or may be wrong: a person who stands twice is taken once, and that is all."""
    return _kind_of(found.reason).mend
