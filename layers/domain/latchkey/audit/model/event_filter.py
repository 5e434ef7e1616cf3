"""Which events somebody wants to see: of one person, about one thing, from a day to a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

Subject = Literal["messages", "login_details", "people", "families", "files", "settings", "admins", "sign_ins"]
SUBJECTS: Final[tuple[Subject, ...]] = get_args(Subject)
SUBJECT_NAMES: Final[Mapping[Subject, str]] = {
    "messages": "Messages",
    "login_details": "Login details and codes",
    "people": "People and their addresses",
    "families": "What families do",
    "files": "Files of people and of parents’ contacts",
    "settings": "Settings and the school",
    "admins": "Admins and second steps",
    "sign_ins": "Sign-ins and passwords",
}
_OF: Final[Mapping[str, Subject]] = {
    "send": "messages",
    "mail": "messages",
    "links": "messages",
    "export": "login_details",
    "code": "login_details",
    "codes": "login_details",
    "account": "people",
    "address": "people",
    "doubles": "people",
    "email": "people",
    "emails": "people",
    "people": "people",
    "person": "people",
    "child": "families",
    "invitation": "families",
    "parent": "families",
    "parent_code": "families",
    "pin": "families",
    "contacts": "files",
    "roster": "files",
    "activity": "settings",
    "approval": "settings",
    "closure": "settings",
    "data": "settings",
    "readiness": "settings",
    "lookup": "settings",
    "school": "settings",
    "settings": "settings",
    "admin": "admins",
    "second_factor": "admins",
    "name": "sign_ins",
    "page": "sign_ins",
    "password": "sign_ins",
    "sessions": "sign_ins",
    "sign_in": "sign_ins",
    "sso": "sign_ins",
}
"""What an action is about, by the word that it begins with."""


def subject_of(action: str) -> Subject | None:
    """What an action is about; None of one that nobody knows."""
    return _OF.get(action.partition(".")[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """Every given condition must hold. ``person``: who did it, or whom it is about. ``since`` and ``until`` (not included) are
    epoch seconds.
    """

    about: Subject | None = None
    person: str = ""
    since: int | None = None
    until: int | None = None

    def __bool__(self) -> bool:
        """Whether it leaves anything out."""
        return self != EventFilter()

    def matches(self, event: Mapping[str, Any]) -> bool:
        """Whether the event is meant."""
        if self.about is not None and subject_of(event["action"]) != self.about:
            return False
        if self.person and self.person != event["actor"] and self.person not in event["facts"].values():
            return False
        return (self.since is None or event["at"] >= self.since) and (self.until is None or event["at"] < self.until)

    def as_text(self) -> str:
        """The filter as a text: the same filter always gives the same."""
        return "|".join(map(str, (self.about or "", self.person, self.since or "", self.until or "")))
