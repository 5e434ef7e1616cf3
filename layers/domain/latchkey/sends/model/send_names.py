"""What a send is called: by what it is and to whom it goes. Pages, answers, files and the audit trail take the name from here.

Two forms: ``whom_of`` names nobody and says nothing that was searched for, so it may stand anywhere, also in the audit trail, in
a file's name and in an item; ``name_of`` is for admins' pages and answers and may name the one person.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from latchkey.people.model.people_filter import values_of
from latchkey.roll.model.standing_words import WORDS
from latchkey.sends.model.send import Kind, Selection, Send
from latchkey.shared.model.listed import listed

_ROLES: Final = {"": "people", "student": "students", "teacher": "teachers", "staff": "other staff", "parent": "parents"}
_QUALITIES: Final = {
    "missing_email": "without an e-mail address",
    "never_logged_in": "who have never logged in",
    "bounced": "whose mail came back",
    "unconfirmed": "who have not confirmed their address",
    "left": "who have left",
}
_STANDINGS: Final = {"ready": "who can log in", "not_ready": "who cannot log in yet"}
_REASONS: Final = 2  # that a name has room for
_NAMED: Final = 4  # registration groups that a name has room for
_LATER: Final = {"failed": "retry", "no_password": "reminder", "changed": "planned anew", "cancelled": "the rest"}


def whom(selection: Selection, searched: str = "by a search", *, kind: Kind = "password_link") -> str:
    """To whom a selection goes: "year 7 students", "3 people", "everyone". ``searched``: how to say what was searched for.

    Invitations go to "parents of year 7 students", "parents in the contacts".
    """
    if kind == "parent_invitation":
        return _parents(selection, searched)
    if selection.source is not None:
        return "people of an earlier send"
    if selection.chosen is not None:
        return f"{selection.count:,} people" if selection.count != 1 else "1 person"
    if selection.filter is None:
        return f"{len(selection.ids):,} people" if len(selection.ids) != 1 else "1 person"
    wanted = selection.filter
    qualities = [words for name, words in _QUALITIES.items() if wanted.get(name)] + _reasons(wanted)
    found = [f"found {searched}"] if wanted.get("q") else []
    return " ".join([_group(wanted), *found, " and ".join(qualities)]).strip()


def _reasons(wanted: Mapping[str, object]) -> list[str]:
    """ "who were sent a link and have not used it": how they stand, as on the first page."""
    reasons = [words.many for code, words in WORDS.items() if code in values_of(wanted, "reason")]
    who = f"picked by {len(reasons)} reasons" if len(reasons) > _REASONS else " or ".join(f"who {each}" for each in reasons)
    return [each for each in (who, _STANDINGS.get(str(wanted.get("standing") or ""))) if each]


def _parents(selection: Selection, searched: str) -> str:
    if selection.contacts is not None:
        return "parents in the contacts"
    people = whom(selection, searched)
    return people if values_of(selection.filter or {}, "role") == ("parent",) else f"parents of {people}"


def _group(wanted: Mapping[str, object]) -> str:
    years, groups, roles = (values_of(wanted, name) for name in ("year_group", "registration_group", "role"))
    people = listed([_ROLES.get(role, "people") for role in roles]) or "people"
    if len(groups) > _NAMED:
        people = f"{people} of {len(groups)} groups"
    elif groups:
        people = f"{listed(groups)} {people}"
    if years and groups:
        return f"{people} ({_years(years)})"
    if years:
        return f"{people} of {_years(years)}" if years[1:] else f"year {years[0]} {people}"
    return people if roles or groups else "everyone" if set(wanted) <= {"role"} else "people"


def _years(years: Sequence[str]) -> str:
    """ "year 7", "years 7 and 9", "years 7 to 13"."""
    if len(years) == 1:
        return f"year {years[0]}"
    numbers = [int(year) for year in years if year.isascii() and year.isdecimal()]
    if len(numbers) == len(years) > 2 and numbers == list(range(numbers[0], numbers[0] + len(numbers))):
        return f"years {years[0]} to {years[-1]}"
    return f"years {listed(years)}"


def whom_of(send: Send) -> str:
    """To whom a send goes, naming nobody; one that was made before names were kept is named by its selection."""
    return send.whom or whom(send.selection, kind=send.kind)


def name_of(send: Send, person: str = "") -> str:
    """What a send is called on an admin's page. ``person``: the name of the one person who was chosen, where it is known."""
    searched = next(iter(values_of(send.selection.filter or {}, "q")), "")
    to = person or (whom(send.selection, f"by “{searched}”", kind=send.kind) if searched else whom_of(send))
    if person and send.kind == "parent_invitation":
        return titled(f"{person} or their parents", send.selection, kind=send.kind)
    return titled(to, send.selection, one=bool(person) or to == "1 person", kind=send.kind)


def titled(to: str, selection: Selection, *, one: bool = False, kind: Kind = "password_link") -> str:
    """The name with these words for those whom it goes to."""
    later = _LATER.get(selection.pick or "")
    if kind == "parent_code_ready":
        return f"Where parents’ codes stand, to {to}" + (f" ({later})" if later else "")
    what = "Invitation" if kind == "parent_invitation" else "Password link"
    return f"{what}{'' if one else 's'} to {to}" + (f" ({later})" if later else "")


def one_person(send: Send) -> str | None:
    """The id of the one person who was chosen for a send; None where a group or several were."""
    ids = send.selection.ids
    return ids[0] if len(ids) == 1 and send.selection.filter is None and send.selection.source is None else None


def facts_of(send: Send) -> dict[str, str | int]:
    """How the audit trail says which send: its id and, without anybody's name, to whom it goes."""
    kind: dict[str, str | int] = {"kind": send.kind} if send.kind != "password_link" else {}
    return {"send": send.id, "to": whom_of(send), **kind}


def file_part(send: Send) -> str:
    """The same for a file's name: safe in every header and file system."""
    words = re.sub(r"[^a-z0-9]+", "-", whom_of(send).lower()).strip("-")[:40].strip("-")
    what = {"parent_invitation": "invitations", "parent_code_ready": "parents-codes"}.get(send.kind, "password-links")
    return f"{what}-{words}" if words else what
