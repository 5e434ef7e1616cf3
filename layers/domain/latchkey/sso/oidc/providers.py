"""What providers say of themselves: their discovery document and their keys, kept in memory and bounded.

    kept an hour ──▶ read anew ──▶ cannot be: the one before counts for a day ──▶ Unavailable
    a ``kid`` that is not among the keys: read anew, at most once a minute for each issuer, whoever sends such tokens

A provider that does not answer is asked again after fifteen seconds, not by everybody who comes meanwhile.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from latchkey.sso.model.web_addresses import NotAllowed, web_address
from latchkey.sso.oidc.fetch import Fetched, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

KEPT: Final = 3_600
STALE: Final = 86_400
NEW_KEYS_EVERY: Final = 60
FAILED_FOR: Final = 15
MOST_ISSUERS: Final = 64
MOST_KEYS: Final = 100
WELL_KNOWN: Final = "/.well-known/openid-configuration"


class Unavailable(Exception):
    """A provider's own facts cannot be had. ``why`` as ``Unreachable`` says it; or issuer, unusable."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What a provider says of itself; addresses that it does not name are empty. ``date``: its clock, as its answer said."""

    issuer: str
    authorization: str
    token: str
    keys: str
    userinfo: str = ""
    end_session: str = ""
    secret_in_form: bool = False
    says_issuer: bool = False
    date: str = ""


@dataclass(slots=True)
class _Known:
    """What is kept of an issuer; times are epoch seconds."""

    discovery: Discovery | None = None
    read_at: int = 0
    keys: tuple[Mapping[str, Any], ...] = ()
    keys_at: int = 0
    failed_at: int = 0
    why: str = ""
    keys_asked_at: int = 0
    keys_failed_at: int = 0


class Providers:
    """The providers that this container has met. ``ask`` is the guarded fetcher, ``local`` the origins of this machine."""

    def __init__(self, ask: Callable[..., Fetched], clock: Callable[[], int], local: tuple[str, ...] = ()) -> None:
        self._ask, self._clock, self._local = ask, clock, local
        self._known: OrderedDict[str, _Known] = OrderedDict()

    def discovery(self, issuer: str, *, fresh: bool = False) -> Discovery:
        """What the issuer says of itself; ``Unavailable`` if nobody can know. ``fresh``: read now, whatever is kept."""
        known, now = self._of(issuer), self._clock()
        if known.discovery is not None and not fresh and now - known.read_at < KEPT:
            return known.discovery
        if not fresh and now - known.failed_at < FAILED_FOR and known.discovery is None:
            raise Unavailable(known.why)
        try:
            known.discovery = discovery_of(self._json(f"{issuer.rstrip('/')}{WELL_KNOWN}"), issuer, self._local)
        except Unavailable as error:
            known.failed_at, known.why = now, error.why
            if fresh or known.discovery is None or now - known.read_at >= STALE:
                raise
            known.read_at = max(known.read_at, now - KEPT + FAILED_FOR)
        else:
            known.read_at = now
        return known.discovery

    def keys(self, issuer: str, kid: str | None, *, fresh: bool = False) -> Sequence[Mapping[str, Any]]:
        """The keys of an issuer; one with this ``kid`` that is not among them is looked for anew."""
        known, now = self._of(issuer), self._clock()
        old = not known.keys or now - known.keys_at >= KEPT
        missing = kid is not None and all(each.get("kid") != kid for each in known.keys)
        if not fresh and not old and not (missing and now - known.keys_asked_at >= NEW_KEYS_EVERY):
            return known.keys
        if not fresh and not known.keys and now - known.keys_failed_at < FAILED_FOR:
            raise Unavailable(known.why)
        known.keys_asked_at = now
        try:
            known.keys = keys_of(self._json(self.discovery(issuer, fresh=fresh).keys)[0])
        except Unavailable as error:
            known.keys_failed_at, known.why = now, error.why
            if fresh or not known.keys or now - known.keys_at >= STALE:
                raise
            known.keys_at = max(known.keys_at, now - KEPT + FAILED_FOR)
        else:
            known.keys_at = now
        return known.keys

    def ask(self, url: str, **more: Any) -> Fetched:
        """An answer of one of a provider's addresses; ``Unavailable`` where there is none."""
        try:
            return self._ask(url, local=self._local, **more)
        except Unreachable as error:
            raise Unavailable(error.why) from None

    def _of(self, issuer: str) -> _Known:
        known = self._known.pop(issuer, None) or _Known()
        self._known[issuer] = known
        while len(self._known) > MOST_ISSUERS:
            self._known.popitem(last=False)
        return known

    def _json(self, url: str) -> tuple[Mapping[str, Any], str]:
        answer = self.ask(url)
        if answer.status != 200:  # a fault of the server is over in a while; any other status is that of a wrong address
            raise Unavailable("refused" if answer.status >= 500 else "unusable")
        return object_of(answer.body), answer.date


def object_of(body: bytes) -> Mapping[str, Any]:
    """The JSON object of an answer; ``Unavailable`` where it is none."""
    try:
        found = json.loads(body)
        json.dumps(found, ensure_ascii=False).encode()  # fails on half a sign ("\\ud800"), which can be neither compared nor kept
    except (ValueError, RecursionError):
        raise Unavailable("unusable") from None
    if not isinstance(found, dict):
        raise Unavailable("unusable")
    return found


def discovery_of(answer: tuple[Mapping[str, Any], str], issuer: str, local: tuple[str, ...] = ()) -> Discovery:
    """A discovery document that can be used: of exactly this issuer, with addresses that may be asked."""
    found, date = answer
    if found.get("issuer") != issuer:
        raise Unavailable("issuer")
    named = {name: _address(found, name, local) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    if not all(named.values()):
        raise Unavailable("unusable")
    methods = found.get("token_endpoint_auth_methods_supported")
    return Discovery(
        issuer=issuer,
        authorization=named["authorization_endpoint"],
        token=named["token_endpoint"],
        keys=named["jwks_uri"],
        userinfo=_address(found, "userinfo_endpoint", local),
        end_session=_address(found, "end_session_endpoint", local),
        # Said nothing, it is the header (Discovery 3). The form has one spelling, where the header's is read in two.
        secret_in_form=isinstance(methods, list) and "client_secret_post" in methods,
        says_issuer=found.get("authorization_response_iss_parameter_supported") is True,
        date=date,
    )


def _address(found: Mapping[str, Any], name: str, local: tuple[str, ...]) -> str:
    value = found.get(name)
    if value is None or value == "":
        return ""
    try:
        web_address(value if isinstance(value, str) else "", local)
    except NotAllowed as error:
        raise Unavailable(error.why) from None
    return str(value)


def keys_of(found: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """The keys of a JWKS; ``Unavailable`` where there is none."""
    keys = found.get("keys")
    if not isinstance(keys, list):
        raise Unavailable("unusable")
    usable = tuple(each for each in keys[:MOST_KEYS] if isinstance(each, dict))
    if not usable:
        raise Unavailable("unusable")
    return usable
