"""Which people a list, a send or an export means: the same words everywhere."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from latchkey.errors import Invalid
from latchkey.people.model import groups
from latchkey.people.model.matched import Matched
from latchkey.people.model.person import ROLES, Role
from latchkey.people.model.standings import CODES, GRADES, STANDINGS, Code, Standing
from latchkey.shared.model.folding import begins, folded, seen, words

FIELDS: Final = (
    "role",
    "year_group",
    "registration_group",
    "q",
    "missing_email",
    "never_logged_in",
    "bounced",
    "not_mine",
    "unconfirmed",
    "left",
    "reason",
    "standing",
)
SEVERAL: Final = ("role", "year_group", "registration_group", "reason")
"""Fields that may hold several values: who has one of them is meant."""
_MOST: Final = 250  # values of a field: as many registration groups as can be chosen from
_TRUE: Final = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFilter:
    """Every given condition must hold; of several roles, years or groups one of each. ``q`` is what somebody types to find people
    (``_found``).

    ``unconfirmed``: who has typed an address that nobody has confirmed yet. ``not_mine``: students who say of an adult that they
    are no parent of theirs. ``left``: who has left the school. ``reasons`` and ``standing``: whether they could log in tomorrow,
    and why not; only the roll knows that, so nothing else can look such people up (``roll.choose_people``).
    """

    roles: tuple[Role, ...] = ()
    year_groups: tuple[str, ...] = ()
    registration_groups: tuple[str, ...] = ()
    q: str = ""
    missing_email: bool = False
    never_logged_in: bool = False
    bounced: bool = False
    not_mine: bool = False
    unconfirmed: bool = False
    left: bool = False
    reasons: tuple[Code, ...] = ()
    standing: Standing | None = None

    @property
    def by_standing(self) -> bool:
        """Whether it asks who could log in, or why not."""
        return bool(self.reasons or self.standing)

    @property
    def looked_through(self) -> tuple[Role, ...]:
        """The roles to look through, in the order of lists: all of them where none is given."""
        return tuple(role for role in ROLES if role in self.roles) or ROLES

    def matches(self, person: Matched, code: Code | None = None) -> bool:
        """Whether the person is meant; role is expected to be looked up already but is checked all the same.

        ``code``: their grade or reason. Where it is not known, a filter that asks for one means nobody.
        """
        if (self.by_standing and not self._stands(code)) or (self.roles and person.role not in self.roles):
            return False
        if not _is_one_of(person.year_group, self.year_groups):
            return False
        if not _is_one_of(person.registration_group, self.registration_groups):
            return False
        if (self.missing_email and person.email is not None) or (self.bounced and person.marked is None):
            return False
        never = not self.never_logged_in or person.last_login_at is None
        if not never or (self.unconfirmed and not waits(person)) or (self.not_mine and not objects(person)):
            return False
        return (not self.left or person.status == "left") and (not self.q or _found(self.q, person))

    def _stands(self, code: Code | None) -> bool:
        if code is None or (self.reasons and code not in self.reasons):
            return False
        return self.standing is None or (code in GRADES) == (self.standing == "ready")

    def as_mapping(self) -> dict[str, str | list[str]]:
        """The filter as it stands in JSON or an item; ``parse`` gives it back. One value of several possible is a text."""
        pairs: dict[str, str | list[str]] = {
            "role": _plain(self.roles),
            "year_group": _plain(self.year_groups),
            "registration_group": _plain(self.registration_groups),
            "q": self.q,
            "missing_email": "true" if self.missing_email else "",
            "never_logged_in": "true" if self.never_logged_in else "",
            "bounced": "true" if self.bounced else "",
            "not_mine": "true" if self.not_mine else "",
            "unconfirmed": "true" if self.unconfirmed else "",
            "left": "true" if self.left else "",
            "reason": _plain(self.reasons),
            "standing": self.standing or "",
        }
        return {name: value for name, value in pairs.items() if value}


def parse(values: Mapping[str, object]) -> PeopleFilter:
    """A filter from a query string, a JSON object or an item; ``Invalid`` names every field that is unknown or wrong."""
    wrong: dict[str, str] = {}
    for name in values:
        if name not in FIELDS:
            wrong[name] = "There is no such filter."
    roles = _texts(values, "role", wrong)
    if set(roles) - {*ROLES}:
        wrong["role"] = "Choose student, teacher, staff or parent."
    query = _text(values, "q", wrong)
    years, classes = _texts(values, "year_group", wrong), _texts(values, "registration_group", wrong)
    missing, never = _flag(values, "missing_email", wrong), _flag(values, "never_logged_in", wrong)
    bounced, not_mine = _flag(values, "bounced", wrong), _flag(values, "not_mine", wrong)
    unconfirmed, left = _flag(values, "unconfirmed", wrong), _flag(values, "left", wrong)
    reasons, standing = _texts(values, "reason", wrong), _text(values, "standing", wrong)
    if set(reasons) - {*CODES}:
        wrong["reason"] = "There is no such reason."
    if standing and standing not in STANDINGS:
        wrong["standing"] = "Choose ready or not_ready."
    if wrong:
        raise Invalid("This filter cannot be used.", fields=wrong)
    return PeopleFilter(
        roles=tuple(known for known in ROLES if known in roles),
        year_groups=_in_order((groups.year_group(year) or year for year in years), groups.year_key),
        registration_groups=_in_order(classes, groups.group_key),
        q=query,
        missing_email=missing,
        never_logged_in=never,
        bounced=bounced,
        not_mine=not_mine,
        unconfirmed=unconfirmed,
        left=left,
        reasons=tuple(known for known in CODES if known in reasons),
        standing=next((known for known in STANDINGS if known == standing), None),
    )


def waits(person: Matched) -> bool:
    """Whether somebody has an address that they typed and nobody has confirmed yet."""
    return person.email is not None and person.status == "active" and person.address_is_unconfirmed


def objects(person: Matched) -> bool:
    """Whether a student says of an adult who is linked with them that they are no parent of theirs."""
    return person.status != "left" and any(each in person.parents for each in person.not_mine)


def values_of(wanted: Mapping[str, object], name: str) -> tuple[str, ...]:
    """The values of a field as ``as_mapping`` gives it: none, one, or several."""
    value = wanted.get(name)
    return tuple(map(str, value)) if isinstance(value, list | tuple) else (str(value),) if value else ()


def _is_one_of(group: str | None, wanted: tuple[str, ...]) -> bool:
    return not wanted or any(groups.same(group, each) for each in wanted)


def _plain(values: tuple[str, ...]) -> str | list[str]:
    return list(values) if len(values) > 1 else values[0] if values else ""


def _in_order(values: Iterable[str], key: Callable[[str], str]) -> tuple[str, ...]:
    """Each value once, in list order, so that the same choice is the same filter."""
    return tuple(sorted(dict.fromkeys(values), key=lambda each: (key(each), each)))


def _texts(values: Mapping[str, object], name: str, wrong: dict[str, str]) -> list[str]:
    """The values of a field that may be given several times; a blank one is no value, but a list of nothing is a mistake."""
    given = values.get(name)
    if not isinstance(given, list | tuple):
        return [text for text in [_text(values, name, wrong)] if text]
    found = [text for each in given[:_MOST] if (text := _text({name: each}, name, wrong))]
    if not found or len(given) > _MOST or None in given:
        wrong.setdefault(name, f"Give 1 to {_MOST} values.")
    return found


def _text(values: Mapping[str, object], name: str, wrong: dict[str, str]) -> str:
    value = values.get(name)
    if value is None:
        return ""
    # An empty list or a zero must not quietly mean "everybody".
    if not isinstance(value, str) or len(value) > 100 or not (text := seen(value)).isprintable():
        wrong[name] = "This must be a text of at most 100 characters."
        return ""
    return text


def _flag(values: Mapping[str, object], name: str, wrong: dict[str, str]) -> bool:
    value = values.get(name, False)
    if isinstance(value, bool):
        return value
    if not isinstance(value, str) or value.lower() not in _TRUE:
        wrong[name] = "This must be true or false."
        return False
    return _TRUE[value.lower()]


def _found(typed: str, person: Matched) -> bool:
    """Whether somebody is meant by what was typed: names in any order, a login, an id, or their group (``7a``, ``Year 7``)."""
    names = (person.given_name, person.family_name, person.preferred_given_name or "", person.preferred_family_name or "")
    logins = (person.username or "", person.email or "", person.upn or "", person.mis_id or "")
    if begins(typed, names, logins):
        return True
    year = groups.year_group(typed)
    if (year is not None and year == person.year_group) or groups.same(typed, person.registration_group):
        return True
    group, asked = folded(person.registration_group or ""), words(typed)
    return group in asked and begins(" ".join(word for word in asked if word != group), names, logins)  # as in "smith 7a"
