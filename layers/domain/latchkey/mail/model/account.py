"""What a mail needs of a person, which mails there are, and why SES may fail to send one."""

from typing import Final, Literal

from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.schools.model.waiting import NoticeKind
from latchkey.shared.model.quick import quick

MailName = Literal[
    "welcome",
    "reset",
    "forgot",
    "password_changed",
    "email_replaced",
    "email_given",
    "pin_shown",
    "parent_code_ready",
    "confirm_address",
    "address_known",
    "factor_added",
    "factor_removed",
    "parent_invitation",
    "test_mail",
]
"""Mails about accounts."""
NOTICES: Final[frozenset[str]] = frozenset(
    {
        "password_changed",
        "email_replaced",
        "email_given",
        "pin_shown",
        "parent_code_ready",
        "factor_added",
        "factor_removed",
        "test_mail",
    }
)
"""Mails to a person that tell what has happened, or where something stands. They carry no link, to teach nobody to follow one."""
CONFIRMS: Final[frozenset[str]] = frozenset({"confirm_address", "address_known"})
"""Mails whose link confirms the address that they went to, and sets no password. Nothing else goes to an unconfirmed address."""
NoticeName = NoticeKind
"""Mails that tell admins what has happened at their school."""
CHUNK_MAILS: Final = 50  # SES: SendBulkEmail takes at most 50 destinations a call
Failure = Literal["refused", "expired", "sender", "not_sent"]
FAIL_REASONS: Final[dict[Failure, str]] = {
    "refused": "the mail service refused the address or the mail",
    "expired": "the link would have expired before the mail went out",
    "sender": "the mail service does not accept mail from this site's sender; tell whoever runs it",
    "not_sent": "the mail service could not send the mail",
}


@quick(frozen=True, slots=True, kw_only=True)
class MailAccount:
    """One person inside a mail, frozen when the send was planned; everything that the link depends on.

    ``unconfirmed``: nobody has shown that they read the address, so the mail says nothing that was typed with it.
    ``children``: the first names of a parent's children, where a mail has to say which of several accounts is meant. They are
    looked up when the mail goes out, and kept nowhere.
    """

    person: str
    name: str
    role: str
    login: str
    version: int
    stamp: str
    unconfirmed: bool = False
    children: tuple[str, ...] = ()

    @property
    def name_is_typed(self) -> bool:
        """Whether the name may be what somebody typed beside the address; a student's is the school's own."""
        return self.unconfirmed and self.role != "student"


def account_of(person: Person, school: School) -> MailAccount:
    """What a mail needs of a person of this school."""
    return MailAccount(
        person=person.id,
        name=school.name_of(person),
        role=person.role,
        login=person.username or person.email or "",
        version=person.version,
        stamp=person.stamp,
        unconfirmed=person.address_is_unconfirmed,
    )


def masked(email: str) -> str:
    """An address in part, for whoever had the account's address before: ``n***@m***.example``.

    Its owner knows their own other address by it. A stranger who has the old mailbox by now, or somebody whom the owner keeps
    away from, does not learn where mail reaches them; the domain is masked because it can be as personal as the name.
    """
    name, _, domain = email.rpartition("@")
    return f"{name[:1]}***@{domain[:1]}***.{domain.rpartition('.')[2]}"
