"""A person's account at the school's own sign-in: what their page says of it, and letting another one in."""

from dataclasses import replace
from typing import Any

import pytest

from latchkey.errors import NotSignedIn
from latchkey.people.model.person import Person, SsoLink
from latchkey.schools.model.school import PublicConnection, Settings, SingleSignOn
from latchkey.sign_in.session import open_session, who
from latchkey.sso.model.connection import GOOGLE
from tests.support.console import Console, make_person

PEOPLE = "/admin/northbridge/people"
LINK = SsoLink(connection="google", issuer=GOOGLE, key="k" * 40, linked_at=1_794_000_000, made=True)
LINKED, NOT_YET, PASSWORDS = make_person(1), make_person(2), make_person(3, role="teacher")
SSO = SingleSignOn().with_connections(
    [PublicConnection(name="google", kind="google", label="Google", roles=("student",), issuer=GOOGLE)]
)


@pytest.fixture
def people(console: Console) -> Console:
    console.add([replace(LINKED, sso=(LINK,)), NOT_YET, PASSWORDS])
    console.system.wiring("operate").schools.change_settings("northbridge", Settings(sso=SSO), ["sso"])
    console.system.clock.now += 61
    return console


def now_is(console: Console, person: Person) -> Person:
    found = console.system.wiring("console").directory("northbridge").person(person.id)
    assert found is not None
    return found


def test_the_page_says_since_when_and_not_which_account(people: Console) -> None:
    said: dict[str, Any] = people.get(f"{PEOPLE}/{LINKED.id}").json_body
    assert said["uses_sso"] is True
    assert said["sso"] == [
        {"connection": "google", "label": "Google", "issuer": GOOGLE, "linked_at": "2026-11-06T21:20:00Z", "made": True}
    ]
    text = people.page(f"{PEOPLE}/{LINKED.id}").body.decode()
    assert "Signs in with Google" in text
    assert LINK.key not in text
    assert "Has not signed in with it yet" in people.page(f"{PEOPLE}/{NOT_YET.id}").body.decode()
    assert "own sign-in</h3>" not in people.page(f"{PEOPLE}/{PASSWORDS.id}").body.decode()


def test_unlinking_ends_sessions_and_is_recorded(people: Console) -> None:
    portal = people.system.wiring("portal")
    session = open_session(portal, "northbridge", now_is(people, LINKED), by="google")[0]
    assert who(portal, session).person.id == LINKED.id
    assert people.http.delete(f"{PEOPLE}/{LINKED.id}/sso", headers=people.headers("application/json")).status_code == 204
    assert now_is(people, LINKED).sso == ()
    with pytest.raises(NotSignedIn):
        who(portal, session)
    events = people.get("/admin/northbridge/audit", kind="deeds").json_body["items"]
    assert [(each["action"], each["facts"]) for each in events] == [("sso.unlinked", {"person": LINKED.id})]


def test_a_browser_is_led_back_and_reads_what_was_done(people: Console) -> None:
    assert "Unlinked, and signed out everywhere." in people.led(f"{PEOPLE}/{LINKED.id}/sso/delete", {})
    again = people.post(f"{PEOPLE}/{LINKED.id}/sso/delete", {})
    assert (again.status_code, again.json_body["code"]) == (409, "not_linked")


def test_nobody_of_another_school_and_nobody_at_all(people: Console) -> None:
    for where in (f"{PEOPLE}/{'z' * 20}/sso/delete", f"/admin/southgate/people/{LINKED.id}/sso/delete"):
        assert people.post(where, {}).status_code == 404
    assert now_is(people, LINKED).sso == (LINK,)
