"""What cancelling a send does to its ledger, some chunks at a time: nothing waits any more, and links that are out are killed.

It runs after the send's state has turned, from when on no worker takes a chunk of it. It can be cut short and repeated at will.
"""

from latchkey.errors import NotFound, Poison
from latchkey.sends.control_send import CANCEL_STEP
from latchkey.sends.model.send import Chunk, Send
from latchkey.sends.model.send_actions import cancelled, to_revoke
from latchkey.sends.model.send_names import facts_of
from latchkey.sends.needs import System


def cancel_chunks(system: System, school: str, send_id: str, first: int) -> Send:
    """Cancel a hundred chunks, from this number on."""
    ledger, now = system.ledger(school), system.now()
    send = system.sends(school).get(send_id)
    if send is None or send.state != "cancelled":
        raise Poison("a cancellation of what is not cancelled")
    revoked = 0
    for number in range(first, min(first + CANCEL_STEP, send.chunks + 1)):
        try:
            chunk = ledger.amend(send_id, number, lambda found: cancelled(found, now), now)
        except NotFound:
            raise Poison("a chunk that does not exist") from None
        if send.revoke:
            revoked += _revoke(system, school, chunk)
    if revoked:
        system.audit(school).record("plan_send", "send.revoked", now, {**facts_of(send), "people": revoked})
    return send


def _revoke(system: System, school: str, chunk: Chunk) -> int:
    """Raise the credential version of everybody who still has the one that their link was made for; how many that were.

    Who has set a password since, or was revoked already, has another.
    """
    versions = {account.person: account.version for account in to_revoke(chunk)}
    if chunk.mail == "parent_invitation":
        return sum(system.invitations(school).raise_version(each, version) for each, version in versions.items())
    directory = system.directory(school)
    return sum(
        directory.raise_version(person.id, person.version)
        for person in directory.by_ids(versions)
        if person.version == versions[person.id]
    )
