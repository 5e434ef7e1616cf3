"""What a provider's answer costs in calls of AWS: at most eight, whoever comes, for the first time or again, in or not."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.support.federate import World, open_world
from tests.support.portal import calls_of
from tests.support.saml import SamlWorld, open_saml_world
from tests.support.saml_provider import MAIL, posted
from tests.support.system import TestSystem

MOST = 8
AFFILIATION = "urn:oid:1.3.6.1.4.1.5923.1.1.1.9"


@pytest.fixture
def world(system: TestSystem, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with open_world(system, monkeypatch) as made:
        yield made


@pytest.fixture
def saml(system: TestSystem, monkeypatch: pytest.MonkeyPatch) -> Iterator[SamlWorld]:
    with open_saml_world(system, monkeypatch) as made:
        yield made


def calls_back(world: World, status: int = 303) -> list[str]:
    """What the way back asks for; the way there is not counted."""
    browser = world.browser()
    back = world.answer(browser)
    with calls_of(world.wiring) as calls:
        answer = browser.get(back)
    assert answer.status_code == status, answer.body
    return calls


@pytest.mark.parametrize("role", ["student", "teacher"])
def test_openid_connect(world: World, role: str) -> None:
    world.add("ada", role=role)
    world.says("ada")
    first = calls_back(world)
    assert first.count("transact_write_items") == 1, "the link and the session are one"
    assert len(first) == 7, first
    again = calls_back(world)
    assert again == [
        "batch_get_item",  # the school and its connection
        "update_item",
        "put_item",  # the answer is used up
        "batch_get_item",  # the school now, and whose account it is
        "batch_get_item",  # they and their second factors
        "transact_write_items",
    ]


def test_openid_connect_of_nobody(world: World) -> None:
    world.says("nobody")
    assert len(calls_back(world, 403)) == 6


@pytest.mark.parametrize("name", ["ann", "nobody"])
def test_saml(saml: SamlWorld, name: str) -> None:
    saml.add("ann")
    named = {} if name == "ann" else {"attributes": {AFFILIATION: ["student@northbridge.example"], MAIL: ["no@x.example"]}}
    wiring = saml.system.wiring("saml")
    wiring.lookup_key("northbridge")
    found = []
    for assertion in ("_first", "_later"):
        browser = saml.browser()
        document = replace(saml.asks(browser), id=assertion, **named).signed()
        with calls_of(wiring) as calls:
            answer = browser.submit("/sso/saml", {"SAMLResponse": posted(document), "again": "1"})
        assert answer.status_code == (303 if name == "ann" else 403), answer.body
        found.append(len(calls))
    assert found == ([MOST, 7] if name == "ann" else [7, 7])
