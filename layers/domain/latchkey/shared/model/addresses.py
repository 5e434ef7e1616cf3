"""Visitors' addresses, as limits count them."""

import ipaddress
from typing import Final

from latchkey.shared.model.identifiers import lookup

UNKNOWN: Final = "unknown"
"""Stands for every text that is no address, so that nobody gains a budget by sending nonsense."""
_OF_A_HOME: Final = 64  # bits; a provider gives one line at least so many IPv6 addresses


def counted(address: str) -> str:
    """What a limit counts: an IPv4 address whole (IPv6 around it or not), an IPv6 address by its /64."""
    try:
        found = ipaddress.ip_address(address.strip().partition("%")[0])  # without a zone, which says nothing elsewhere
    except ValueError:
        return UNKNOWN
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((found, _OF_A_HOME), strict=False))


def visitor(key: bytes, address: str) -> str:
    """The look-up key of a visitor, under a school's key: what counters and queue messages hold in place of an address."""
    return lookup(key, "address", counted(address))
