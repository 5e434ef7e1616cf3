"""Why an answer or a provider's metadata is not taken."""

from typing import Final, Literal

Refusal = Literal[
    "unreadable",  # no XML that we would read
    "shape",  # not one response with one assertion, each where it belongs
    "encrypted",  # an assertion, a name or an attribute is encrypted
    "algorithm",  # SHA-1, HMAC, or whatever else we do not take
    "unsigned",  # nothing is signed
    "signature",  # signed by another key, or changed since
    "issuer",  # of another provider
    "audience",  # made for another school or another service
    "recipient",  # made for another address
    "time",  # from another time: too old, or a clock is wrong
    "attempt",  # no answer to what this browser has asked for
    "again",  # used before
    "subject",  # says nothing of who it is that stays the same
    "scope",  # says somebody of another school
    "forced",  # asked to sign in anew, and has not
    "declined",  # the provider says that it has not signed anybody in
    "entity",  # metadata of another provider
    "keys",  # metadata without a certificate that we take
    "sign_in",  # metadata without an address where people sign in
    "ended",  # metadata whose time is over
]
ALL: Final[tuple[str, ...]] = Refusal.__args__  # type: ignore[attr-defined]


class Refused(Exception):
    """An answer or metadata is not taken. ``reason`` is a word of ours; nothing of what was refused is in it."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason: Refusal = reason
