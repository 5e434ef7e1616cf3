"""Whose people a bundle has: orgs.csv of OneRoster and School Data Sync. A trust exports several schools in one."""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from latchkey.office_files.model.unusable import Unusable, excerpt
from latchkey.rosters.model.bundle import ROLES_FILE, USERS, Around, Bundle, alive

ORGS: Final = "orgs.csv"
_MOST: Final = 1000
_SCHOOLS: Final = frozenset(("school", "college", "university"))
_LAESTAB: Final = re.compile(r"(\d{3})[ /-]?(\d{4})", re.ASCII)
_URN: Final = re.compile(r"\d{6}", re.ASCII)
_WAYS: Final = "Set this school's LAESTAB in its settings, or export one school."


def laestab(text: str) -> str:
    """The seven digits of a LAESTAB (801/1250, 801 1250, 8011250); the text itself if it is none."""
    found = _LAESTAB.fullmatch(text.strip())
    return "".join(found.groups()) if found else text.strip()


def organisations(bundle: Bundle, around: Around) -> frozenset[str]:
    """The ids of the organisations whose people are this school's; refuses a bundle of another school, or of several others.

    A school is ours by its URN, LAESTAB or slug, as its id or identifier; or, where no number says more, by its name among
    several. Organisations that are no schools (a trust) have people of ours, too, unless they are a part of another school.
    Empty: the bundle does not say.
    """
    if ORGS not in bundle:
        return frozenset()
    schools: list[tuple[str, str, str]] = []
    others: dict[str, str] = {}
    for rows in bundle.rows(ORGS, "sourcedId", "type", optional=("identifier", "name", "status", "parentSourcedId")):
        for sourced, kind, identifier, name, status, parent in rows:
            if not alive(status):
                continue
            if kind.casefold() in _SCHOOLS:
                schools.append((sourced, identifier, name))
            else:
                others[sourced] = parent
        if len(schools) + len(others) > _MOST:
            raise Unusable(f"orgs.csv has more than {_MOST:,} organisations.")
    ours = frozenset(_ours(schools, around))
    theirs = {sourced for sourced, _, _ in schools} - ours
    return ours | {each for each in others if not _is_under(each, others, theirs)}


def _is_under(org: str, parents: Mapping[str, str], schools: AbstractSet[str]) -> bool:
    """Whether an organisation is a part of one of these schools, as a department is; a bundle may say so in a circle."""
    seen: set[str] = set()
    while org in parents and org not in seen:
        seen.add(org)
        org = parents[org]
    return org in schools


def check_the_only_one(bundle: Bundle, *, roles: bool) -> None:
    """Refuse a bundle without orgs.csv whose people have no organisation in common: nothing says which of them is this school.

    ``roles``: whether roles.csv names them, and not users.csv. A delta leaves orgs.csv out where it has not changed.
    """
    file, column = (ROLES_FILE, "orgSourcedId") if roles else (USERS, "orgSourcedIds")
    if file not in bundle:
        return
    common: set[str] | None = None
    for rows in bundle.rows(file, optional=(column,)):
        for cell in {cell for (cell,) in rows if cell}:
            named = {part.strip() for part in cell.split(",")} - {""}
            common = named if common is None else common & named
        if common is not None and not common:
            raise Unusable(
                "The zip has people of several organisations and no orgs.csv that says which is this school. "
                "Export it with orgs.csv, or this school alone."
            )


def _ours(schools: list[tuple[str, str, str]], around: Around) -> list[str]:
    def is_ours(each: str) -> bool:
        return each.casefold() in around.names or laestab(each) in around.names

    ours = [sourced for sourced, identifier, _ in schools if is_ours(sourced) or is_ours(identifier)]
    if ours or not schools:
        return ours
    if len(schools) > 1:
        named = [sourced for sourced, _, name in schools if around.title and name.casefold() == around.title.casefold()]
        if len(named) == 1:
            return named
        raise Unusable(f"orgs.csv has several schools, and none has this school's URN or LAESTAB as its identifier. {_WAYS}")
    sourced, identifier, _ = schools[0]
    _refuse_another(identifier, around)
    return [sourced]


def _refuse_another(identifier: str, around: Around) -> None:
    """Refuse the only school of a bundle if its number is another school's: a number of the kind that we know of ours."""
    for form, name in ((_URN, "URN"), (_LAESTAB, "LAESTAB")):
        if form.fullmatch(identifier) and any(form.fullmatch(each) for each in around.names):
            raise Unusable(f"The file is another school's: its {name} is {excerpt(identifier)}.")
