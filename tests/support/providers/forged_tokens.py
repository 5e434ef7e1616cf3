"""Forged and odd ID tokens by what is wrong with each. None of them may open anything."""

import json
from collections.abc import Callable
from typing import Any, Final

from tests.support.providers.hostile import Asked, Hostile, without_none
from tests.support.providers.jose import b64, maced, public_der, public_jwk, public_pem, signed, unsigned, written

Make = Callable[[Hostile, Asked], str]
HUGE: Final = 300_000


def _header(hostile: Hostile, **more: Any) -> dict[str, Any]:
    return without_none({"alg": "RS256", "kid": hostile.kid, "typ": "JWT", **more})


def _says(**claims: Any) -> Make:
    """Signed with the right key, but it says this."""
    return lambda h, asked: signed(without_none(h.honest_claims(asked) | claims), _header(h), h.key)


def _at(**seconds: float | None) -> Make:
    """Signed with the right key, with these times relative to now."""

    def make(h: Hostile, asked: Asked) -> str:
        times = {name: None if each is None else int(h.now() + each) for name, each in seconds.items()}
        return signed(without_none(h.honest_claims(asked) | times), _header(h), h.key)

    return make


def _heads(**header: Any) -> Make:
    """Signed with the right key, under a header that says this too."""
    return lambda h, asked: signed(h.honest_claims(asked), _header(h, **header), h.key)


def _by_other_key(**header: Any) -> Make:
    """Signed with the attacker's key; the header may name where to find it."""

    def make(h: Hostile, asked: Asked) -> str:
        told = {name: value(h) if callable(value) else value for name, value in header.items()}
        return signed(h.honest_claims(asked), _header(h, **told), h.other_key)

    return make


def _none(alg: str, signature: str = "") -> Make:
    return lambda h, asked: unsigned(h.honest_claims(asked), _header(h, alg=alg), signature)


def _hmac(secret: Callable[[Hostile], bytes]) -> Make:
    return lambda h, asked: maced(h.honest_claims(asked), _header(h, alg="HS256"), secret(h))


def _raw(payload: Callable[[bytes], bytes]) -> Make:
    """Signed with the right key over a payload that is not quite JSON."""
    return lambda h, asked: signed(payload(written(h.honest_claims(asked))), _header(h), h.key)


def _changed(change: Callable[[str], str]) -> Make:
    return lambda h, asked: change(h.honest_token(asked))


def _twice(name: str, value: Any) -> Make:
    """A claim stands twice: readers differ in which one counts."""
    return _raw(lambda payload: b'{"%s":%s,' % (name.encode(), json.dumps(value).encode()) + payload[1:])


def _with_part(number: int, text: str) -> Callable[[str], str]:
    def change(token: str) -> str:
        parts = token.split(".")
        parts[number] = text
        return ".".join(parts)

    return change


def _tampered(token: str) -> str:
    header, payload, signature = token.split(".")
    return f"{header}.{b64(written({'sub': 'somebody else'}))}.{signature}" if payload else token


def _nested(h: Hostile, asked: Asked) -> str:
    return signed(h.honest_token(asked).encode(), _header(h, cty="JWT"), h.key)


def _detached(h: Hostile, asked: Asked) -> str:
    header, _, signature = h.honest_token(asked).split(".")
    return f"{header}..{signature}"


def _unencoded(h: Hostile, asked: Asked) -> str:
    """RFC 7797: the payload as it is, signed as it is."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    header = b64(written(_header(h, b64=False, crit=["b64"])))
    payload = written(h.honest_claims(asked)).decode()
    signature = h.key.sign(f"{header}.{payload}".encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{header}.{payload}.{b64(signature)}"


def _as_json(h: Hostile, asked: Asked) -> str:
    protected, payload, signature = h.honest_token(asked).split(".")
    return json.dumps({"payload": payload, "signatures": [{"protected": protected, "signature": signature}]})


def _jwks_uri(h: Hostile) -> str:
    h.plan.pages["/theirs"] = (200, {"Content-Type": "application/json"}, written({"keys": [public_jwk(h.other_key, "theirs")]}))
    return f"{h.issuer}/theirs"


FORGED: Final[dict[str, Make]] = {
    "unsigned": _none("none"),
    "unsigned, spelt otherwise": _none("nOnE"),
    "unsigned, with a signature all the same": _none("none", "AAAA"),
    "unsigned, and the algorithm is empty": _none(""),
    "no algorithm": lambda h, asked: signed(h.honest_claims(asked), {"kid": h.kid}, h.key),
    "the algorithm is no text": _heads(alg=["RS256"]),
    "the public key as a password": _hmac(lambda h: public_pem(h.key)),
    "the public key as a password, without its last line": _hmac(lambda h: public_pem(h.key).rstrip()),
    "the public key as a password, in its binary form": _hmac(lambda h: public_der(h.key)),
    "the published key as a password": _hmac(lambda h: json.dumps(public_jwk(h.key, h.kid)).encode()),
    "an empty password": _hmac(lambda _: b""),
    "an algorithm that is not the key's": _heads(alg="ES256"),
    "a type that is no text": _heads(typ=["JWT"]),
    "a type of another use": _heads(typ="at+jwt"),
    "another hash than is allowed": _heads(alg="RS1"),
    "brings its own key": _by_other_key(jwk=lambda h: public_jwk(h.other_key, h.kid)),
    "brings its own key under a name of its own": _by_other_key(kid="theirs", jwk=lambda h: public_jwk(h.other_key, "theirs")),
    "says where its keys are": _by_other_key(kid="theirs", jku=_jwks_uri),
    "says where its certificate is": _by_other_key(kid="theirs", x5u=_jwks_uri),
    "brings a certificate": _by_other_key(kid="theirs", x5c=["MIIB"]),
    "the right name of a key and another key": _by_other_key(),
    "an unknown key": _by_other_key(kid="theirs"),
    "a key without a name": _by_other_key(kid=None),
    "the name of a key is a path": _by_other_key(kid="../../../../dev/null"),
    "the name of a key is no text": _by_other_key(kid={"k": 1}),
    "the signature is gone": _changed(_with_part(2, "")),
    "the signature is of something else": _changed(_tampered),
    "the signature is cut": _changed(lambda token: token[:-20]),
    "the signature has signs that are none": _changed(lambda token: token + "=="),
    "another issuer": _says(iss="https://accounts.google.com"),
    "an issuer with a slash more": lambda h, asked: _says(iss=f"{h.issuer}/")(h, asked),
    "an issuer in capitals": lambda h, asked: _says(iss=h.issuer.upper())(h, asked),
    "no issuer": _says(iss=None),
    "a list of issuers": lambda h, asked: _says(iss=[h.issuer])(h, asked),
    "for another client": _says(aud="another"),
    "for another client, in a list": _says(aud=["another"]),
    "for nobody": _says(aud=None),
    "for an empty list": _says(aud=[]),
    "for two, and nobody says who asked": lambda h, asked: _says(aud=[asked.client_id, "another"])(h, asked),
    "for two, and another asked": lambda h, asked: _says(aud=[asked.client_id, "another"], azp="another")(h, asked),
    "for us, and another asked": _says(azp="another"),
    "another sign-in's": _says(nonce="of another sign-in"),
    "nobody's sign-in": _says(nonce=None),
    "an empty nonce": _says(nonce=""),
    "a nonce with half a sign": _says(nonce="\ud800"),
    "a list of nonces": lambda h, asked: _says(nonce=[asked.nonce])(h, asked),
    "expired": _at(iat=-7200, exp=-3600),
    "for ever": _says(exp=None),
    "expires with a word": _says(exp="tomorrow"),
    "expires with infinity": _raw(lambda payload: payload.replace(b'"exp":', b'"exp":Infinity,"was":')),
    "made tomorrow": _at(iat=86_400, exp=90_000),
    "made at no time": _says(iat=None),
    "not yet": _at(nbf=3600),
    "made before it was asked for": _at(iat=-3000, exp=300),
    "for a year": _at(exp=365 * 86_400),
    "begins when it is over": _at(iat=60, exp=30),
    "times are true and false": _says(iat=True, exp=True),
    "of another access token": _says(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "of an access token with half a sign": _says(at_hash="\ud800"),
    "nobody": _says(sub=None),
    "an empty subject": _says(sub=""),
    "a subject that is no text": _says(sub=7),
    "a subject that is too long": _says(sub="s" * 256),
    "a subject with half a sign": _says(sub="s\ud800"),
    "a subject with a sign that nobody sees": _says(sub="s\0"),
    "a payload that is not encoded": _unencoded,
    "something critical that nobody knows": _heads(crit=["x"], x=1),
    "a list of nothing critical": _heads(crit=[]),
    "too large": _says(padding="x" * HUGE),
    "a header that is too large": _heads(padding="x" * HUGE),
    "a token in a token": _nested,
    "the subject twice": _twice("sub", "somebody else"),
    "the address twice": _twice("email", "somebody.else@x.example"),
    "the client twice": _twice("aud", "another"),
    "the algorithm twice": lambda h, asked: signed(
        h.honest_claims(asked), b'{"alg":"none","alg":"RS256","kid":"%s"}' % h.kid.encode(), h.key
    ),
    "no payload": _detached,
    "a payload that is a list": _raw(lambda payload: b"[" + payload + b"]"),
    "a payload that is no JSON": _raw(lambda payload: payload[:-1]),
    "a payload that is no text": _raw(lambda payload: payload + b"\xff"),
    "a payload of brackets": _raw(lambda _: b"[" * 60_000),
    "a number of a hundred thousand digits": _raw(lambda payload: payload[:-1] + b',"n":' + b"9" * 100_000 + b"}"),
    "not compact": _as_json,
    "two parts": _changed(lambda token: token.rpartition(".")[0]),
    "five parts, as if it were sealed": _changed(lambda token: f"{token}.AAAA.AAAA"),
    "no token": lambda _h, _asked: "",
    "only dots": lambda _h, _asked: "." * 1000,
    "a word": lambda _h, _asked: "token",
}
