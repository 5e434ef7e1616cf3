"""What a person has beside the password, and the rules about it."""

from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

Way = Literal["totp", "passkey"]
"""What can be added. Recovery codes come with the first of them."""
MOST: Final = 10
"""Factors of one person: phones and keys that people really have, and an item that stays small."""
LONGEST_NAME: Final = 50
WAITS: Final = 600
"""Seconds that somebody has to finish adding a factor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totp:
    """An app's codes. The secret is computed from ``salt``; ``step`` is the last one of which a code was taken."""

    id: str
    name: str
    added_at: int
    used_at: int = 0
    salt: str
    step: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """A passkey. ``credential`` is its id, ``public_key`` a COSE key; ``counter`` 0: it has none, as all that are synced.

    ``party`` is the domain that it was made for: another one can never use it. ``backup_eligible``: it may be on several devices;
    ``backed_up``: it is. ``alone``: it was made in place of a password, and is a way in, not a step after the password.
    """

    id: str
    name: str
    added_at: int
    used_at: int = 0
    credential: bytes
    public_key: bytes
    counter: int
    party: str
    transports: tuple[str, ...] = ()
    backup_eligible: bool = False
    backed_up: bool = False
    alone: bool = False


PHONE: Final = "phone"
"""The kind of a passkey in place of a password, as the person's item says it."""
Factor: TypeAlias = Totp | Passkey


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A factor that is being added, in one session: a salt for an app, a challenge for a passkey. ``until`` in epoch seconds."""

    id: str
    way: Way
    name: str
    session: str
    until: int
    salt: str = ""
    challenge: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """All of a person's. ``recovery`` are hashes of the recovery codes that are left; ``revision`` counts the changes."""

    person: str
    revision: int = 0
    all: tuple[Factor, ...] = ()
    recovery: tuple[str, ...] = ()
    waiting: Waiting | None = None

    @property
    def totps(self) -> list[Totp]:
        """The apps."""
        return [each for each in self.all if isinstance(each, Totp)]

    def passkeys(self, party: str) -> list[Passkey]:
        """The passkeys that work for a domain."""
        return [each for each in self.all if isinstance(each, Passkey) and each.party == party]

    def ways(self, party: str) -> tuple[str, ...]:
        """How this person can show a second factor; none: they have none."""
        if not self.all:
            return ()
        found = {"passkey": bool(self.passkeys(party)), "totp": bool(self.totps), "recovery": bool(self.recovery)}
        return tuple(way for way, there in found.items() if there)

    @property
    def steps(self) -> tuple[Factor, ...]:
        """Those that were added as a second step: not a passkey in place of a password."""
        return tuple(each for each in self.all if not (isinstance(each, Passkey) and each.alone))

    @property
    def kinds(self) -> tuple[str, ...]:
        """What the person's item says of them."""
        there = {
            "passkey": any(isinstance(each, Passkey) for each in self.steps),
            "totp": bool(self.totps),
            PHONE: len(self.steps) < len(self.all),
        }
        return tuple(way for way, has in there.items() if has)

    def with_one(self, factor: Factor) -> "Factors":
        """With a factor that was added, or is as it is now."""
        others = tuple(each for each in self.all if each.id != factor.id)
        before = next((place for place, each in enumerate(self.all) if each.id == factor.id), len(others))
        return replace(self, all=(*others[:before], factor, *others[before:]))

    def without(self, factor: str) -> "Factors":
        """Without one of them. With the last second step the recovery codes go, too: they stand in for nothing any more."""
        left = replace(self, all=tuple(each for each in self.all if each.id != factor))
        return left if left.steps else replace(left, recovery=())
