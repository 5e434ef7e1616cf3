"""Exchange a code for an ID token, and ask for what it lacks: the two requests that carry secrets to a provider."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote_plus, urlencode

from latchkey.sso.model.provider_errors import code_of
from latchkey.sso.oidc.providers import Discovery, Providers, Unavailable, object_of

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_CODE: Final = 4_096
_LONGEST_TOKEN: Final = 16_384


class Refused(Exception):
    """The token endpoint's no. ``error``: its word (``invalid_client``); ``code``: the same, or Microsoft's number."""

    def __init__(self, error: str, code: str) -> None:
        super().__init__(error)
        self.error, self.code = error, code


@dataclass(frozen=True, slots=True)
class Tokens:
    """What came; neither was looked at."""

    id_token: object
    access_token: str | None


def exchange(
    providers: Providers, discovery: Discovery, *, client_id: str, secret: str | None, code: str, redirect_uri: str, verifier: str
) -> Tokens:
    """The tokens for a code; ``Refused`` or ``Unavailable`` otherwise. ``secret`` None: a public client."""
    asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": verifier}
    headers = {}
    if secret is None:
        asked["client_id"] = client_id
    elif discovery.secret_in_form:
        asked |= {"client_id": client_id, "client_secret": secret}
    else:  # RFC 6749 2.3.1: both are encoded as in a form before they are joined
        both = f"{quote_plus(client_id)}:{quote_plus(secret)}"
        headers["Authorization"] = f"Basic {base64.b64encode(both.encode()).decode()}"
    answer = providers.ask(discovery.token, form=urlencode(asked).encode(), headers=headers)
    found = object_of(answer.body)
    if answer.status != 200:
        error = found.get("error")
        said = code_of(error, found.get("error_description"))
        raise Refused(code_of(error), said)
    token = found.get("access_token")
    usable = isinstance(token, str) and 0 < len(token) <= _LONGEST_TOKEN and token.isascii() and token.isprintable()
    return Tokens(found.get("id_token"), token if usable else None)


def userinfo(providers: Providers, discovery: Discovery, access_token: str | None) -> Mapping[str, Any]:
    """What the provider adds about whose token this is; nothing where it does not say."""
    if not discovery.userinfo or access_token is None or " " in access_token:
        return {}
    try:
        answer = providers.ask(discovery.userinfo, headers={"Authorization": f"Bearer {access_token}"})
        return object_of(answer.body) if answer.status == 200 else {}
    except Unavailable:
        return {}
