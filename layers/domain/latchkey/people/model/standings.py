"""The words for whether somebody could log in from home tomorrow; ``roll.model.standing`` says which of them is whose."""

from typing import Final, Literal, get_args

Grade = Literal["signed_in_outside", "signed_in", "sso", "password_unused", "sso_unused"]
"""How we know that somebody can log in, the best proof first."""
Reason = Literal[
    "disabled",
    "locked",
    "duplicate",
    "link_unused",
    "code_unused",
    "complained",
    "dead_address",
    "school_filter",
    "our_fault",
    "unconfirmed",
    "link_expired",
    "never_sent",
    "code_expired",
    "no_address_parent",
    "no_address",
]
"""Why somebody cannot, in the order of the rule."""
Code = Grade | Reason
GRADES: Final[tuple[Grade, ...]] = get_args(Grade)
REASONS: Final[tuple[Reason, ...]] = get_args(Reason)
CODES: Final[tuple[Code, ...]] = (*GRADES, *REASONS)
Standing = Literal["ready", "not_ready"]
STANDINGS: Final[tuple[Standing, ...]] = get_args(Standing)
