"""An invitation and "Use this phone": the invitation is used and the passkey kept, or neither; and its owner is signed in."""

import threading
from collections import Counter
from typing import Any

import pytest

from latchkey.people.model.person import Person
from latchkey.schools.model.school import PhoneRule, Settings
from latchkey.sign_in.session import who as signed_in
from tests.routes.portal.invitations.test_join import MAILBOX, NEW, children, code, invited, join, token
from tests.support.authenticator import Authenticator
from tests.support.openapi import check
from tests.support.portal import PASSWORD, Portal

OPTIONS, USE = "/invitations/passkey", "/invitations/use"
NAMES = {"given_name": "Aisha", "family_name": "Khan"}


def phones(portal: Portal, *roles: Any, alone: bool = True) -> None:
    settings = Settings(phones=PhoneRule(roles=roles, alone=alone))
    portal.system.wiring("operate").schools.change_settings("northbridge", settings, ["phones"])


def begin(portal: Portal, text: str, **fields: Any) -> Any:
    answer = portal.post(OPTIONS, {"token": text, **fields})
    check("post", OPTIONS, answer)
    return answer


def use(portal: Portal, text: str, phone: Authenticator, account: str = "new", **fields: Any) -> Any:
    begun = begin(portal, text, account=account).json_body
    made = {"credential": phone.make(begun["challenge"]), "person": begun["person"]}
    answer = portal.post(USE, {"token": text, "account": account, **made, **NAMES, **fields})
    check("post", USE, answer)
    return answer


def by_phone(portal: Portal, phone: Authenticator) -> Any:
    options = portal.post("/schools/northbridge/sessions/passkey", {}).json_body["challenge"]
    return portal.post("/schools/northbridge/sessions/passkey/answer", {"credential": phone.sign(options)})


def parents(portal: Portal, child: Person) -> list[Person]:
    people = portal.wiring.directory("northbridge").by_ids(portal.person(child).parents)
    return list(people)


def test_a_parent_makes_an_account_with_a_phone_and_is_signed_in(portal: Portal) -> None:
    amir, zara = children(portal)
    phone, text = Authenticator(), token(portal, invited(portal, amir, zara))
    seen = portal.post("/invitations/check", {"token": text})
    check("post", "/invitations/check", seen)
    assert (seen.json_body["phone"], seen.json_body["phone_alone"]) == (True, True)
    answer = use(portal, text, phone)
    assert answer.status_code == 201
    who = signed_in(portal.wiring, answer.json_body["token"])
    assert (who.person.children, who.person.password_set_at, who.session.ways) == ((amir.id, zara.id), None, ("passkey",))
    assert who.person.has_way_in
    assert not who.person.address_is_unconfirmed, "its mail was read"
    assert [each.id for each in parents(portal, zara)] == [who.person.id]
    assert by_phone(portal, phone).json_body["person"]["id"] == who.person.id
    assert portal.sign_in(MAILBOX, NEW).status_code == 401
    assert code(join(portal, text)) == (410, "used")


def test_a_password_beside_the_phone_where_the_school_wants_one(portal: Portal) -> None:
    amir, _ = children(portal)
    text = token(portal, invited(portal, amir))
    phones(portal, "parent", alone=False)
    without = use(portal, text, Authenticator())
    assert (without.status_code, [*without.json_body["fields"]]) == (422, ["password"])
    assert use(portal, text, Authenticator(), password=NEW).status_code == 201
    assert parents(portal, amir)[0].password_set_at == portal.wiring.now()


def test_where_the_school_does_not_let_parents_nothing_is_begun(portal: Portal) -> None:
    amir, _ = children(portal)
    text = token(portal, invited(portal, amir))
    phones(portal, "teacher")
    assert code(begin(portal, text)) == (403, "no_phone")
    assert portal.post("/invitations/check", {"token": text}).json_body["phone"] is False
    forged = portal.post(USE, {"token": text, "credential": {"id": "x"}, "person": "0" * 20, **NAMES})
    assert code(forged) == (403, "no_phone")
    assert join(portal, text).status_code == 200


def test_an_account_without_a_way_in_gets_the_phone_as_its_first(portal: Portal) -> None:
    amir, zara = children(portal)
    mum = portal.add("mum", role="parent", email=MAILBOX, username=None, password=None, children=(amir.id,), mis_id="p1")
    phone, text = Authenticator(), token(portal, invited(portal, amir, zara))
    assert use(portal, text, phone, account=mum.id).status_code == 201
    now = portal.person(mum)
    assert (now.children, now.password_set_at, now.version) == ((amir.id, zara.id), None, mum.version + 1)
    assert by_phone(portal, phone).json_body["person"]["id"] == mum.id


def test_an_account_with_a_phone_or_a_password_only_gets_the_children(portal: Portal) -> None:
    amir, zara = children(portal)
    phone = Authenticator()
    assert use(portal, token(portal, invited(portal, amir)), phone).status_code == 201
    (mum,) = parents(portal, amir)
    text = token(portal, invited(portal, zara))
    (seen,) = portal.post("/invitations/check", {"token": text}).json_body["accounts"]
    assert (seen["has_password"], seen["has_way_in"], seen["phone"]) == (False, True, False)
    assert code(begin(portal, text, account=mum.id)) == (403, "no_phone")
    assert portal.post(USE, {"token": text, "account": mum.id, "password": NEW}).json_body["outcome"] == "joined"
    assert portal.sign_in(MAILBOX, NEW).status_code == 401, "an invitation sets no password beside a phone"
    assert portal.person(mum).children == (amir.id, zara.id)
    assert portal.add("dad", role="parent", email="d@home.example", mis_id="p2").has_way_in
    other = token(portal, invited(portal, amir, email="d@home.example"))
    assert code(begin(portal, other)) == (403, "no_phone")
    assert portal.sign_in("d@home.example", PASSWORD).status_code == 201


@pytest.mark.parametrize("wrong", ["person", "invitation", "account", "altered", "nonsense", "unverified", "stale"])
def test_a_ceremony_that_is_not_right_uses_nothing_up(portal: Portal, wrong: str) -> None:
    amir, _ = children(portal)
    portal.add("mum", role="parent", email=MAILBOX, username=None, password=None, mis_id="p1")
    phone = Authenticator(verifies=wrong != "unverified")
    found = invited(portal, amir)
    text, other = token(portal, found), token(portal, invited(portal, amir, email="b@home.example"))
    begun = begin(portal, text, account="new").json_body
    if wrong == "altered":
        begun["challenge"]["challenge"] = "AAAA"
    made: Any = phone.make(begun["challenge"])
    fields = {"token": text, "account": "new", "credential": made, "person": begun["person"], **NAMES}
    if wrong == "person":
        fields["person"] = begin(portal, text, account="new").json_body["person"]
    if wrong == "invitation":
        fields["token"] = other
    if wrong == "account":
        (mum,) = portal.post("/invitations/check", {"token": text}).json_body["accounts"]
        fields |= {"account": mum["id"], "person": mum["id"]}
    if wrong == "nonsense":
        fields["credential"] = {"id": "x"}
    if wrong == "stale":
        portal.system.clock.now += 301
    answer = portal.post(USE, fields)
    check("post", USE, answer)
    assert (answer.status_code, [*answer.json_body["fields"]]) == (422, ["credential"])
    assert portal.person(amir).parents == ()
    assert portal.wiring.invitations("northbridge").get(found.id) == found
    assert join(portal, text, account="new").status_code == 200


def test_fifty_at_once_make_one_account(portal: Portal) -> None:
    amir, zara = children(portal)
    text = token(portal, invited(portal, amir, zara))
    made = []
    for _ in range(25):
        phone, begun = Authenticator(), begin(portal, text, account="new").json_body
        made.append({"credential": phone.make(begun["challenge"]), "person": begun["person"]})
    wishes = [*made, *({"password": NEW} for _ in range(25))]
    answers: list[Any] = []
    line = threading.Barrier(len(wishes))

    def go(fields: dict[str, Any]) -> None:
        line.wait()
        answers.append(portal.post(USE, {"token": text, **NAMES, **fields}))

    threads = [threading.Thread(target=go, args=(each,)) for each in wishes]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    found = Counter(each.status_code for each in answers)
    assert found[200] + found[201] == 1, found
    assert set(found) <= {200, 201, 410, 503}, found
    assert len(portal.person(amir).parents) == 1
    assert portal.person(zara).parents == portal.person(amir).parents


def test_beginning_is_counted(portal: Portal) -> None:
    amir, _ = children(portal)
    text = token(portal, invited(portal, amir))
    assert [begin(portal, text).status_code for _ in range(61)][-2:] == [200, 429]
    assert join(portal, text).status_code == 200
