"""A provider's metadata: one provider out of a file, two certificates, and nothing that could do harm."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from lxml import etree

from latchkey.sso.saml.metadata import LARGEST, Provider, certificate_ends, provider_in
from latchkey.sso.saml.own_metadata import own_metadata
from latchkey.sso.saml.refusals import Refused
from tests.support.saml_provider import DS, MD, PLACE, keys, metadata, sign

NOW: Final = 1_800_000_000
IDP: Final = "https://idp.test/entity"


def read(document: str, entity: str = IDP, pinned: str = "") -> Provider:
    return provider_in(document.encode(), entity, pinned, now=NOW)


def refusal(document: str, entity: str = IDP, pinned: str = "") -> str:
    with pytest.raises(Refused) as refused:
        read(document, entity, pinned)
    return refused.value.reason


def federation(*entities: str, about: str = "") -> str:
    """An aggregate, with a comment as federations have."""
    inside = f"{PLACE if about else ''}<!-- of all -->{''.join(entities)}"
    return f'<EntitiesDescriptor xmlns="{MD}" ID="_all" {about}>{inside}</EntitiesDescriptor>'


def test_what_is_needed_is_taken_from_a_providers_own_file() -> None:
    found = read(metadata(scopes=["Northbridge.test", "northbridge.test"]))
    assert found == Provider(
        entity_id=IDP, sign_in_url="https://idp.test/sso", certificates=(keys().text,), scopes=("northbridge.test",)
    )


def test_one_is_taken_out_of_a_federation() -> None:
    many = [metadata(f"https://idp{number}.test/e") for number in range(200)]
    document = federation(*many[:100], metadata(sign_in_url="https://right.test/sso"), *many[100:])
    assert read(document).sign_in_url == "https://right.test/sso"
    assert refusal(federation(*many)) == "entity"
    assert refusal(federation(metadata(), metadata())) == "shape"


def test_of_several_certificates_the_two_that_hold_longest_are_kept() -> None:
    dated = [keys(f"m{days}", ends_in_days=days).text for days in (10, 400, 200)]
    found = read(metadata(certificates=dated))
    assert (found.certificates, found.more) == ((dated[1], dated[2]), 1)
    wrapped = "\n".join(dated[1][at : at + 64] for at in range(0, len(dated[1]), 64))
    assert read(metadata(certificates=[wrapped, dated[1]])).certificates == (dated[1],)


def test_a_key_for_encryption_or_of_a_kind_that_we_do_not_take_is_left_out() -> None:
    weak = keys("weak", "rsa1024").text
    assert read(metadata(certificates=[weak, keys().text])).certificates == (keys().text,)
    assert refusal(metadata(certificates=[weak])) == "keys"
    assert refusal(metadata(certificates=[])) == "keys"
    assert refusal(metadata().replace('use="signing"', 'use="encryption"')) == "keys"


PINNED: Final = keys("federation").text


def signed_federation(by: str = "federation") -> str:
    document = federation(metadata(), metadata("https://other.test/e"), about='validUntil="2099-01-01T00:00:00Z"')
    return sign(document, keys(by))


def test_where_the_federations_certificate_is_pinned_the_file_has_to_be_signed_with_it() -> None:
    assert read(signed_federation(), pinned=PINNED).sign_in_url == "https://idp.test/sso"
    assert refusal(signed_federation("another"), pinned=PINNED) == "signature"
    assert refusal(federation(metadata()), pinned=PINNED) == "unsigned"
    assert refusal(signed_federation().replace("https://idp.test/sso", "https://evil.test/sso"), pinned=PINNED) == "signature"


def test_a_provider_beside_the_signed_one_is_not_read() -> None:
    """Wrapped: the signature holds, but what it covers is elsewhere."""
    root: Any = etree.fromstring(signed_federation().encode())
    evil = etree.fromstring(metadata(sign_in_url="https://evil.test/sso"))
    outer = etree.Element(f"{{{MD}}}EntitiesDescriptor", ID="_outer")
    outer.append(evil)
    outer.append(root)
    assert refusal(etree.tostring(outer).decode(), pinned=PINNED) == "unsigned"
    signature = root.find(f"{{{DS}}}Signature")
    outer.insert(0, signature)
    assert refusal(etree.tostring(outer).decode(), pinned=PINNED) == "shape"


@pytest.mark.parametrize("about", ['validUntil="2020-01-01T00:00:00Z"', 'validUntil="soon"'])
def test_what_is_over_is_not_taken(about: str) -> None:
    assert refusal(metadata(about=about)) == "ended"
    assert refusal(federation(metadata()).replace('ID="_all"', f'ID="_all" {about}')) == "ended"


def test_when_it_ends_is_known() -> None:
    assert read(metadata(about='validUntil="2099-01-01T00:00:00Z"')).valid_until == 4_070_908_800


ODD: Final[dict[str, tuple[Callable[[], str], str]]] = {
    "no provider but a service": (lambda: metadata().replace("IDPSSODescriptor", "SPSSODescriptor"), "entity"),
    "another provider": (lambda: metadata("https://idp.test/entity2"), "entity"),
    "SAML 1": (lambda: metadata().replace("SAML:2.0:protocol", "SAML:1.1:protocol"), "entity"),
    "no sign-in by redirect": (lambda: metadata().replace("HTTP-Redirect", "HTTP-POST"), "sign_in"),
    "a sign-in that is a script": (lambda: metadata(sign_in_url="javascript:alert(1)"), "sign_in"),
    "a sign-in without TLS": (lambda: metadata(sign_in_url="http://idp.test/sso"), "sign_in"),
    "a page": (lambda: "<!DOCTYPE html><html></html>", "unreadable"),
    "entities": (lambda: "<!DOCTYPE a [<!ENTITY b 'c'>]>" + metadata(), "unreadable"),
    "cut off": (lambda: metadata()[:-30], "unreadable"),
    "nothing": (lambda: "", "unreadable"),
    "too large": (lambda: federation(metadata(), f"<!--{'x' * LARGEST}-->"), "unreadable"),
}


@pytest.mark.parametrize(("make", "reason"), ODD.values(), ids=ODD)
def test_odd_metadata_is_not_taken(make: Callable[[], str], reason: str) -> None:
    assert refusal(make()) == reason
    assert refusal(make(), pinned=PINNED) in {"unsigned", "unreadable"}


def test_a_browser_is_sent_to_this_machine_only_where_the_stack_says_so() -> None:
    here = metadata(sign_in_url="http://localhost:9000/sso").encode()
    found = provider_in(here, IDP, now=NOW, local=("http://localhost:9000",))
    assert found.sign_in_url == "http://localhost:9000/sso"
    with pytest.raises(Refused, match="sign_in"):
        provider_in(here, IDP, now=NOW)


def test_when_a_certificate_ends() -> None:
    assert certificate_ends(keys().text) == int(keys().certificate.not_valid_after_utc.timestamp())


def test_our_own_metadata_says_who_we_are_for_this_school() -> None:
    root: Any = etree.fromstring(own_metadata("https://latchkey.test", "northbridge", "unify").encode())
    assert root.get("entityID") == "https://latchkey.test/sso/saml/metadata/northbridge/unify"
    service = next(root.iter(f"{{{MD}}}AssertionConsumerService"))
    assert service.get("Location") == "https://latchkey.test/sso/saml"
    assert next(root.iter(f"{{{MD}}}SPSSODescriptor")).get("WantAssertionsSigned") == "true"
