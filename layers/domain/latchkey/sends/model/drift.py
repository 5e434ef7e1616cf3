"""Who is no longer as a send was planned for: decided anew before each chunk is mailed, because a send can wait for days.

A link depends on its person's version and stamp, a mail on the address, and whether there is one at all on status and sign-in.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from latchkey.mail.model.account import CONFIRMS, NOTICES
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.sends.model.mail_states import CHANGED, CHANGED_IN_HAND, Fact
from latchkey.sends.model.send import Chunk, Mail, skip_reason

Changed: TypeAlias = Callable[[Chunk], Mapping[int, frozenset[str]]]
"""Whose mail no longer fits them: ids of people by the place of their mail in a chunk."""
DRIFTED: Final = frozenset({CHANGED, CHANGED_IN_HAND})


def nobody(_chunk: Chunk) -> Mapping[int, frozenset[str]]:
    """Nobody has changed: for chunks whose people are not looked up."""
    return {}


def is_decided_anew(chunk: Chunk) -> bool:
    """Whether a chunk's people are looked up again.

    Not for notices, which are about what was and go to a former address too, nor for a test, whose link does not work.
    """
    is_news = chunk.mail in NOTICES and chunk.mail != "parent_code_ready"
    return not is_news and chunk.notice is None and not chunk.test


def changed_in(mail: Mail, people: Mapping[str, Person], school: School) -> frozenset[str]:
    """The ids of those of a mail's people whom it no longer fits. ``people`` as they are now, by id; who is missing is gone."""
    return frozenset(
        account.person
        for account in mail.accounts
        if (person := people.get(account.person)) is None
        or (person.version, person.stamp, person.email) != (account.version, account.stamp, mail.to)
        or skip_reason(person, school) is not None
    )


def changed_for(chunk: Chunk, mail: Mail, people: Mapping[str, Person], school: School) -> frozenset[str]:
    """The ids of those whom one of a chunk's mails no longer fits; see ``changed_in``.

    A mail that asks for a confirmation fits while the account is there and has the address or waits for it: its link says more
    than that itself.
    """
    if chunk.mail not in CONFIRMS:
        return changed_in(mail, people, school)
    return frozenset(
        account.person
        for account in mail.accounts
        if (person := people.get(account.person)) is None
        or (person.version, person.status) != (account.version, "active")
        or mail.to not in {person.email, person.new_email.email if person.new_email else None}
    )


def without(mail: Mail, gone: frozenset[str], now: int) -> tuple[Mail, Mail | None]:
    """A mail that is still ``planned`` without these people, and (None: it is the same) one that says they are skipped."""
    stay = tuple(account for account in mail.accounts if account.person not in gone)
    left = tuple(account for account in mail.accounts if account.person in gone)
    skipped = Fact("skipped", CHANGED, now)
    if not stay:
        return mail.with_fact(skipped), None
    return Mail(to=mail.to, accounts=stay, at=mail.at), Mail(to=mail.to, accounts=left, at=now).with_fact(skipped)


def changed_of(chunk: Chunk) -> int:
    """How many people of a chunk were skipped because they had changed."""
    return sum(len(mail.accounts) for mail in chunk.mails if mail.state == "skipped" and mail.reason in DRIFTED)
