"""Whom to invite: one rule for the files, the lists and the invitations to come (FORMATS of SIMS and Arbor agree on it).

By default the first contact and whoever has parental responsibility; where the MIS says who is a primary guardian, only those.
Never somebody with a court order or restricted access, nor the address of such a person, whatever an admin chooses.
"""

from collections.abc import Set as AbstractSet
from typing import Final, Literal

from latchkey.contacts.model.contact import Child

Whom = Literal["usual", "all"]
WHOM: Final[dict[Whom, str]] = {
    "usual": "the first contact, and those with parental responsibility",
    "all": "everybody in the file without a court order",
}
Why = Literal["court_order", "shared_address", "not_primary", "not_first"]
WHY: Final[dict[Why, str]] = {
    "court_order": "has a court order or restricted access",
    "shared_address": "has the same address as somebody with a court order or restricted access",
    "not_primary": "is not a primary guardian",
    "not_first": "is neither the first contact nor has parental responsibility",
}
HAS_ACCOUNT: Final = "has an account: they have used an invitation"
STATED: Final = ("priority", "responsibility", "primary", "restricted")


def why_not(child: Child, whom: Whom, stated: AbstractSet[str]) -> Why | None:
    """Why a parent is not invited for this child; None if they are. ``stated``: of which facts the file had a column at all."""
    if child.barred:
        return child.barred
    if whom == "all":
        return None
    if "primary" in stated:
        return None if child.primary else "not_primary"
    if not stated & {"priority", "responsibility"}:
        return None  # the file has nobody come first: it is a list of those whom the school chose
    return None if child.priority == 1 or child.responsible else "not_first"
