"""What a mail needs of a person, which mails there are, and why SES may fail to send one."""

from dataclasses import dataclass
from typing import Final, Literal

from latchkey.people.model.person import Person

MailName = Literal["welcome", "reset", "forgot", "password_changed"]
"""Mails about accounts."""
NoticeName = Literal["settings_waiting", "settings_changed", "send_waiting", "approval_off"]
"""Mails that tell admins what has happened at their school."""
CHUNK_MAILS: Final = 50  # SES: SendBulkEmail takes at most 50 destinations a call
Failure = Literal["refused", "expired", "sender", "not_sent"]
FAIL_REASONS: Final[dict[Failure, str]] = {
    "refused": "the mail service refused the address or the mail",
    "expired": "the link would have expired before the mail went out",
    "sender": "the mail service does not accept mail from this site's sender; tell whoever runs it",
    "not_sent": "the mail service could not send the mail",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailAccount:
    """One person inside a mail, frozen when the send was planned; everything that the link depends on."""

    person: str
    name: str
    role: str
    login: str
    version: int
    stamp: str


def account_of(person: Person) -> MailAccount:
    """What a mail needs of a person."""
    return MailAccount(
        person=person.id,
        name=person.name,
        role=person.role,
        login=person.username or person.email or "",
        version=person.version,
        stamp=person.stamp,
    )
