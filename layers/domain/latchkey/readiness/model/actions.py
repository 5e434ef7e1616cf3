"""What helps those who cannot log in: for each reason its buttons, each of which leads to a check with just its people chosen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from latchkey.people.model.person import Role
from latchkey.people.model.standings import Code, Reason

Leads = Literal["send", "invite", "slips", "letters", "addresses", "list", "doubles", "mail_doctor", "confirm"]
"""To the check of a message, of invitations of parents, of a file; or to a page where these people can be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One button: what it says, and what it leads to for those whom ``wanted`` (a filter) means."""

    leads: Leads
    label: str
    wanted: Mapping[str, str]

    @property
    def is_checked(self) -> bool:
        """Whether it asks for a check of something that could then be done, and not only for a page."""
        return self.leads in {"send", "invite", "slips", "letters"}


@dataclass(frozen=True, slots=True)
class _Those:
    """Those of a role with a reason: how many they are, and how many of them a link can be mailed to."""

    role: Role
    reason: Code
    count: int
    mailable: int

    @property
    def wanted(self) -> Mapping[str, str]:
        return {"role": self.role, "reason": self.reason}

    @property
    def these(self) -> str:
        return f"these {self.count:,}" if self.count != 1 else "this one"

    def lead(self, leads: Leads, label: str) -> Action:
        return Action(leads=leads, label=label, wanted=self.wanted)


_Make = Callable[[_Those], Action | None]


def actions_of(role: Role, reason: Reason, count: int, mailable: int) -> list[Action]:
    """What helps so many people of a role who cannot log in for a reason; the first of them helps most."""
    those = _Those(role, reason, count, mailable)
    found = (make(those) for make in _HELP[reason])
    return [action for action in found if action is not None]


def _send(verb: str) -> _Make:
    def make(those: _Those) -> Action | None:
        if not those.mailable:
            return None
        whom = those.these if those.mailable == those.count else f"the {those.mailable:,} with an address"
        return those.lead("send", f"{verb} {whom}")

    return make


def _link(leads: Leads, label: str) -> _Make:
    return lambda those: those.lead(leads, label)


def _slips(those: _Those) -> Action | None:
    """Slips have a student's PIN."""
    return those.lead("slips", f"Print slips for {those.these}") if those.role == "student" else None


def _letters(those: _Those) -> Action | None:
    return those.lead("letters", f"Print letters for {those.these}") if those.role == "student" else None


def _invite(those: _Those) -> Action | None:
    return those.lead("invite", "Invite their parents") if those.role == "student" else None


_ADD: Final = _link("addresses", "Add addresses")
_CORRECT: Final = _link("addresses", "Correct addresses")
_DOCTOR: Final = _link("mail_doctor", "Read the mail doctor")
_SEND: Final = _send("Send password links to")
_HELP: Final[Mapping[Reason, tuple[_Make, ...]]] = {
    "disabled": (_link("list", "Look at them"),),
    "locked": (_send("Unlock by a new link:"), _slips),
    "duplicate": (_link("doubles", "Look at the pairs"),),
    "link_unused": (_send("Remind"), _slips),
    "code_unused": (_send("Send password links to"), _slips, _letters),
    "complained": (_CORRECT, _slips, _letters),
    "dead_address": (_CORRECT, _slips, _letters),
    "school_filter": (_DOCTOR, _send("Send again to"), _slips),
    "our_fault": (_DOCTOR, _send("Send again to"), _slips),
    "unconfirmed": (_link("confirm", "See who, and ask again"), _slips),
    "link_expired": (_send("Send new links to"), _slips),
    "never_sent": (_SEND, _slips),
    "code_expired": (_slips, _letters, _ADD),
    "no_address_parent": (_slips, _invite, _ADD),
    "no_address": (_slips, _letters, _ADD),
}
