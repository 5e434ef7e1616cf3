"""Passkeys: what is right is taken, and each thing that can be wrong is refused by itself."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.second_factors.ceremonies import (
    CounterFell,
    NotGenuine,
    User,
    challenge_in,
    handle_in,
    made,
    making_options,
    signed,
    signing_options,
)
from latchkey.second_factors.model.factors import Passkey
from latchkey.second_factors.model.relying_party import relying_party
from tests.support.authenticator import Authenticator, b64

PARTY = relying_party("https://latchkey.test")
USER = User(handle=b"h" * 28, login="ann", name="Ann Okafor (Northbridge Academy)")
ONE, TWO = b"1" * 32, b"2" * 32
NOW = 1_800_000_000


def options(there: list[Passkey] | None = None) -> dict[str, Any]:
    return making_options(PARTY, "Northbridge Academy", USER, there or [], ONE)


def asked(passkeys: list[Passkey] | None) -> dict[str, Any]:
    return signing_options(PARTY, passkeys, TWO)


def enrolled(authenticator: Authenticator) -> Passkey:
    key = made(PARTY, authenticator.make(options()), ONE)
    facts = {name: getattr(key, name) for name in ("credential", "public_key", "counter", "backup_eligible", "backed_up")}
    return Passkey(id="a" * 26, name="", added_at=NOW, party=PARTY.id, transports=key.transports, **facts)


def test_what_the_browser_is_given() -> None:
    given_to_make = json.loads(json.dumps(options()))
    assert given_to_make["rp"] == {"id": "latchkey.test", "name": "Northbridge Academy"}
    assert given_to_make["user"] == {"id": b64(USER.handle), "name": "ann", "displayName": USER.name}
    assert [each["alg"] for each in given_to_make["pubKeyCredParams"]] == [-7, -8, -257]
    assert given_to_make["authenticatorSelection"]["userVerification"] == "required"
    assert given_to_make["challenge"] == b64(ONE)
    passkey = enrolled(Authenticator())
    assert json.loads(json.dumps(options([passkey])))["excludeCredentials"] == [
        {"type": "public-key", "id": b64(passkey.credential), "transports": ["internal", "hybrid"]}
    ]
    given_to_sign = json.loads(json.dumps(asked([passkey])))
    assert (given_to_sign["rpId"], given_to_sign["userVerification"]) == ("latchkey.test", "required")
    assert [each["id"] for each in given_to_sign["allowCredentials"]] == [b64(passkey.credential)]
    assert "allowCredentials" not in asked(None)


@pytest.mark.parametrize("algorithm", [-7, -8, -257])
@pytest.mark.parametrize("synced", [True, False])
def test_a_passkey_is_made_and_signs(algorithm: int, synced: bool) -> None:
    authenticator = Authenticator(algorithm=algorithm, synced=synced)
    passkey = enrolled(authenticator)
    assert (passkey.backup_eligible, passkey.backed_up, passkey.transports) == (synced, synced, ("internal", "hybrid"))
    answer = authenticator.sign(asked([passkey]))
    assert signed(PARTY, [enrolled(Authenticator()), passkey], answer, TWO, NOW) == replace(passkey, used_at=NOW)
    assert signed(PARTY, [passkey], json.dumps(answer), TWO, NOW).used_at == NOW
    assert challenge_in(answer) == TWO
    assert handle_in(answer) == USER.handle


def test_a_counter_that_counts_must_rise_and_one_that_does_not_count_may_stay() -> None:
    counting = Authenticator(counts=True, synced=False)
    passkey = enrolled(counting)
    for count in (1, 2):
        passkey = signed(PARTY, [passkey], counting.sign(asked([passkey])), TWO, NOW)
        assert passkey.counter == count
    for stays in (2, 1, 0):
        counting.counter = stays - 1
        with pytest.raises(CounterFell):
            signed(PARTY, [passkey], counting.sign(asked([passkey])), TWO, NOW)


@pytest.mark.parametrize(
    "fault",
    ["user not verified", "other origin", "other port", "other party", "other challenge", "an assertion", "other algorithm"],
)
def test_a_passkey_that_is_not_made_as_asked_is_refused(fault: str) -> None:
    authenticator, wrong = Authenticator(), dict[str, Any]()
    if fault == "user not verified":
        authenticator.verifies = False
    elif fault.startswith("other origin"):
        authenticator.origin = "https://latchkey.test.evil.example"
    elif fault == "other port":
        authenticator.origin = "https://latchkey.test:8443"
    elif fault == "other party":
        wrong["party"] = "evil.example"
    elif fault == "other challenge":
        wrong["challenge"] = b64(TWO)
    answer = authenticator.make(options(), **wrong)
    if fault == "an assertion":
        answer = authenticator.sign(asked(None))
    if fault == "other algorithm":
        authenticator.algorithm = -37
        answer = authenticator.make(options())
    with pytest.raises(NotGenuine):
        made(PARTY, answer, ONE)


@pytest.mark.parametrize(
    "fault",
    [
        "user not verified",
        "other origin",
        "other party",
        "other challenge",
        "a registration",
        "other signature",
        "unknown",
        "not eligible",
    ],
)
def test_what_is_not_signed_as_asked_is_refused(fault: str) -> None:
    authenticator, wrong = Authenticator(), dict[str, Any]()
    passkey = enrolled(authenticator)
    known = [passkey] if fault != "unknown" else [enrolled(Authenticator())]
    if fault == "user not verified":
        authenticator.verifies = False
    elif fault == "not eligible":
        authenticator.synced = False
    elif fault == "other origin":
        authenticator.origin = "http://latchkey.test"
    wrong |= {
        "other party": {"party": "evil.example"},
        "other challenge": {"challenge": b64(ONE)},
        "a registration": {"type": "webauthn.create"},
        "other signature": {"signature": b"0" * 70},
    }.get(fault, {})
    with pytest.raises(NotGenuine):
        signed(PARTY, known, authenticator.sign(asked([passkey]), **wrong), TWO, NOW)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
PARTS = ("clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle")
RESPONSE = st.fixed_dictionaries(
    {"id": JSON, "rawId": JSON, "type": st.just("public-key") | JSON},
    optional={
        "response": st.fixed_dictionaries(
            {},
            optional=dict.fromkeys(("clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"), JSON),
        )
    },
)


@given(JSON | RESPONSE)
def test_no_answer_is_an_error_of_ours(answer: object) -> None:
    for ask in (
        lambda: made(PARTY, answer, ONE),
        lambda: signed(PARTY, [], answer, ONE, NOW),
        lambda: challenge_in(answer),
        lambda: handle_in(answer),
    ):
        with pytest.raises(NotGenuine):
            ask()


def test_a_part_of_an_answer_that_is_broken_is_refused() -> None:
    authenticator = Authenticator()
    passkey = enrolled(authenticator)
    whole, response = authenticator.make(options()), authenticator.sign(asked([passkey]))
    for name in whole["response"]:
        for broken in ("", "%%", "A" * 20, None, 7, [], whole["response"][name][:-8]):
            if name != "transports":
                with pytest.raises(NotGenuine):
                    made(PARTY, {**whole, "response": {**whole["response"], name: broken}}, ONE)
    for name in ("clientDataJSON", "authenticatorData", "signature"):
        for broken in ("", "%%", "A" * 20, None, 7, [], response["response"][name][:-8]):
            with pytest.raises(NotGenuine):
                signed(PARTY, [passkey], {**response, "response": {**response["response"], name: broken}}, TWO, NOW)
