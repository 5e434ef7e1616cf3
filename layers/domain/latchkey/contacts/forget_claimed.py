"""Contacts forget a parent who has used their invitation: they have an account now, which says who they are."""

from latchkey.contacts.needs import System


def forget_claimed(system: System, school: str, invitation: str) -> int:
    """Take names, address and telephones out of the kept parents whom a used invitation stands for; of how many.

    It may be done twice, and an invitation that is not used, or gone, changes nothing.
    """
    found = system.invitations(school).get(invitation)
    if found is None or found.status != "used":
        return 0
    kept = system.kept_parents(school)
    return sum(kept.claim(run, parent) for run, parent in found.kept)
