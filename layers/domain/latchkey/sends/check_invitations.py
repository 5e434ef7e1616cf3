"""Look again, before invitations are mailed, which of them still stand: used, taken back, or no child at the school any more."""

from collections.abc import Mapping

from latchkey.invitations.model.invitation import Invitation
from latchkey.sends.model.mail_states import OPEN
from latchkey.sends.model.send import Chunk, Mail
from latchkey.sends.needs import System


def changed_invitations(system: System, school: str, chunk: Chunk) -> Mapping[int, frozenset[str]]:
    """Which invitations of a chunk's open mails are no longer as the send was planned for: ids by the place of their mail."""
    mails = {place: mail for place, mail in enumerate(chunk.mails) if mail.state in OPEN}
    ids = {account.person for mail in mails.values() for account in mail.accounts}
    if not ids:
        return {}
    found = system.invitations(school).standings(sorted(ids))
    children = {child for each in found.values() for child in each.children}
    standings = system.directory(school).standings(sorted(children))
    here = {each.id for each in standings.values() if each.role == "student" and each.status != "left"}
    gone = {place: frozenset(_gone(mail, found, here)) for place, mail in mails.items()}
    return {place: ids for place, ids in gone.items() if ids}


def _gone(mail: Mail, found: Mapping[str, Invitation], here: set[str]) -> list[str]:
    return [
        account.person
        for account in mail.accounts
        if (invitation := found.get(account.person)) is None
        or (invitation.version, invitation.stamp, invitation.email) != (account.version, account.stamp, mail.to)
        or invitation.problem is not None
        or not here.intersection(invitation.children)
    ]
