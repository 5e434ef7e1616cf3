"""A test of a few mailboxes: whether the school's mail arrives, before an evening on which it has to. It opens nothing.

Tried are addresses of the domains that the school's settings name, of people of the school, and the admin's own: the test is no
way to mail strangers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from latchkey.errors import Invalid
from latchkey.schools.model.school import School
from latchkey.sends.model.mail_states import MailState
from latchkey.shared.model.identifiers import email

MOST: Final = 3
FIELDS: Final = ("address", "address_2", "address_3")
"""The fields of the form; a script gives a list."""
Heard = Literal["delivered", "refused", "waiting", "not_sent"]
"""What is known of a test mail: taken by the other side's server, refused by it, nothing yet, or it never went."""
NOTHING: Final = "Nothing was sent."
FOREIGN: Final = "Only addresses of people here, of the domains in Settings, and your own can be tried."
_HEARD: Final[Mapping[MailState, Heard]] = {
    "delivered": "delivered",
    "complained": "delivered",
    "bounced": "refused",
    "failed": "not_sent",
    "expired": "not_sent",
    "cancelled": "not_sent",
    "skipped": "not_sent",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxTest:
    """The addresses that an admin (``created_by``, an id) has had tried; ``created_at`` in epoch seconds."""

    id: str
    created_at: int
    created_by: str
    addresses: tuple[str, ...]


def domains_in_settings(school: School) -> frozenset[str]:
    """The domains whose every mailbox may be tried."""
    return frozenset([*school.settings.student_domains.split(), *school.settings.staff_domains.split()])


def parse_addresses(fields: Mapping[str, Any]) -> dict[str, str]:
    """The addresses of a request, each once, with its field; ``Invalid`` names every field that cannot be used."""
    given = _given(fields)
    if not given:
        raise Invalid(NOTHING, fields={FIELDS[0]: "Give an address to try."})
    if len(given) > MOST:
        raise Invalid(NOTHING, fields={FIELDS[0]: f"Try at most {MOST} addresses at once."})
    found = {field: email(text) for field, text in given}
    wrong = {field: "This is no e-mail address, such as a.pupil@school.example." for field, each in found.items() if not each}
    if wrong:
        raise Invalid(NOTHING, fields=wrong)
    return {address: field for field, address in reversed(found.items()) if address}


def heard_of(state: MailState | None) -> Heard:
    """What is known of a test mail in this state; None: it is not planned yet."""
    return _HEARD.get(state, "waiting") if state is not None else "waiting"


def _given(fields: Mapping[str, Any]) -> list[tuple[str, Any]]:
    listed = fields.get("addresses")
    if isinstance(listed, list):
        names = FIELDS + tuple(f"address_{place + 1}" for place in range(MOST, len(listed)))
        return list(zip(names, listed, strict=False))
    return [(name, fields[name]) for name in FIELDS if _is_said(fields.get(name))]


def _is_said(value: object) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value is not None
