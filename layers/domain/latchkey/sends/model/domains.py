"""How the mail of a school fares by receiving domain: counted as the ledger moves, for a bounded number of domains.

People are counted, not mails. ``sent`` are those of whose mail SES has said more than that it took it; ``used`` those who set a
password, by the notice that goes to their address. Where a ledger's fact changes (delivered, and sent back later), the counts
move with it. The domains with the most people are kept; the rest are one line, ``OTHER``, so that addresses that a stranger
invents cannot make the list grow, or push out a domain that the school really mails.

A domain that took the mail of ``SILENT`` people and of which nobody has set a password since is *silent*: delivered to where
nobody sees it, as a rule by a filter. Since when it is so is kept with the counts; after a day it is said.
"""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field
from typing import Final

from latchkey.schools.model.school import DAY
from latchkey.sends.model.refusals import fault_of
from latchkey.sends.model.send import Chunk, Mail

MOST: Final = 100
OTHER: Final = "other"
"""Stands for all domains beyond the first ``MOST``; no domain of an address is called so, for it has no dot."""
SILENT: Final = 50
"""People to whom mail was delivered: of so many somebody uses a link within a day, unless nobody sees it."""
_LONGEST: Final = 253
_HEARD_OF: Final = frozenset({"delayed", "delivered", "bounced", "complained"})
_DELIVERED: Final = frozenset({"delivered", "complained"})


@dataclass(frozen=True, slots=True)
class DomainCounts:
    """People by what became of their mail."""

    sent: int = 0
    delivered: int = 0
    used: int = 0
    refused_by_us: int = 0
    refused_by_filter: int = 0
    dead: int = 0

    def plus(self, other: "DomainCounts", times: int = 1) -> "DomainCounts":
        """Both together; with ``times`` -1 the difference."""
        return DomainCounts(*(mine + times * its for mine, its in zip(astuple(self), astuple(other), strict=True)))


NOTHING: Final = DomainCounts()
Moves = Mapping[str, DomainCounts]


@dataclass(frozen=True, slots=True)
class Domains:
    """What is counted of a school: since when (epoch seconds; 0: nothing yet), counts by domain, since when some are silent."""

    since: int
    counts: Mapping[str, DomainCounts]
    silent_since: Mapping[str, int] = field(default_factory=dict)

    def silent(self, now: int) -> list[tuple[str, int]]:
        """The domains that are silent for a day, with how many people their mail was delivered to; most first."""
        found = [
            (domain, counts.delivered)
            for domain, counts in self.counts.items()
            if is_silent(domain, counts) and now - self.silent_since.get(domain, self.since) >= DAY
        ]
        return sorted(found, key=lambda each: (-each[1], each[0]))


def is_silent(domain: str, counts: DomainCounts) -> bool:
    """Whether a domain has taken the mail of many, of whom nobody has used it."""
    return domain != OTHER and counts.delivered >= SILENT and counts.used <= 0


def silent_since(before: Domains, counts: Moves, now: int) -> dict[str, int]:
    """Since when which domains are silent, once the counts are these."""
    return {domain: before.silent_since.get(domain, now) for domain, each in counts.items() if is_silent(domain, each)}


def domain_of(address: str) -> str:
    """The domain of an address, in lower case; ``OTHER`` where it has none that could be shown."""
    domain = address.rpartition("@")[2].strip().rstrip(">.").casefold()
    return domain if "." in domain and len(domain) <= _LONGEST and domain.isprintable() else OTHER


def moves(before: Chunk, after: Chunk) -> dict[str, DomainCounts]:
    """By how much the counts of each domain move when a chunk changes; nothing for domains that do not."""
    found: dict[str, DomainCounts] = {}
    for chunk, times in ((before, -1), (after, 1)):
        for place, mail in enumerate(chunk.mails):
            counts = _counts(chunk, mail, place)
            if counts != NOTHING:
                domain = domain_of(mail.to)
                found[domain] = found.get(domain, NOTHING).plus(counts, times)
    return {domain: counts for domain, counts in found.items() if counts != NOTHING}


def merged(counts: Moves, more: Iterable[Moves], most: int = MOST) -> dict[str, DomainCounts]:
    """The counts after these moves; the smallest domains beyond ``most`` are folded into ``OTHER``."""
    found = dict(counts)
    for each in more:
        for domain, moved in each.items():
            found[domain] = found.get(domain, NOTHING).plus(moved)
    named = sorted((domain for domain in found if domain != OTHER), key=lambda each: (-_weight(found[each]), each))
    rest = found.pop(OTHER, NOTHING)
    for domain in named[most:]:
        rest = rest.plus(found.pop(domain))
    return found | ({OTHER: rest} if rest != NOTHING else {})


def in_order(counts: Moves) -> list[tuple[str, DomainCounts]]:
    """The domains, most people first, and ``OTHER`` last; a count that a folded domain has left below zero is zero."""
    shown = [(domain, DomainCounts(*(max(0, each) for each in astuple(found)))) for domain, found in counts.items()]
    return sorted(shown, key=lambda each: (each[0] == OTHER, -_weight(each[1]), each[0]))


def _weight(counts: DomainCounts) -> int:
    return max(counts.sent, counts.used)


def _counts(chunk: Chunk, mail: Mail, place: int) -> DomainCounts:
    if chunk.test or chunk.mail == "test_mail" or mail.state not in _HEARD_OF:
        return NOTHING
    people = len(mail.accounts)
    if chunk.mail == "password_changed":  # the second mail of such a chunk goes to the address that was replaced
        return DomainCounts(used=people if place == 0 else 0)
    fault = fault_of(mail.reason) if mail.state == "bounced" else None
    return DomainCounts(
        sent=people,
        delivered=people if mail.state in _DELIVERED else 0,
        refused_by_us=people if fault == "our_fault" else 0,
        refused_by_filter=people if fault == "school_filter" else 0,
        dead=people if fault == "dead_address" else 0,
    )
