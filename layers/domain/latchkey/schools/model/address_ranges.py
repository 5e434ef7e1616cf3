"""From which addresses of the internet a school's own network comes: who signs in from any other signs in from outside."""

import re
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

MOST: Final = 50
_LARGEST: Final = {4: 16, 6: 32}  # prefix lengths: more than that is no school, and would make everybody an insider
_INSIDE: Final = tuple(
    map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "fc00::/7", "fe80::/10"))
)
HINT: Final = "Your network’s provider, or the people who look after your firewall, know them."


class NoRange(ValueError):
    """This cannot be a range of addresses; the text says why."""


def read(values: Sequence[str]) -> tuple[str, ...]:
    """The ranges as they are kept: each once, ``203.0.113.7`` as ``203.0.113.7/32``; ``NoRange`` names the first that is none."""
    found = dict.fromkeys(str(_range(value)) for value in values)
    if len(found) > MOST:
        raise NoRange(f"Give at most {MOST} ranges of addresses.")
    return tuple(found)


def typed(text: str) -> list[str]:
    """The ranges in what somebody typed, however they are separated."""
    return [part for part in re.split(r"[\s,;]+", text) if part]


def is_inside(ranges: Sequence[str], address: str) -> bool | None:
    """Whether this address is the school's own; None where nobody has said which are, or this is no address."""
    if not ranges:
        return None
    try:
        asked = ip_address(address)
    except ValueError:
        return None
    if isinstance(asked, IPv6Address) and asked.ipv4_mapped is not None:
        asked = asked.ipv4_mapped
    return any(asked in ip_network(each) for each in ranges)


def _range(value: str) -> IPv4Network | IPv6Network:
    shown = value.strip()[:45]
    try:
        found = ip_network(value.strip(), strict=False)
    except ValueError:
        raise NoRange(f"{shown} is no range of addresses. Write them like 203.0.113.0/24 or 2001:db8:12::/48.") from None
    if any(found.network_address in each and found.prefixlen >= each.prefixlen for each in _INSIDE):
        raise NoRange(f"{shown} is used inside networks only, and nobody arrives here from it. Give the public addresses. {HINT}")
    if found.prefixlen < _LARGEST[found.version]:
        raise NoRange(f"{shown} is more than one school’s network: give ranges of /{_LARGEST[found.version]} or smaller.")
    return found
