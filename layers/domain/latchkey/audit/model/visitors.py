"""Where a request comes from, as the audit trail says it: by a short mark, never by the address.

A doorway says once which address asks; every event that is recorded while it answers gets the mark. The mark is a MAC under the
school's key, so the same line has the same mark at one school, and nobody else can compute it or tell the address from it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from latchkey.shared.model.addresses import counted
from latchkey.shared.model.identifiers import lookup

LENGTH: Final = 10  # hex digits: of 10,000 lines two have the same mark once in 20,000 schools
_asking: ContextVar[str] = ContextVar("asking", default="")


@contextmanager
def asking(address: str) -> Iterator[None]:
    """While this lasts, somebody at this address asks."""
    token = _asking.set(address)
    try:
        yield
    finally:
        _asking.reset(token)


def who_asks() -> str:
    """The address that asks now; empty where nobody does, as in a worker."""
    return _asking.get()


def mark(key: bytes, address: str) -> str:
    """The mark of an address under a school's look-up key: an IPv4 address whole, an IPv6 address by its /64."""
    return lookup(key, "visitor", counted(address))[:LENGTH]
