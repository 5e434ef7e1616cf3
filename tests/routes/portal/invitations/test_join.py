"""Invitations: one mail, all children, one account; whoever uses one first has used it for everybody."""

import threading
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from latchkey.errors import Gone
from latchkey.invitations import invite as inviting
from latchkey.invitations.model.invitation import DAY, Invitation, Source, link_of
from latchkey.invitations.use_invitation import Wishes, use
from latchkey.password_links.model import links
from latchkey.people.model.person import Person
from latchkey.schools.model.school import SingleSignOn
from tests.support.portal import PASSWORD, Portal

NEW = "violet-kettle-77-north"
MAILBOX = "a.khan@home.example"


def children(portal: Portal) -> tuple[Person, Person]:
    return portal.add("amir", family_name="Khan", password=None), portal.add("zara", family_name="Khan", password=None)


def invited(portal: Portal, *people: Person, email: str = MAILBOX, source: Source = "contacts") -> Invitation:
    school = portal.wiring.schools.get("northbridge")
    assert school is not None
    return inviting.invite(portal.wiring, school, email, [each.id for each in people], source)


def token(portal: Portal, found: Invitation, life: int = 28 * DAY, epoch: int = 0) -> str:
    link = link_of(found, "northbridge", portal.wiring.now() + life)
    return links.token(link, portal.wiring.link_key("northbridge", epoch))


def join(portal: Portal, text: str, **fields: Any) -> Any:
    return portal.post(
        "/invitations/use", {"token": text, "password": NEW, "given_name": "Aisha", "family_name": "Khan", **fields}
    )


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json_body["code"]


def test_one_link_makes_an_account_with_all_children(portal: Portal) -> None:
    amir, zara = children(portal)
    text = token(portal, invited(portal, amir, zara))
    seen = portal.post("/invitations/check", {"token": text})
    assert seen.status_code == 200
    assert seen.json_body == {
        "school": "northbridge",
        "school_name": "Northbridge Academy",
        "help": "",
        "expires_at": seen.json_body["expires_at"],
        "children": ["Amir", "Zara"],
        "email": MAILBOX,
        "given_name": "",
        "family_name": "",
        "needs": ["given_name", "family_name"],
        "has_account": False,
        "accounts": [],
        "phone": True,
        "phone_alone": True,
        "password": {"shortest": 12, "longest": 256},
    }
    answer = join(portal, text)
    assert answer.status_code == 200
    assert (answer.json_body["outcome"], answer.json_body["children"]) == ("made", ["Amir", "Zara"])
    assert "Set-Cookie" not in answer.headers, "nobody is signed in by a link"
    assert portal.sign_in(MAILBOX, NEW).status_code == 201
    parent = portal.wiring.directory("northbridge").person(portal.person(amir).parents[0])
    assert parent is not None
    assert (parent.role, parent.name, parent.children) == ("parent", "Aisha Khan", (amir.id, zara.id))
    assert portal.person(zara).parents == (parent.id,)
    assert not parent.address_is_unconfirmed, "its mail was read"
    assert [each["kind"] for each in portal.requests()] == ["invitation_used"]


def test_looking_changes_nothing_and_get_does_nothing(portal: Portal) -> None:
    amir, _ = children(portal)
    found = invited(portal, amir)
    text = token(portal, found)
    for _ in range(3):
        assert portal.page("/join").status_code == 200
        assert portal.page(f"/join?token={text}").status_code == 200
        assert portal.post("/invitations/check", {"token": text}).status_code == 200
    for path in ("check", "use"):
        assert portal.get(f"/invitations/{path}").status_code == 405
    assert portal.wiring.invitations("northbridge").get(found.id) == found
    assert join(portal, text).status_code == 200


def test_an_invitation_is_used_once_and_nothing_about_anybody_stays_in_it(portal: Portal) -> None:
    amir, _ = children(portal)
    found = invited(portal, amir)
    text = token(portal, found)
    assert join(portal, text).status_code == 200
    for seconds in (0, 60, 60 * DAY):
        portal.system.clock.now += seconds
        assert code(join(portal, text)) == (410, "used")
        assert code(portal.post("/invitations/check", {"token": text})) == (410, "used")
    left = portal.wiring.invitations("northbridge").get(found.id)
    assert left is not None
    assert (left.email, left.children, left.name, left.status) == ("", (), "", "used")


def test_whoever_invites_the_same_mailbox_adds_children_and_links_that_are_out_give_them_too(portal: Portal) -> None:
    amir, zara = children(portal)
    first = token(portal, invited(portal, amir, source="student"))
    second = token(portal, invited(portal, zara))
    assert join(portal, first).json_body["children"] == ["Amir", "Zara"]
    assert code(join(portal, second)) == (410, "used")


def test_children_are_added_to_the_account_of_the_mailbox_without_its_password(portal: Portal) -> None:
    amir, zara = children(portal)
    tess = portal.add("tess", role="teacher", email=MAILBOX)
    text = token(portal, invited(portal, amir, zara))
    seen = portal.post("/invitations/check", {"token": text}).json_body
    assert (seen["has_account"], [each["has_password"] for each in seen["accounts"]]) == (True, [True])
    answer = portal.post("/invitations/use", {"token": text})
    assert (answer.status_code, answer.json_body["outcome"]) == (200, "joined")
    now = portal.person(tess)
    assert (now.children, now.version, now.role) == ((amir.id, zara.id), tess.version, "teacher")
    assert portal.person(amir).parents == (tess.id,)
    assert portal.sign_in(MAILBOX, PASSWORD).status_code == 201


def test_an_account_without_a_password_gets_its_first(portal: Portal) -> None:
    amir, zara = children(portal)
    mum = portal.add("mum", role="parent", email=MAILBOX, username=None, password=None, children=(amir.id,), mis_id="p1")
    text = token(portal, invited(portal, amir, zara))
    weak = portal.post("/invitations/use", {"token": text, "password": "short"})
    assert (weak.status_code, [*weak.json_body["fields"]]) == (422, ["password"])
    answer = portal.post("/invitations/use", {"token": text, "password": NEW})
    assert answer.json_body["outcome"] == "set"
    assert portal.sign_in(MAILBOX, NEW).status_code == 201
    assert portal.person(mum).children == (amir.id, zara.id)
    assert [each["kind"] for each in portal.requests()] == ["invitation_used", "password_changed"]


def test_of_several_accounts_it_is_asked_which(portal: Portal) -> None:
    amir, _ = children(portal)
    portal.add("mum", role="parent", email=MAILBOX, mis_id="p1")
    dad = portal.add("dad", role="parent", email=MAILBOX, mis_id="p2")
    text = token(portal, invited(portal, amir))
    assert [*join(portal, text).json_body["fields"]] == ["account"]
    assert [*join(portal, text, account="0" * 26).json_body["fields"]] == ["account"]
    assert join(portal, text, account=dad.id).json_body["outcome"] == "joined"
    assert portal.person(dad).children == (amir.id,)


def test_somebody_who_shares_the_mailbox_can_have_an_account_of_their_own(portal: Portal) -> None:
    amir, _ = children(portal)
    mum = portal.add("mum", role="parent", email=MAILBOX, mis_id="p1")
    assert join(portal, token(portal, invited(portal, amir)), account="new").json_body["outcome"] == "made"
    assert portal.person(mum).children == ()


def test_an_address_that_somebody_typed_counts_for_no_account(portal: Portal) -> None:
    """Else whoever registered with a code and somebody else's address would get that parent's children."""
    amir, zara = children(portal)
    thief = portal.add("thief", role="parent", email=MAILBOX, children=(amir.id,))
    assert thief.address_is_unconfirmed
    text = token(portal, invited(portal, zara))
    assert portal.post("/invitations/check", {"token": text}).json_body["has_account"] is False
    assert join(portal, text).json_body["outcome"] == "made"
    assert portal.person(thief).children == (amir.id,)


def test_whom_an_admin_has_switched_off_does_not_come_in_by_an_invitation(portal: Portal) -> None:
    amir, _ = children(portal)
    portal.add("mum", role="parent", email=MAILBOX, mis_id="p1", status="disabled")
    assert code(join(portal, token(portal, invited(portal, amir)))) == (410, "replaced")


def test_parents_who_have_the_schools_own_sign_in_by_now_are_sent_to_it(portal: Portal) -> None:
    amir, _ = children(portal)
    text = token(portal, invited(portal, amir))
    sso = SingleSignOn(roles=("parent",), label="Home Access", url="https://home.northbridge.example/")
    school = portal.wiring.schools.get("northbridge")
    assert school is not None
    portal.system.wiring("operate").schools.change(replace(school, settings=replace(school.settings, sso=sso)))
    portal.system.clock.now += 60
    answer = join(portal, text)
    assert (*code(answer), answer.json_body["sign_in"]) == (410, "elsewhere", "https://home.northbridge.example/")


def test_all_that_is_wrong_is_said_at_once_and_the_invitation_still_works(portal: Portal) -> None:
    amir, _ = children(portal)
    text = token(portal, invited(portal, amir))
    answer = join(portal, text, given_name="http://x.example", family_name="K" * 60, password="aisha")
    assert answer.status_code == 422
    assert [*answer.json_body["fields"]] == ["given_name", "family_name", "password"]
    assert [*join(portal, text, given_name="", family_name="").json_body["fields"]] == ["given_name"]
    assert join(portal, text).status_code == 200


def test_a_child_who_has_left_is_left_out_and_without_any_nothing_is_left(portal: Portal) -> None:
    amir, _ = children(portal)
    gone = portal.add("gone", status="left", password=None)
    assert join(portal, token(portal, invited(portal, amir, gone))).json_body["children"] == ["Amir"]
    assert code(join(portal, token(portal, invited(portal, gone, email="b@home.example")))) == (410, "replaced")


def test_a_link_ends_with_its_time_and_with_the_schools_links(portal: Portal) -> None:
    amir, _ = children(portal)
    found = invited(portal, amir, source="student")
    text = token(portal, found)
    portal.system.clock.now += 15 * DAY  # its links live for 14
    assert code(join(portal, text)) == (410, "expired")
    again = invited(portal, amir)
    assert again.version > found.version, "an older link stays dead"
    assert code(join(portal, text)) == (410, "replaced")
    assert code(join(portal, token(portal, again, epoch=1))) == (410, "damaged")
    assert join(portal, token(portal, again)).status_code == 200


@pytest.mark.parametrize("purpose", ["welcome", "reset", "forgot", "confirm"])
def test_only_its_own_kind_of_link_opens_an_invitation(portal: Portal, purpose: links.Purpose) -> None:
    amir, _ = children(portal)
    assert code(join(portal, portal.token(amir, purpose=purpose))) == (410, "damaged")


def test_an_invitation_opens_nothing_else(portal: Portal) -> None:
    amir, _ = children(portal)
    text = token(portal, invited(portal, amir))
    for path in ("/password-links/check", "/password-links/use", "/confirmations/check", "/confirmations/use"):
        assert code(portal.post(path, {"token": text, "password": NEW})) == (410, "damaged")


@pytest.mark.parametrize("text", ["", "x", "1.i.northbridge", "1.i." + "a" * 400, "1.i.nowhere.0000000000abcdefabcdefab.1.1.1.x"])
def test_what_is_no_token_is_damaged(portal: Portal, text: str) -> None:
    answer = join(portal, text)
    assert answer.status_code in {410, 422}


def test_of_fifty_at_once_one_makes_the_account(portal: Portal) -> None:
    amir, zara = children(portal)
    text, outcomes = token(portal, invited(portal, amir, zara)), Counter[str]()
    gate = threading.Barrier(50)

    def one() -> None:
        gate.wait()
        try:
            outcomes[use(portal.wiring, text, Wishes(password=NEW, given_name="Aisha")).outcome] += 1
        except Gone as gone:
            outcomes[gone.code] += 1

    threads = [threading.Thread(target=one) for _ in range(50)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert outcomes == {"made": 1, "used": 49}
    assert len(portal.person(amir).parents) == len(portal.person(zara).parents) == 1


def test_many_at_once_invite_one_mailbox_and_every_child_is_in_it(portal: Portal) -> None:
    people = [portal.add(f"child{number}", password=None) for number in range(12)]
    gate = threading.Barrier(12)

    def one(child: Person) -> None:
        gate.wait()
        invited(portal, child, source="student")

    threads = [threading.Thread(target=one, args=[child]) for child in people]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    found = invited(portal, people[0])
    assert {*found.children} == {child.id for child in people}
