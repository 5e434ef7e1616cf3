"""Beginning to sign in by SAML: the request, the attempt, and the browser's cookie."""

import base64
import zlib
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import etree

from latchkey.sso.model.connection import Connection
from latchkey.sso.model.saml_addresses import connection_of, entity_id
from latchkey.sso.model.saml_attempt import LIFE, SamlAttempt, browser_hash, browser_secret, new_id, school_of
from latchkey.sso.start_saml import start_saml

NOW, ORIGIN = 1_800_000_000, "https://latchkey.test"
UNIFY = Connection(
    name="unify",
    kind="saml",
    label="RM Unify",
    roles=("teacher",),
    issuer="https://idp.test/entity",
    sign_in_url="https://idp.test/sso?tenant=1&x=2",
    certificates=("MII",),
    version=3,
)


def started(connection: Connection = UNIFY, **options: Any) -> tuple[Any, list[SamlAttempt]]:
    kept: list[SamlAttempt] = []
    system: Any = SimpleNamespace(now=lambda: NOW, saml_attempts=lambda school: SimpleNamespace(add=kept.append, school=school))
    return start_saml(system, "northbridge", connection, origin=ORIGIN, **{"kept": None, **options}), kept


def request_of(url: str) -> Any:
    """The request as a provider reads it."""
    packed = base64.b64decode(parse_qs(urlsplit(url).query)["SAMLRequest"][0])
    return etree.fromstring(zlib.decompress(packed, -zlib.MAX_WBITS))


def test_the_provider_can_read_what_we_ask_for() -> None:
    start, (attempt,) = started()
    assert start.url.startswith("https://idp.test/sso?tenant=1&x=2&SAMLRequest=")
    request = request_of(start.url)
    assert request.tag == "{urn:oasis:names:tc:SAML:2.0:protocol}AuthnRequest"
    assert request.get("ID") == attempt.id
    assert request.get("IssueInstant") == "2027-01-15T08:00:00Z"
    assert request.get("Destination") == UNIFY.sign_in_url
    assert request.get("AssertionConsumerServiceURL") == "https://latchkey.test/sso/saml"
    assert request.get("ForceAuthn") is None
    assert request.findtext("{urn:oasis:names:tc:SAML:2.0:assertion}Issuer") == entity_id(ORIGIN, "northbridge", "unify")


def test_another_account_is_asked_for_only_then() -> None:
    start, (attempt,) = started(anew=True)
    assert request_of(start.url).get("ForceAuthn") == "true"
    assert attempt.anew


def test_the_attempt_knows_its_browser_by_a_hash_and_where_to_go() -> None:
    start, (attempt,) = started(place="/account/children", trial="p1")
    assert attempt.browser == browser_hash(start.secret) != ""
    assert start.secret not in repr(attempt)
    assert (attempt.connection, attempt.version, attempt.place, attempt.trial) == ("unify", 3, "/account/children", "p1")
    assert (attempt.at, start.seconds) == (NOW, LIFE)


def test_two_tabs_of_a_browser_share_its_secret_and_nothing_else_is_kept() -> None:
    first, _ = started()
    again, _ = started(kept=first.secret)
    odd, _ = started(kept="x" * 42 + ";")
    assert again.secret == first.secret != odd.secret
    assert browser_secret("") != browser_secret("")
    assert [browser_hash(each) for each in (None, "", "short", "ä" * 43)] == ["", "", "", ""]


@pytest.mark.parametrize("lacks", [{"sign_in_url": ""}, {"certificates": ()}])
def test_a_provider_whose_metadata_was_never_read_is_not_gone_to(lacks: Any) -> None:
    assert started(replace(UNIFY, **lacks)) == (None, [])


def test_an_id_says_whose_it_is_and_only_ours_does() -> None:
    made = {new_id("northbridge") for _ in range(20)}
    assert len(made) == 20
    assert {school_of(each) for each in made} == {"northbridge"}
    wrong = ("", "northbridge", "_north/bridge." + "0" * 32, "_a." + "0" * 31, "_a." + "G" * 32, "_a#b." + "0" * 32)
    assert [school_of(each) for each in wrong] == [None] * len(wrong)


def test_an_entity_id_of_ours_leads_back_to_its_connection() -> None:
    assert connection_of(ORIGIN, entity_id(ORIGIN, "northbridge", "unify")) == ("northbridge", "unify")
    for other in ("", ORIGIN, "https://evil.test/sso/saml/metadata/a/b", f"{ORIGIN}/sso/saml/metadata/a/b/c", f"{ORIGIN}x/a/b"):
        assert connection_of(ORIGIN, other) is None
