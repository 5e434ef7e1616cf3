"""Readiness as answers and pages show it: numbers, each with the address of its people, and what each button leads to."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from latchkey.people.model.person import ROLES, Role
from latchkey.people.model.standings import GRADES, Code, Reason
from latchkey.readiness.model.actions import Action, Leads, actions_of
from latchkey.readiness.model.figures import Counts
from latchkey.readiness.model.readiness import Readiness
from latchkey.roll.model.standing_words import WORDS

_PLACES: Final[Mapping[Leads, str]] = {
    "send": "/sends",
    "invite": "/sends",
    "slips": "/exports",
    "letters": "/exports",
    "addresses": "/people/emails",
    "list": "/people",
    "doubles": "/people/duplicates",
    "mail_doctor": "/mail/domains",
    "confirm": "/people",
}
_KINDS: Final[Mapping[Leads, str]] = {"send": "password_link", "invite": "parent_invitation"}
_AUDIENCES: Final[Mapping[Leads, str]] = {"slips": "students", "letters": "both"}


def people_at(school: str, wanted: Mapping[str, str]) -> str:
    """The address of the list of those whom a filter means."""
    return f"/admin/{school}/people?{urlencode(wanted)}"


def count_of(counts: Counts) -> dict[str, int]:
    """How many there are, and how many of them are ready."""
    return {"total": counts.total, "ready": counts.ready}


def roles_json(found: Readiness, school: str) -> list[dict[str, Any]]:
    """Every role with its numbers, its grades and its reasons."""
    return [{"role": role, **count_of(found.roles[role]), **role_json(found, school, role)} for role in ROLES]


def role_json(found: Readiness, school: str, role: Role | None) -> dict[str, Any]:
    """How we know of those who are ready, and why the others are not, the most common reason first; of a role or of everybody.

    Buttons are a role's: what helps a student helps no teacher.
    """
    counts = found.everybody() if role is None else found.roles[role]
    grades = [(grade, counts.by_code.get(grade, 0)) for grade in GRADES]
    return {
        "grades": [{"grade": grade, **_people(school, role, grade, count)} for grade, count in grades if count],
        "reasons": [_reason(found, school, role, reason, count) for reason, count in counts.reasons],
    }


def _reason(found: Readiness, school: str, role: Role | None, reason: Reason, count: int) -> dict[str, Any]:
    shown = {"reason": reason, **_people(school, role, reason, count)}
    roles = [role] if role else [each for each in ROLES if found.roles[each].by_code.get(reason, 0)]
    actions = [
        action_json(action, school)
        for each in roles
        for action in actions_of(each, reason, found.roles[each].by_code[reason], found.mailable.get((each, reason), 0))
    ]
    return shown | {"actions": actions}


def _people(school: str, role: Role | None, code: Code, count: int) -> dict[str, Any]:
    wanted = {**({"role": role} if role else {}), "reason": code}
    return {"text": WORDS[code].of(count), "count": count, "people": people_at(school, wanted)}


def action_json(action: Action, school: str) -> dict[str, Any]:
    """What a button says and leads to: a page (GET), or a request whose answer is what it would do (POST, ``body``)."""
    place, wanted = f"/admin/{school}{_PLACES[action.leads]}", dict(action.wanted)
    shown: dict[str, Any] = {"action": action.leads, "label": action.label, "role": wanted["role"]}
    if not action.is_checked:
        path = {
            "addresses": f"{place}?{urlencode(wanted)}#fill-in",
            "list": f"{place}?{urlencode(wanted)}",
            "confirm": f"{place}?{urlencode({'unconfirmed': 'true'})}",
        }.get(action.leads, place)
        return shown | {"method": "GET", "path": path}
    if action.leads in _KINDS:
        body: dict[str, Any] = {"kind": _KINDS[action.leads], "select": {"filter": wanted}}
    else:
        body = {"scope": {"filter": wanted}, "format": action.leads, "audience": _AUDIENCES[action.leads]}
    return shown | {"method": "POST", "path": place, "body": body | {"dry_run": True}}


def by_year(found: Readiness, school: str) -> list[dict[str, Any]]:
    """The students of each year group."""
    return [_part(school, {"year_group": year}, counts) for year, counts in found.years.items()]


def by_group(found: Readiness, school: str) -> list[dict[str, Any]]:
    """The students of each registration group, with its year."""
    return [
        _part(school, {"year_group": year, "registration_group": group}, counts) for (year, group), counts in found.groups.items()
    ]


def _part(school: str, named: Mapping[str, str], counts: Counts) -> dict[str, Any]:
    """A part of the students. Of those in no group there is no list: a filter cannot ask for what somebody has not."""
    wanted = {"role": "student", **named}
    listed = all(named.values())
    return {
        **{name: value or None for name, value in named.items()},
        **count_of(counts),
        "not_ready": counts.not_ready,
        "people": people_at(school, wanted) if listed else None,
        "people_not_ready": people_at(school, wanted | {"standing": "not_ready"}) if listed else None,
    }
