"""ID tokens that are odd or forged: which of them count, over the whole way from a text to checked claims."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from jwt.algorithms import RSAAlgorithm

from latchkey.sso.model.claims import CLOCK, Expected, Rejected, check
from latchkey.sso.oidc.id_token import LONGEST, claims_of
from tests.support.oidc_provider import ec_jwk, ec_key, other_rsa_key, rsa_jwk, rsa_key, signed

NOW = 1_795_000_000
WANTED = Expected(issuer="https://idp.example", client_id="us", nonce="n" * 43, since=NOW - 60)
GOOD: dict[str, Any] = {
    "iss": "https://idp.example",
    "aud": "us",
    "sub": "s-1",
    "nonce": "n" * 43,
    "iat": NOW,
    "exp": NOW + 300,
}
KEYS = [rsa_jwk(), ec_jwk()]


def keys(_: str | None) -> Sequence[Mapping[str, Any]]:
    return KEYS


def read(token: object, found: Callable[[str | None], Sequence[Mapping[str, Any]]] = keys, wanted: Expected = WANTED) -> Any:
    claims = claims_of(token, found)
    check(claims, wanted, NOW)
    return claims


def why(token: object, found: Callable[[str | None], Sequence[Mapping[str, Any]]] = keys, wanted: Expected = WANTED) -> str:
    with pytest.raises(Rejected) as caught:
        read(token, found, wanted)
    return caught.value.why


def said(**changed: Any) -> dict[str, Any]:
    return {name: value for name, value in {**GOOD, **changed}.items() if value is not ...}


def part(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


class TestWhatCounts:
    @pytest.mark.parametrize(
        "token",
        [
            signed(GOOD),
            signed(GOOD, algorithm="PS256", kid="any"),
            signed(GOOD, key=ec_key(), algorithm="ES256", kid="curve"),
            signed(said(aud=["us"])),
            signed(said(azp="us")),
            signed(said(nbf=NOW + CLOCK)),
            signed(said(iat=NOW + CLOCK, exp=NOW + 400)),
            signed(said(exp=NOW - CLOCK + 1, iat=NOW - 150)),
            signed(said(exp=NOW + 0.5)),
        ],
    )
    def test_a_good_one(self, token: str) -> None:
        ps = [{name: value for name, value in rsa_jwk("any").items() if name != "alg"}, *KEYS]
        assert read(token, lambda _: ps)["sub"] == "s-1"

    def test_without_a_kid_where_there_is_one_key(self) -> None:
        assert read(signed(GOOD, kid=None), lambda _: [rsa_jwk()])["sub"] == "s-1"
        assert why(signed(GOOD, kid=None), lambda _: [rsa_jwk(), rsa_jwk("two")]) == "key"

    def test_at_hash(self) -> None:
        access = "opaque"
        half = base64.urlsafe_b64encode(hashlib.sha256(access.encode()).digest()[:16]).rstrip(b"=").decode()
        wanted = Expected(issuer=WANTED.issuer, client_id="us", nonce=WANTED.nonce, since=WANTED.since, access_token=access)
        assert read(signed(said(at_hash=half)), wanted=wanted)["at_hash"] == half
        assert why(signed(said(at_hash=half[::-1])), wanted=wanted) == "at_hash"
        assert why(signed(said(at_hash=7)), wanted=wanted) == "at_hash"
        assert why(signed(said(at_hash=half))) == "at_hash"


class TestForged:
    def test_no_signature(self) -> None:
        head, body, _ = signed(GOOD).split(".")
        for algorithm in ("none", "None", "NONE", "nOnE", ""):
            assert why(f"{part({'alg': algorithm})}.{body}.") == "malformed"
            assert why(f"{part({'alg': algorithm})}.{body}.AA") == "algorithm"
        assert why(f"{head}.{body}.") == "malformed"

    def test_the_public_key_as_a_secret(self) -> None:
        """HS256 signed with what everybody can read."""
        pem = rsa_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        head, body = part({"alg": "HS256", "kid": "one"}), part(GOOD)
        import hmac

        mac = base64.urlsafe_b64encode(hmac.digest(pem, f"{head}.{body}".encode(), "sha256")).rstrip(b"=").decode()
        assert why(f"{head}.{body}.{mac}") == "algorithm"

    def test_a_key_that_the_token_brings(self) -> None:
        own = RSAAlgorithm.to_jwk(other_rsa_key().public_key(), as_dict=True)
        for header in ({"jwk": own}, {"jku": "https://evil.example/keys"}, {"x5u": "https://evil.example/x"}, {"x5c": ["AA=="]}):
            assert why(signed(GOOD, key=other_rsa_key(), **header)) == "signature"

    def test_a_key_of_another(self) -> None:
        assert why(signed(GOOD, key=other_rsa_key())) == "signature"
        assert why(signed(GOOD, key=ec.generate_private_key(ec.SECP256R1()), algorithm="ES256", kid="curve")) == "signature"

    def test_a_changed_body(self) -> None:
        head, _, tail = signed(GOOD).split(".")
        assert why(f"{head}.{part(said(sub='other'))}.{tail}") == "signature"

    @pytest.mark.parametrize("algorithm", ["RS384", "RS512", "ES384", "EdDSA", "HS256", "dir", "RSA-OAEP", ["RS256"], None, 5])
    def test_other_algorithms(self, algorithm: Any) -> None:
        assert why(f"{part({'alg': algorithm, 'kid': 'one'})}.{part(GOOD)}.AAAA") == "algorithm"

    def test_an_algorithm_that_is_not_its_keys(self) -> None:
        assert why(signed(GOOD, algorithm="PS256")) == "key"  # the key says RS256
        assert why(signed(GOOD, kid="curve")) == "key"
        assert why(signed(GOOD, key=ec_key(), algorithm="ES256", kid="one")) == "key"

    @pytest.mark.parametrize("changed", [{"use": "enc"}, {"key_ops": ["sign"]}, {"kty": "oct"}, {"alg": "RS512"}, {"n": "AQAB"}])
    def test_keys_that_are_none(self, changed: dict[str, Any]) -> None:
        assert why(signed(GOOD), lambda _: [{**rsa_jwk(), **changed}]) == "key"

    def test_small_keys(self) -> None:
        small = rsa.generate_private_key(65_537, 1_024)
        public = {**RSAAlgorithm.to_jwk(small.public_key(), as_dict=True), "kid": "one"}
        with pytest.warns(jwt.InsecureKeyLengthWarning):
            token = signed(GOOD, key=small)
        assert why(token, lambda _: [public]) == "key"

    def test_two_keys_of_one_id(self) -> None:
        assert why(signed(GOOD), lambda _: [rsa_jwk(), rsa_jwk()]) == "key"

    @pytest.mark.parametrize("header", [{"crit": ["exp"]}, {"b64": False, "crit": ["b64"]}, {"enc": "A128GCM"}, {"zip": "DEF"}])
    def test_headers_that_change_what_is_signed(self, header: dict[str, Any]) -> None:
        assert why(f"{part({'alg': 'RS256', 'kid': 'one', **header})}.{part(GOOD)}.AAAA") == "algorithm"

    @pytest.mark.parametrize("typ", ["at+jwt", "logout+jwt", "dpop+jwt", 7])
    def test_tokens_for_something_else(self, typ: Any) -> None:
        assert why(f"{part({'alg': 'RS256', 'kid': 'one', 'typ': typ})}.{part(GOOD)}.AAAA") == "malformed"


class TestClaims:
    @pytest.mark.parametrize(
        ("changed", "reason"),
        [
            ({"iss": "https://idp.example/"}, "issuer"),
            ({"iss": "https://IDP.example"}, "issuer"),
            ({"iss": "https://idp.example.evil.example"}, "issuer"),
            ({"iss": ["https://idp.example"]}, "issuer"),
            ({"iss": ...}, "issuer"),
            ({"aud": "them"}, "audience"),
            ({"aud": ["us", "them"]}, "audience"),
            ({"aud": []}, "audience"),
            ({"aud": {"us": 1}}, "audience"),
            ({"aud": ...}, "audience"),
            ({"azp": "them"}, "audience"),
            ({"azp": None}, "audience"),
            ({"nonce": "m" * 43}, "nonce"),
            ({"nonce": ...}, "nonce"),
            ({"nonce": 5}, "nonce"),
            ({"exp": NOW - CLOCK, "iat": NOW - 170}, "behind"),
            ({"iat": NOW - 60 - CLOCK - 1}, "behind"),
            ({"iat": NOW + CLOCK + 1}, "ahead"),
            ({"nbf": NOW + CLOCK + 1}, "ahead"),
            ({"exp": ...}, "malformed"),
            ({"iat": ...}, "malformed"),
            ({"exp": str(NOW + 300)}, "malformed"),
            ({"exp": True}, "malformed"),
            ({"exp": 1e400}, "malformed"),
            ({"exp": NOW + 10**6}, "malformed"),
            ({"nbf": "soon"}, "malformed"),
            ({"sub": ...}, "malformed"),
            ({"sub": ""}, "malformed"),
            ({"sub": 12}, "malformed"),
            ({"sub": "s" * 256}, "malformed"),
        ],
    )
    def test_what_is_not_for_us_or_not_of_now(self, changed: dict[str, Any], reason: str) -> None:
        claims = said(**changed)
        with pytest.raises(Rejected) as caught:
            check(claims, WANTED, NOW)
        assert caught.value.why == reason

    def test_a_name_that_comes_twice(self) -> None:
        twice = json.dumps(GOOD)[:-1] + ', "sub": "other"}'
        body = jwt.PyJWS().encode(twice.encode(), rsa_key(), "RS256", headers={"kid": "one"})
        assert why(body) == "malformed"

    @pytest.mark.parametrize("text", ["[]", '"x"', "NaN", '{"exp": NaN}', '{"exp": Infinity}', "{", "\xff", "[" * 4_000])
    def test_what_is_no_object(self, text: str) -> None:
        body = jwt.PyJWS().encode(text.encode("latin-1"), rsa_key(), "RS256", headers={"kid": "one"})
        assert why(body) == "malformed"


class TestParser:
    @pytest.mark.parametrize(
        "token",
        [
            None,
            5,
            b"a.b.c",
            "",
            ".",
            "..",
            "a.b",
            "a.b.c.d",
            "a.b.c\n",
            " a.b.c",
            "a=.b.c",
            "ä.b.c",
            "a+b.c.d",
            "x" * (LONGEST + 1),
        ],
    )
    def test_what_is_no_token(self, token: object) -> None:
        assert why(token) == "malformed"

    def test_too_long_a_token_is_not_parsed(self) -> None:
        assert len(signed(said(pad="x" * LONGEST))) > LONGEST
        assert why(signed(said(pad="x" * LONGEST))) == "malformed"

    def test_one_spelling_of_base64(self) -> None:
        """Stray bits at the end would let one token have several texts."""
        head, body, tail = signed(GOOD).split(".")
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        other = head[:-1] + letters[letters.index(head[-1]) ^ 1] if len(head) % 4 else head
        if other != head:
            assert why(f"{other}.{body}.{tail}") in {"malformed", "signature"}

    @given(
        st.text(max_size=300) | st.from_regex(r"[A-Za-z0-9_-]{1,80}\.[A-Za-z0-9_-]{1,80}\.[A-Za-z0-9_-]{1,80}", fullmatch=True)
    )
    def test_any_text(self, text: str) -> None:
        with pytest.raises(Rejected):
            claims_of(text, keys)

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
            lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
            max_leaves=12,
        ),
        st.dictionaries(
            st.sampled_from(["alg", "kid", "typ", "crit", "jwk", "b64"]), st.text(max_size=8) | st.integers(), max_size=4
        ),
    )
    def test_any_json(self, body: Any, header: dict[str, Any]) -> None:
        with pytest.raises(Rejected):
            claims_of(f"{part(header)}.{part(body)}.AAAA", keys)

    @given(
        st.dictionaries(
            st.sampled_from(sorted(GOOD)), st.none() | st.booleans() | st.integers() | st.text(max_size=9), min_size=1
        )
    )
    def test_any_change_of_the_claims(self, changed: dict[str, Any]) -> None:
        """No exception but a refusal; and what is let through differs from the good one in nothing that matters."""
        try:
            check({**GOOD, **changed}, WANTED, NOW)
        except Rejected:
            return
        found = {**GOOD, **changed}
        assert (found["iss"], found["aud"], found["nonce"]) == (GOOD["iss"], GOOD["aud"], GOOD["nonce"])

    @given(st.integers(0, 2_000), st.integers(1, 255))
    def test_any_change_of_the_bytes(self, place: int, by: int) -> None:
        token = bytearray(signed(GOOD).encode())
        place %= len(token)
        token[place] ^= by
        text = token.decode("latin-1")
        if text == signed(GOOD):
            return
        with pytest.raises(Rejected):
            read(text)
