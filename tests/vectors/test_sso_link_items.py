"""Literal items of who comes in by a provider: links on both sides, sessions, and what a sign-in between its steps carries.

Never change these: a key that is computed otherwise unlinks everybody.
"""

import base64
import json
from typing import Any, Final

import pytest

from latchkey.people.model.person import Person, SsoLink
from latchkey.people.stores.items import person_from_item, person_to_item
from latchkey.sign_in.model.proof_tokens import Kept, seal, unseal
from latchkey.sign_in.stores.sessions import Session
from latchkey.sso.model.keys import account_key
from latchkey.sso.stores.links import Account
from tests.support.memory_world import NOW, MemoryWorld

SCHOOL: Final = "northbridge"
GOOGLE_KEY: Final = "ad51fa6de115933d06ef99771e8989f494b6e9c6"
ENTRA_KEY: Final = "027bd3720c934f18c4369987f8d02dd7732da9bb"
LINK: Final = SsoLink(connection="google", issuer="https://accounts.google.com", key="k" * 40, linked_at=NOW, made=True)
PERSON: Final[dict[str, Any]] = {
    "pk": "northbridge#P#aaaaaaaaaaaaaaaaaaaa",
    "sk": "PERSON",
    "id": "aaaaaaaaaaaaaaaaaaaa",
    "role": "student",
    "given_name": "Ann",
    "family_name": "Ash",
    "status": "active",
    "version": 3,
}


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


def test_the_key_of_an_account_at_a_provider() -> None:
    assert account_key("https://accounts.google.com", "110248495921238986420") == GOOGLE_KEY
    issuer = "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0"
    assert account_key(issuer, "11111111-2222-3333-4444-555555555555.oid-1") == ENTRA_KEY


def test_a_person_names_their_accounts() -> None:
    item = PERSON | {
        "sso": [
            {
                "connection": "google",
                "issuer": "https://accounts.google.com",
                "key": "k" * 40,
                "linked_at": NOW,
                "made": True,
            }
        ]
    }
    assert person_from_item(item).sso == (LINK,)
    assert person_to_item(SCHOOL, person_from_item(item))["sso"] == item["sso"]
    assert person_from_item(PERSON).sso == ()
    assert person_to_item(SCHOOL, person_from_item(PERSON))["sso"] is None
    del item["sso"][0]["made"]
    assert person_from_item(item).sso[0].made is False


def test_an_account_leads_to_its_person(world: MemoryWorld) -> None:
    console = world.wiring("console")
    console.directory(SCHOOL).put_new([person_from_item(PERSON)])
    person = console.directory(SCHOOL).person(PERSON["id"])
    assert isinstance(person, Person)
    event = console.audit(SCHOOL).record_of(person.id, "sso.linked", NOW, {})
    linked, writes = world.wiring("federate").sso_links(SCHOOL).link_of(person, LINK, None, event, "pairwise-1")
    writes[0][0].transact_with(writes)
    assert console.directory(SCHOOL).person(person.id) == linked
    item = {
        "pk": f"northbridge#SSOLINK#{'k' * 40}",
        "sk": "LINK",
        "person": person.id,
        "connection": "google",
        "linked_at": NOW,
        "pairwise": "pairwise-1",
    }
    assert world.item("directory", str(item["pk"]), "LINK") == item
    assert console.sso_links(SCHOOL).get("k" * 40) == Account("k" * 40, person.id, "pairwise-1")


def test_a_session_says_by_which_connection_and_without_it_a_password_has_opened_it(world: MemoryWorld) -> None:
    sessions = world.wiring("portal").sessions(SCHOOL)
    facts: dict[str, Any] = {"version": 3, "stamp": "s", "created_at": NOW, "seen_at": NOW, "expires_at": NOW + 9}
    made = Session(person="a" * 20, hash="h" * 64, ways=("sso",), by="google", **facts)
    sessions.put(made)
    item = {"pk": f"northbridge#P#{'a' * 20}", "sk": "h" * 64, **facts, "ways": ["sso"], "by": "google"}
    assert world.item("sessions", str(item["pk"]), "h" * 64) == item
    assert sessions.some_of("a" * 20) == [made]
    sessions.put(Session(person="b" * 20, hash="h" * 64, **facts))
    assert "by" not in (world.item("sessions", f"northbridge#P#{'b' * 20}", "h" * 64) or {})


def test_a_token_between_the_steps_reads_with_and_without_a_provider() -> None:
    key, said = b"k" * 32, {"person": "p" * 20, "version": 3, "stamp": "s" * 12, "proved_at": None, "at": NOW}
    password = Kept(ways=("password",), **said)  # type: ignore[arg-type]
    provider = Kept(ways=("sso",), by="google", **said)  # type: ignore[arg-type]
    for kept, more in ((password, []), (provider, ["google"])):
        token = seal(kept, SCHOOL, key)
        body = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))[16:]
        assert json.loads(body) == ["p" * 20, 3, "s" * 12, [*kept.ways], None, NOW, *more]
        assert unseal(token, SCHOOL, key, NOW) == kept
