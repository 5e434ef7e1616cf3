"""Where metadata comes from: an address that an admin has typed, asked guardedly (``sso/oidc/fetch``)."""

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from latchkey.sso.model.findings import Why
from latchkey.sso.oidc.fetch import Fetched, Unreachable
from latchkey.sso.saml.metadata import Provider, the_provider_in
from latchkey.sso.saml.refusals import Refusal, Refused

_ACCEPT: Final = {"Accept": "application/samlmetadata+xml, application/xml;q=0.5, text/xml;q=0.5"}
_FORBIDDEN: Final = frozenset({"private", "https", "spelling"})
_OF_REFUSALS: Final[Mapping[Refusal, Why]] = {
    "keys": "missing",
    "sign_in": "missing",
    "ended": "expired",
    "entity": "other",
    "signature": "refused",
    "unsigned": "unsigned",
    "algorithm": "refused",
}
"""What a finding calls what is wrong with metadata; "unusable" for the rest."""


class Unread(Exception):
    """There is no metadata of the provider; ``why`` in a word of findings."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Why = why


class Fetch(Protocol):
    """``sso.oidc.fetch.fetch``, as far as it is used here."""

    def __call__(self, url: str, *, headers: Mapping[str, str] | None = None, local: tuple[str, ...] = ()) -> Fetched:
        """GET an address."""
        ...


class Source:
    """The web, and which origins of this machine count as its."""

    def __init__(self, fetch: Fetch, now: Callable[[], int], local: tuple[str, ...]) -> None:
        self._fetch = fetch
        self._now = now
        self._local = local

    def provider(self, url: str, entity_id: str = "", pinned: str = "") -> Provider:
        """The provider at an address, of this entity id if one is given; ``Unread`` otherwise.

        ``pinned``: the certificate with which the metadata has to be signed.
        """
        try:
            found = self._fetch(url, headers=_ACCEPT, local=self._local)
        except Unreachable as error:
            raise Unread(_of_fetch(error.why)) from None
        if found.status != 200:
            raise Unread("unreachable")
        try:
            return the_provider_in(found.body, entity_id, pinned, now=self._now(), local=self._local)
        except Refused as error:
            raise Unread(_OF_REFUSALS.get(error.reason, "unusable")) from None


def _of_fetch(why: str) -> Why:
    if why in _FORBIDDEN:
        return "forbidden_address"
    return "unusable" if why == "large" else "unreachable"
