"""Who could log in tomorrow, and why the others could not: numbers by role, year group and registration group."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from latchkey.people.model.groups import group_key, year_key
from latchkey.people.model.person import ROLES, Role
from latchkey.people.model.standings import Code
from latchkey.readiness.model.figures import Counts
from latchkey.roll.model.entry import Entry
from latchkey.roll.model.roll import Roll

Group = tuple[str, str]
"""A year group and a registration group; "" where somebody has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Numbers as of a time (epoch seconds). ``years`` and ``groups`` are of students, in list order.

    ``mailable``: of those of a role with a code, how many a password link can be mailed to.
    """

    as_of: int
    roles: Mapping[Role, Counts]
    years: Mapping[str, Counts]
    groups: Mapping[Group, Counts]
    mailable: Mapping[tuple[Role, Code], int]

    def everybody(self) -> Counts:
        """The numbers of all roles together."""
        found: Counter[Code] = Counter()
        for counts in self.roles.values():
            found.update(counts.by_code)
        return Counts(found)


def readiness_of(roll: Roll) -> Readiness:
    """The numbers of everybody on the roll."""
    roles: dict[Role, Counter[Code]] = {role: Counter() for role in ROLES}
    groups: dict[Group, Counter[Code]] = {}
    mailable: Counter[tuple[Role, Code]] = Counter()
    for (one, people), code in roll.judged():
        if code is None:
            continue
        roles[one.role][code] += len(people)
        mailable[one.role, code] += len(people) if can_be_mailed(one) else 0
        if one.role == "student":
            groups.setdefault((one.year_group or "", one.registration_group or ""), Counter())[code] += len(people)
    in_order = sorted(groups, key=lambda each: (year_key(each[0]), group_key(each[1])))
    years: dict[str, Counter[Code]] = {}
    for year, group in in_order:
        years.setdefault(year, Counter()).update(groups[year, group])
    return Readiness(
        as_of=roll.as_of,
        roles={role: Counts(found) for role, found in roles.items()},
        years={year: Counts(found) for year, found in years.items()},
        groups={group: Counts(groups[group]) for group in in_order},
        mailable=mailable,
    )


def can_be_mailed(entry: Entry) -> bool:
    """Whether a password link can be mailed to somebody who signs in with us: what a send decides by the person."""
    return entry.status == "active" and entry.email is not None and entry.marked is None and not entry.unconfirmed
