"""The steps of the plan in words: what each is called, and what it is tonight."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from latchkey.closure.model.plan import FOR_LINKS, LINKED, Counts, Step, StepName, count, sheets
from latchkey.people.model.person import Role
from latchkey.shared.model.clock import local
from latchkey.shared.model.listed import listed

TITLES: Final[Mapping[StepName, str]] = {
    "notice": "Put up a notice",
    "links": "Send password links",
    "invitations": "Invite parents",
    "paper": "Print paper for the rest",
    "watch": "Watch the number rise",
}
_ROLES: Final[Mapping[Role, tuple[str, str]]] = {
    "student": ("student", "students"),
    "teacher": ("teacher", "teachers"),
    "staff": ("member of staff", "members of staff"),
    "parent": ("parent", "parents"),
}
_NOBODY: Final[Mapping[StepName, str]] = {
    "links": "Everybody who can be mailed has been sent a link that still works.",
    "invitations": "No parent here waits for an invitation. Who stands only in your contacts file is counted when you go on.",
    "paper": "Every student can be mailed, or has been given a code.",
    "watch": "Nobody is waited for just now.",
}


def text_of(step: Step, counts: Counts) -> str:
    """What a step is tonight, in a sentence or two."""
    if step.name == "notice":
        return (
            "It stands on the school’s page, and where people sign in, enter a code or ask for a new password. It ends by itself."
        )
    if not step.count:
        return _NOBODY[step.name]
    if step.name == "links":
        by_role = [_number(count(counts, [role], FOR_LINKS), role) for role in LINKED if count(counts, [role], FOR_LINKS)]
        return f"{listed(by_role)} can be mailed and {_have(step.count)} no link that works."
    if step.name == "invitations":
        return (
            f"{_number(step.count, 'parent')} can be mailed: one mail for all their children, with one link and no code to type."
        )
    if step.name == "paper":
        of = sheets(step.count)
        paper = f"{of:,} sheet{'s' if of != 1 else ''} of slips, a PIN each"
        return f"{_number(step.count, 'student')} cannot be reached by mail: {paper}."
    have = _have(step.count)
    return f"{step.count:,} {'person' if step.count == 1 else 'people'} {have} a link or a code and {have} not used it yet."


def notice_for(now: int) -> str:
    """A notice for tomorrow, to be changed by who puts it up."""
    day = _tomorrow(now)
    said = f"{day.strftime('%A')} {day.day} {day.strftime('%B')}"
    return (
        f"The school building is closed on {said}. Work is set online: please log in from home. "
        "If you have no password, use the link in our mail, or the code on your slip."
    )


def tomorrow(now: int) -> str:
    """When tomorrow's lessons are over, as the school's clock shows it: until then a notice stands unless somebody says more."""
    return f"{_tomorrow(now).isoformat()}T16:00"


def _tomorrow(now: int) -> date:
    return date.fromisoformat(local(now)[:10]) + timedelta(days=1)


def _number(people: int, role: Role) -> str:
    return f"{people:,} {_ROLES[role][people != 1]}"


def _have(people: int) -> str:
    return "has" if people == 1 else "have"
