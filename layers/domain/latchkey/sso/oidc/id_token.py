"""An ID token: bounded before it is parsed, its algorithm and key decided here and never by the token.

    text ≤ 16 kB, three parts ──▶ header: RS256, ES256 or PS256, a ``kid`` ──▶ the issuer's key of that id and kind ──▶ signature
                                  (jwk, jku, x5u, x5c are never looked at; crit and b64 are refused)

PyJWT verifies the signature; the claims are ``sso.model.claims``'.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import TYPE_CHECKING, Any, Final, NoReturn

from latchkey.sso.model.claims import Claims, Rejected

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

LONGEST: Final = 16_384
ALGORITHMS: Final = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}
"""What is accepted, and the kind of key that each takes."""
_PARTS: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)
_REFUSED: Final = frozenset({"crit", "b64", "enc", "zip"})
_LONGEST_KID: Final = 256
_SMALLEST_RSA: Final = 2_048
_LARGEST_RSA: Final = 8_192


def claims_of(token: object, keys: Callable[[str | None], Sequence[Mapping[str, Any]]]) -> Claims:
    """The claims of a token whose signature is right; ``Rejected`` otherwise.

    ``keys`` gives the issuer's keys for a ``kid`` (None: the token names none, so there may be only one that fits).
    """
    if not isinstance(token, str) or len(token) > LONGEST or not _PARTS.fullmatch(token):
        raise Rejected("malformed")
    head, body, _ = token.split(".")
    header = _object(head)
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS or _REFUSED & header.keys():
        raise Rejected("algorithm")
    if header.get("typ", "JWT") not in ("JWT", "jwt"):
        raise Rejected("malformed")
    if kid is not None and not (isinstance(kid, str) and 0 < len(kid) <= _LONGEST_KID):
        raise Rejected("malformed")
    fitting = [each for each in keys(kid) if fits(each, algorithm) and (kid is None or each.get("kid") == kid)]
    if len(fitting) != 1:
        raise Rejected("key")
    _verify(token, fitting[0], algorithm)
    return _object(body)


def fits(key: Mapping[str, Any], algorithm: str) -> bool:
    """Whether a key of a JWKS may verify this algorithm: of its kind, for signatures, and of no other algorithm."""
    if key.get("kty") != ALGORITHMS[algorithm] or key.get("use", "sig") != "sig" or key.get("alg", algorithm) != algorithm:
        return False
    operations = key.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        return False
    if key["kty"] == "EC":
        return key.get("crv") == "P-256"
    try:
        return _SMALLEST_RSA <= int.from_bytes(_decoded(key.get("n"))).bit_length() <= _LARGEST_RSA
    except Rejected:
        return False


def _verify(token: str, key: Mapping[str, Any], algorithm: str) -> None:
    import jwt

    public = {name: key[name] for name in ("kty", "n", "e", "crv", "x", "y") if name in key}  # never a private part
    try:
        made = jwt.PyJWK(public, algorithm)
    except (jwt.PyJWTError, ValueError, TypeError):
        raise Rejected("key") from None
    try:
        jwt.PyJWS(algorithms=[algorithm]).decode(token, made, algorithms=[algorithm])
    except jwt.InvalidSignatureError:
        raise Rejected("signature") from None
    except (jwt.PyJWTError, ValueError, TypeError):
        raise Rejected("malformed") from None


def _object(part: str) -> dict[str, Any]:
    """The JSON object of a part; a name that comes twice, a number that is none, or another kind of value is refused."""
    try:
        found = json.loads(_decoded(part).decode(), object_pairs_hook=_once, parse_constant=_no_constant)
        json.dumps(found, ensure_ascii=False).encode()  # fails on half a sign ("\\ud800"), which can be neither compared nor kept
    except (ValueError, RecursionError):
        raise Rejected("malformed") from None
    if not isinstance(found, dict):
        raise Rejected("malformed")
    return found


def _decoded(text: object) -> bytes:
    """Base64url as it has exactly one form: no padding, no stray bits."""
    if not isinstance(text, str) or not text.isascii():
        raise Rejected("malformed")
    try:
        found = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Rejected("malformed") from None
    if base64.urlsafe_b64encode(found).rstrip(b"=").decode() != text.rstrip("="):
        raise Rejected("malformed")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
