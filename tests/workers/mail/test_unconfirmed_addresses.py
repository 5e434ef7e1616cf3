"""A mail to an address that nobody has confirmed says nothing that its requester wrote, in whatever way it was asked for."""

import html
import re
from dataclasses import replace
from typing import Any

import pytest

import portal.system
from latchkey.people.model.person import CodeState, Person
from latchkey.schools.model.school import DAY
from portal.app import app
from tests.support.gateway import Gateway
from tests.support.mail_road import MailRoad
from tests.support.openapi import written
from tests.support.portal import Portal
from tests.support.ses import Delivered

LIVE = CodeState(3, 1_795_000_000 + 90 * DAY)
PRIZE = "markerword"
"""Stands in every field that the public can fill in."""
WORDS = {
    "given_name": f"{PRIZE} Given",
    "family_name": f"{PRIZE} Family",
    "username": f"{PRIZE}.user",
    "password": f"{PRIZE}-tulip-harbour-94",
    "identifier": f"{PRIZE}@stranger.example",
    "q": PRIZE,
}
STRANGER, OTHER = f"{PRIZE}@stranger.example", f"{PRIZE}.other@stranger.example"
SET_BY_US = {"token", "code", "into", "also", "school", "account", "person", "credential"}  # they only work as we made them
OF_PROVIDERS = {"SAMLResponse", "RelayState", "state", "iss", "error", "error_description", "again", "try"}
"""A provider's answer and how one is asked for again: only what is signed counts, and it makes no mail."""
CHOSEN = {"way", "language", "to", "login"}  # one of a few words, a path of ours, or a field that no mail and no item takes


@pytest.fixture
def site(road: MailRoad, monkeypatch: pytest.MonkeyPatch) -> Portal:
    monkeypatch.setattr(portal.system, "wiring", road.system.wiring)
    school = road.system.wiring("portal").schools.get("northbridge")
    assert school is not None
    return Portal(road.system, Gateway(app), {"northbridge": school})


def pupil(site: Portal, name: str, number: int, **facts: Any) -> Person:
    given = {"number": number, "pin": LIVE, "parent_code": LIVE, "password": None, "mis_id": f"M{number}", "username": None}
    return site.add(name, **{**given, **facts})


def register(site: Portal, child: Person, email: str = STRANGER) -> str:
    """A parent with marker words for names; their id."""
    names = {name: WORDS[name] for name in ("given_name", "family_name", "username", "password")}
    answer = site.redeem(site.code(child, "parent"), email=email, **names)
    assert answer.status_code == 201, answer.body
    return str(answer.json_body["person"]["id"])


def claim(site: Portal, child: Person, email: str = OTHER, **more: str) -> None:
    names = {name: WORDS[name] for name in ("given_name", "family_name", "password")}
    answer = site.redeem(site.code(child, "pin"), email=email, **{**names, **more})
    assert answer.status_code == 201, answer.body


def forgot(site: Portal, typed: str, field: str = "identifier") -> None:
    assert site.post("/schools/northbridge/forgot-password", {field: typed}).status_code == 202


def let_out(road: MailRoad) -> None:
    assert road.plan() == []
    assert road.deliver() == []


def said(mail: Delivered) -> str:
    """All that its reader sees of a mail, but for whom it is to; without the links, which are ours."""
    words = " ".join((mail.subject, mail.text, html.unescape(mail.html), mail.sender, *mail.reply_to, str(mail.attachments)))
    return re.sub(r"https?://\S+", "", words).lower()


def public_fields() -> set[str]:
    """Every field that somebody who is not signed in can send, by the description of the API."""
    api = written()
    schemas, found = api["components"]["schemas"], set[str]()
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            if method not in {"post", "get"} or path.startswith("/admin") or "portal" not in operation.get("tags", ()):
                continue
            if operation.get("security"):  # of who is signed in
                continue
            found |= {each["name"] for each in operation.get("parameters", ()) if each.get("in") == "query"}
            for body in operation.get("requestBody", {}).get("content", {}).values():
                schema = body["schema"]
                schema = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
                for part in (schema, *schema.get("oneOf", ()), *schema.get("anyOf", ())):
                    found |= set(part.get("properties", ()))
    return found


def test_every_public_field_is_planted_here() -> None:
    assert public_fields() - SET_BY_US - CHOSEN - OF_PROVIDERS <= {*WORDS, "email"}, "plant the new field in the stories below"
    assert {"given_name", "email", "identifier", "username", "password"} <= public_fields()


def test_no_mail_to_an_address_that_nobody_has_confirmed_says_what_was_typed(site: Portal, road: MailRoad) -> None:
    ann, bob = pupil(site, "ann", 7), pupil(site, "bob", 8)
    register(site, ann)
    claim(site, bob, username=WORDS["username"])
    let_out(road)
    for typed, field in ((STRANGER, "identifier"), (OTHER, "email"), (WORDS["username"], "username"), (PRIZE, "identifier")):
        forgot(site, typed, field)
        site.sign_in(typed, WORDS["password"] + "!")
        site.get(f"/schools?q={WORDS['q']}")
        let_out(road)
    road.system.clock.now += 3_700  # the links of these mails are too old now
    for mail in list(road.ses.mails):
        for link in mail.links:
            assert site.post("/password-links/renew", {"token": link.partition("#")[2]}).status_code == 202
    let_out(road)
    road.start()
    let_out(road)
    for address in (STRANGER, OTHER):
        subjects = {mail.subject.partition(" at ")[0].partition(" for ")[0] for mail in road.ses.to(address)}
        assert subjects == {"Confirm your e-mail address"}, "nothing else goes to an address that nobody has confirmed"
        for mail in road.ses.to(address):
            assert PRIZE not in said(mail), mail.text
            assert "northbridge academy" in said(mail)
    assert all("parent" in said(mail) for mail in road.ses.to(STRANGER))
    assert all("bob okafor (student)" in said(mail) for mail in road.ses.to(OTHER)), "the school's own name of its pupil stands"


def test_the_former_address_of_a_pupil_learns_nothing_of_what_was_typed(site: Portal, road: MailRoad) -> None:
    bob = pupil(site, "bob", 8)
    claim(site, bob, username=WORDS["username"])
    road.system.clock.now += 60
    fresh = replace(LIVE, generation=4)
    road.system.wiring("read_roster").directory("northbridge").put_new([replace(site.person(bob), pin=fresh)])
    claim(site, bob, email="second@stranger.example")
    let_out(road)
    assert road.ses.to(OTHER) == [], "nobody had confirmed it"
    for mail in road.ses.mails:
        assert PRIZE not in said(mail)


def test_whoever_shares_an_address_with_a_stranger_reads_their_own_name_only(site: Portal, road: MailRoad) -> None:
    site.add("head", role="staff", email="head@x.example", mis_id="H1")
    register(site, pupil(site, "ann", 7), "head@x.example")
    let_out(road)
    forgot(site, "head@x.example")
    let_out(road)
    assert [PRIZE in said(mail) for mail in road.ses.mails] == [False, False]
    assert "head okafor (staff)" in said(road.ses.mails[-1]).replace("member of staff", "staff")


def test_who_confirms_the_address_gets_every_mail(site: Portal, road: MailRoad) -> None:
    parent, bob = register(site, pupil(site, "ann", 7)), pupil(site, "bob", 8)
    claim(site, bob, username=WORDS["username"])
    for address in (STRANGER, OTHER):
        let_out(road)
        token = road.ses.to(address)[-1].links[0].partition("#")[2]
        assert site.post("/confirmations/use", {"token": token}).status_code == 200
        forgot(site, address)
        let_out(road)
        token = road.ses.to(address)[-1].links[0].partition("#")[2]
        used = site.post("/password-links/use", {"token": token, "password": "violet-kettle-77-north"})
        assert used.status_code == 204
        let_out(road)
        assert PRIZE in said(road.ses.to(address)[-1])
    directory = site.wiring.directory("northbridge")
    assert [each.address_is_unconfirmed for each in directory.by_ids([parent, bob.id])] == [False, False]


def test_a_parent_who_registered_before_this_was_noted_is_unconfirmed_too(site: Portal, road: MailRoad) -> None:
    site.add("mum", role="parent", username=None, email=STRANGER, given_name=PRIZE)
    forgot(site, STRANGER)
    let_out(road)
    (mail,) = road.ses.to(STRANGER)
    assert PRIZE not in said(mail)
    assert len(mail.links) == 1


def test_addresses_of_the_roster_get_mails_with_names(site: Portal, road: MailRoad) -> None:
    site.add("dad", role="parent", email="dad@x.example", mis_id="P1")
    bob = pupil(site, "bob", 8, email="bob@x.example", username="bob.o")
    claim(site, bob, email="bob@x.example")
    forgot(site, "dad@x.example")
    let_out(road)
    assert "dad okafor (parent)" in said(road.ses.to("dad@x.example")[-1])
    assert "sign in with: bob.o" in said(road.ses.to("bob@x.example")[-1])


def test_the_ledger_of_a_send_still_names_them_to_the_school(site: Portal, road: MailRoad) -> None:
    parent = register(site, pupil(site, "ann", 7))
    let_out(road)
    send = road.start()
    let_out(road)
    chunks = road.system.wiring("console").ledger("northbridge").chunks(send)
    names = {account.person: account.name for chunk in chunks for mail in chunk.mails for account in mail.accounts}
    assert names[parent] == f"{PRIZE} Given {PRIZE} Family"
