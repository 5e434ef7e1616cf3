"""A parent registers with a code: the answer tells nothing, and only the mailbox joins or confirms."""

import json
import threading
from dataclasses import replace
from typing import Any

import pytest

import portal.system
from latchkey.people.model.person import CodeState, Person
from latchkey.people.model.unconfirmed import CONFIRMABLE, PROVISIONAL
from latchkey.schools.model.school import DAY
from latchkey.shared.model.identifiers import lookup
from portal.app import app
from tests.support.gateway import Gateway
from tests.support.iam.judge import Watched
from tests.support.mail_road import MailRoad
from tests.support.portal import PASSWORD, Portal
from tests.support.system import START

LIVE = CodeState(3, START + 90 * DAY)
MUM = "mum@x.example"


@pytest.fixture
def site(road: MailRoad, monkeypatch: pytest.MonkeyPatch) -> Portal:
    monkeypatch.setattr(portal.system, "wiring", road.system.wiring)
    school = road.system.wiring("portal").schools.get("northbridge")
    assert school is not None
    return Portal(road.system, Gateway(app), {"northbridge": school})


def pupil(site: Portal, name: str, number: int, **facts: Any) -> Person:
    given = {"number": number, "pin": LIVE, "parent_code": LIVE, "password": None, "mis_id": f"M{number}", "username": None}
    return site.add(name, **{**given, **facts})


def register(site: Portal, child: Person, email: str = MUM, given_name: str = "Typed") -> str:
    answer = site.redeem(site.code(child, "parent"), email=email, given_name=given_name, family_name="Name")
    assert answer.status_code == 201, answer.body
    return str(answer.json_body["person"]["id"])


def let_out(road: MailRoad) -> None:
    assert road.plan() == []
    assert road.deliver() == []


def token_to(road: MailRoad, address: str = MUM) -> str:
    link = road.ses.to(address)[-1].links[0]
    assert link.startswith("https://latchkey.test/confirm#")
    return link.partition("#")[2]


def found(site: Portal, person: str) -> Person | None:
    return site.wiring.directory("northbridge").person(person)


def here(site: Portal, person: str) -> Person:
    known = found(site, person)
    assert known is not None
    return known


def confirm(site: Portal, token: str, **fields: Any) -> Any:
    return site.post("/confirmations/use", {"token": token, **fields})


def test_who_registers_has_a_provisional_account_that_works_and_one_mail(site: Portal, road: MailRoad) -> None:
    ann = pupil(site, "ann", 7)
    parent = register(site, ann)
    assert here(site, parent).provisional_until == int(road.system.clock()) + PROVISIONAL
    assert site.sign_in(MUM).status_code == 201
    let_out(road)
    (mail,) = road.ses.to(MUM)
    assert mail.subject == "Confirm your e-mail address for Northbridge Academy"
    assert "Parent of: Ann" in mail.text
    assert "Typed" not in mail.text + mail.html
    assert len(mail.links) == 1


def test_confirming_where_nobody_else_has_the_address(site: Portal, road: MailRoad) -> None:
    parent = register(site, pupil(site, "ann", 7))
    let_out(road)
    token = token_to(road)
    seen = site.post("/confirmations/check", {"token": token})
    assert seen.status_code == 200, seen.body
    assert seen.json_body["kind"] == "address"
    assert (seen.json_body["children"], seen.json_body["accounts"], seen.json_body["others"]) == (["Ann"], [], [])
    session = {"Authorization": f"Bearer {site.sign_in(MUM).json_body['token']}"}
    done = confirm(site, token)
    assert done.json_body["outcome"] == "confirmed"
    person = here(site, parent)
    assert (person.address_is_unconfirmed, person.provisional_until) == (False, None)
    assert site.get("/account", **session).status_code == 200, "who is signed in stays so"
    again = confirm(site, token)
    assert (again.status_code, again.json_body["code"]) == (410, "used")


@pytest.mark.parametrize("role", ["parent", "teacher", "staff"])
def test_an_adult_with_the_address_gets_the_child_and_the_other_account_is_gone(site: Portal, road: MailRoad, role: str) -> None:
    old = site.add("mum", role=role, email=MUM, mis_id="P1", given_name="Maria", password="violet-kettle-77-north")
    ann = pupil(site, "ann", 7)
    parent = register(site, ann)
    assert here(site, old.id).children == ()
    session = {"Authorization": f"Bearer {site.sign_in(MUM).json_body['token']}"}
    let_out(road)
    mail = road.ses.to(MUM)[-1]
    assert mail.subject == "Add a child to your account at Northbridge Academy"
    token = token_to(road)
    seen = site.post("/confirmations/check", {"token": token}).json_body
    assert seen["accounts"] == [{"id": old.id, "given_name": "Maria", "role": role, "children": []}]
    done = confirm(site, token)
    assert done.json_body["outcome"] == "joined", done.body
    after = here(site, old.id)
    assert (after.children, after.given_name, after.family_name, after.merged) == ((ann.id,), "Maria", "Okafor", (parent,))
    assert here(site, ann.id).parents == (old.id,)
    assert found(site, parent) is None
    assert site.get("/account", **session).status_code == 401
    assert site.sign_in(MUM).status_code == 401, "the password of the account that is gone opens nothing"
    assert site.sign_in(MUM, "violet-kettle-77-north").status_code == 201
    assert confirm(site, token).json_body["code"] == "used"
    assert site.wiring.credentials("northbridge").password_hash(parent) == "-"


def test_a_student_with_the_address_is_never_given_children(site: Portal, road: MailRoad) -> None:
    bob = pupil(site, "bob", 8, email=MUM)
    parent = register(site, pupil(site, "ann", 7))
    let_out(road)
    assert road.ses.to(MUM)[-1].subject.startswith("Confirm your")
    assert confirm(site, token_to(road), into=bob.id).status_code == 422
    assert confirm(site, token_to(road)).json_body["outcome"] == "confirmed"
    assert here(site, bob.id).children == ()
    assert here(site, parent).children != ()


def test_two_parents_of_one_mailbox_are_asked_which(site: Portal, road: MailRoad) -> None:
    mum = site.add("mum", role="parent", email=MUM, mis_id="P1", given_name="Maria")
    dad = site.add("dad", role="parent", email=MUM, mis_id="P2", given_name="David")
    ann, parent = pupil(site, "ann", 7), ""
    parent = register(site, ann)
    let_out(road)
    token = token_to(road)
    seen = site.post("/confirmations/check", {"token": token}).json_body
    assert {each["given_name"] for each in seen["accounts"]} == {"Maria", "David"}
    asked = confirm(site, token)
    assert (asked.status_code, list(asked.json_body["fields"])) == (422, ["into"])
    assert confirm(site, token, into=ann.id).status_code == 422
    assert confirm(site, token, into=dad.id).json_body["outcome"] == "joined"
    assert (here(site, dad.id).children, here(site, mum.id).children) == ((ann.id,), ())
    assert found(site, parent) is None


def test_it_may_stay_an_account_of_its_own_but_not_with_an_admins_address(site: Portal, road: MailRoad) -> None:
    mum = site.add("mum", role="parent", email=MUM, mis_id="P1")
    parent = register(site, pupil(site, "ann", 7))
    let_out(road)
    assert confirm(site, token_to(road), into="own").json_body["outcome"] == "confirmed"
    assert here(site, mum.id).children == ()
    assert not here(site, parent).address_is_unconfirmed
    boss = site.add("boss", role="staff", email="boss@x.example", mis_id="S1", is_admin=True)
    register(site, pupil(site, "bob", 8), "boss@x.example")
    let_out(road)
    token = token_to(road, "boss@x.example")
    assert site.post("/confirmations/check", {"token": token}).json_body["own"] is False
    assert confirm(site, token, into="own").status_code == 422
    assert confirm(site, token, into=boss.id).json_body["outcome"] == "joined"
    assert here(site, boss.id).is_admin


def test_several_codes_of_one_mailbox_are_joined_by_one_confirmation(site: Portal, road: MailRoad) -> None:
    mum = site.add("mum", role="parent", email=MUM, mis_id="P1")
    children = [pupil(site, name, number) for number, name in enumerate(("ann", "bob", "cat"), 7)]
    made = [register(site, child) for child in children]
    let_out(road)
    token = token_to(road)
    seen = site.post("/confirmations/check", {"token": token}).json_body
    others = [each["id"] for each in seen["others"]]
    assert len(others) == 2
    assert confirm(site, token, also=[mum.id]).status_code == 422
    assert confirm(site, token, also=others).json_body["outcome"] == "joined"
    assert set(here(site, mum.id).children) == {child.id for child in children}
    assert [found(site, each) for each in made] == [None, None, None]
    assert set(here(site, mum.id).merged) == set(made)


def test_without_an_account_the_first_confirmed_one_gets_the_others(site: Portal, road: MailRoad) -> None:
    ann, bob = pupil(site, "ann", 7), pupil(site, "bob", 8)
    first, second = register(site, ann), register(site, bob)
    let_out(road)
    tokens = [mail.links[0].partition("#")[2] for mail in road.ses.to(MUM)]
    seen = site.post("/confirmations/check", {"token": tokens[0]}).json_body
    assert confirm(site, tokens[0], also=[each["id"] for each in seen["others"]]).json_body["outcome"] == "confirmed"
    kept = first if found(site, first) else second
    assert set(here(site, kept).children) == {ann.id, bob.id}
    assert confirm(site, tokens[1]).json_body["code"] == "used"


def test_only_the_diagonal_of_purposes_works(site: Portal, road: MailRoad) -> None:
    parent = register(site, pupil(site, "ann", 7))
    let_out(road)
    token = token_to(road)
    for path in ("check", "use"):
        answer = site.post(f"/password-links/{path}", {"token": token, "password": PASSWORD})
        assert (answer.status_code, answer.json_body["code"]) == (410, "damaged")
    assert site.post("/password-links/renew", {"token": token}).status_code == 202
    assert road.system.messages("REQUESTS_QUEUE") == []
    for purpose in ("welcome", "reset", "forgot"):
        other = site.token(here(site, parent), purpose=purpose)
        for path in ("check", "use"):
            answer = site.post(f"/confirmations/{path}", {"token": other})
            assert (answer.status_code, answer.json_body["code"]) == (410, "damaged")
    assert confirm(site, token).status_code == 200


@pytest.mark.parametrize("fields", [{"token": ""}, {"token": "x"}, {"token": "1.c." * 100}])
def test_what_is_no_token_is_refused(site: Portal, fields: dict[str, str]) -> None:
    assert site.post("/confirmations/check", fields).status_code in {410, 422}
    assert site.post("/confirmations/use", fields).status_code in {410, 422}


def test_a_link_dies_with_its_time_a_new_password_another_address_and_leaving(site: Portal, road: MailRoad) -> None:
    parent = register(site, pupil(site, "ann", 7))
    let_out(road)
    token, directory = token_to(road), road.system.wiring("read_roster").directory("northbridge")
    person = here(site, parent)
    other = {"email": "new@x.example", "email_key": lookup(site.wiring.lookup_key("northbridge"), "email", "new@x.example")}
    for change in (
        {"version": person.version + 1},
        other,
        {"status": "left"},
        {"role": "staff"},
        {"provisional_until": int(road.system.clock())},
    ):
        directory.put_new([replace(person, **change)])
        assert confirm(site, token).json_body["code"] == "replaced", change
    directory.put_new([person])
    road.system.clock.now += CONFIRMABLE
    assert confirm(site, token).json_body["code"] == "expired"


def test_messages_name_nobody_and_are_the_same_for_every_address(site: Portal) -> None:
    site.add("mum", role="parent", email=MUM, mis_id="P1")
    said = []
    for number, address in enumerate((MUM, "nobody@x.example"), 7):
        parent = register(site, pupil(site, f"child{number}", number), address)
        (message,) = [json.loads(body) for body in site.system.messages("REQUESTS_QUEUE")]
        assert message.pop("person") == parent
        said.append({name: value for name, value in message.items() if name != "request"})
    assert said[0] == said[1]
    assert said[0] == {"v": 1, "kind": "confirm_address", "school": "northbridge", "at": site.wiring.now()}


def test_a_message_that_comes_twice_makes_one_mail_and_a_late_one_none(site: Portal, road: MailRoad) -> None:
    parent = register(site, pupil(site, "ann", 7))
    (body,) = road.system.messages("REQUESTS_QUEUE")
    assert road.plan([body, body]) == []
    assert road.deliver() == []
    assert len(road.ses.to(MUM)) == 1
    assert confirm(site, token_to(road)).status_code == 200
    assert road.plan([body]) == []
    road.ask({"kind": "confirm_address", "school": "northbridge", "person": parent, "request": "0" * 26, "at": site.wiring.now()})
    let_out(road)
    assert len(road.ses.to(MUM)) == 1, "a confirmed address needs no mail"


def minute(road: MailRoad) -> dict[str, int]:
    import plan_send.handler as door

    road.monkeypatch.setattr(door, "system", lambda: road.system.wiring("plan_send"))
    found: dict[str, int] = door.due()
    return found


def test_an_account_that_nobody_confirms_ends_after_28_days_at_once_and_by_the_minute(site: Portal, road: MailRoad) -> None:
    parent, other = register(site, pupil(site, "ann", 7)), register(site, pupil(site, "bob", 8), "dad@x.example")
    let_out(road)
    token = token_to(road)
    assert confirm(site, token_to(road, "dad@x.example")).status_code == 200
    road.system.clock.now += PROVISIONAL - 1
    assert site.sign_in(MUM).status_code == 201
    session = {"Authorization": f"Bearer {site.sign_in(MUM).json_body['token']}"}
    assert minute(road)["ended"] == 0
    road.system.clock.now += 1
    assert site.get("/account", **session).status_code == 401, "it is over before the worker has looked"
    assert site.sign_in(MUM).status_code == 401
    assert minute(road)["ended"] == 1
    assert minute(road)["ended"] == 0
    assert (here(site, parent).status, here(site, other).status) == ("left", "active")
    assert confirm(site, token).json_body["code"] == "replaced"


def test_confirming_while_it_ends_has_one_winner(site: Portal, road: MailRoad) -> None:
    parent = register(site, pupil(site, "ann", 7))
    let_out(road)
    person = here(site, parent)
    assert confirm(site, token_to(road)).status_code == 200
    assert not road.system.wiring("plan_send").directory("northbridge").end_unconfirmed(person)
    assert here(site, parent).status == "active"


def test_an_account_of_an_older_release_never_ends(site: Portal, road: MailRoad) -> None:
    old = site.add("old", role="parent", username=None, email="old@x.example")
    assert old.address_is_unconfirmed
    road.ask({"kind": "confirm_address", "school": "northbridge", "person": old.id, "request": "0" * 26, "at": site.wiring.now()})
    let_out(road)
    road.system.clock.now += 10 * PROVISIONAL
    assert minute(road)["ended"] == 0
    assert site.sign_in("old@x.example").status_code == 201


def test_the_school_asks_all_again_and_twice_makes_no_second_mail(
    site: Portal, road: MailRoad, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("latchkey.sends.ask_unconfirmed._PAGE", 2)
    for number in range(5):
        register(site, pupil(site, f"child{number}", number + 1), f"p{number}@x.example")
    site.add("known", role="parent", email="known@x.example", mis_id="P1")
    let_out(road)
    road.system.clock.now += 3_600
    message = {"kind": "ask_unconfirmed", "school": "northbridge", "at": site.wiring.now()}
    for _ in range(2):
        road.ask(message)
        for _ in range(12):
            let_out(road)
    assert [len(road.ses.to(f"p{number}@x.example")) for number in range(5)] == [2] * 5
    assert road.ses.to("known@x.example") == []


def test_fifty_uses_at_once_fill_exactly_the_places(site: Portal) -> None:
    ann = pupil(site, "ann", 7)
    code = site.code(ann, "parent")
    statuses = list[int]()

    def use(number: int) -> None:
        answer = site.redeem(code, email=f"p{number}@x.example", given_name="P", family_name="Q")
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=use, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201] * 5 + [410] * 45
    assert len(here(site, ann.id).parents) == 5


def test_of_fifty_confirmations_at_once_one_joins(site: Portal, road: MailRoad) -> None:
    old = site.add("mum", role="parent", email=MUM, mis_id="P1")
    ann = pupil(site, "ann", 7)
    register(site, ann)
    let_out(road)
    token, found = token_to(road), list[tuple[int, str]]()

    def use() -> None:
        answer = confirm(site, token)
        found.append((answer.status_code, answer.json_body.get("outcome") or answer.json_body["code"]))

    threads = [threading.Thread(target=use) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [(200, "joined"), *[(410, "used")] * 49]
    assert here(site, old.id).children == (ann.id,)
    assert here(site, ann.id).parents == (old.id,)


@pytest.mark.parametrize("status", ["left", "disabled"])
def test_an_account_that_left_meanwhile_is_not_joined_to(site: Portal, road: MailRoad, status: str) -> None:
    old = site.add("mum", role="parent", email=MUM, mis_id="P1")
    parent = register(site, pupil(site, "ann", 7))
    let_out(road)
    token = token_to(road)
    road.system.wiring("read_roster").directory("northbridge").change(old.id, {"status": status})
    assert confirm(site, token, into=old.id).status_code == 422
    assert confirm(site, token).json_body["outcome"] == "confirmed"
    assert here(site, parent).children != ()


def test_using_a_code_makes_the_same_calls_whoever_has_the_address(site: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Same answer but for ids, same calls of AWS in the same order: there is no look-up before the answer."""
    addresses = {"nobody@x.example"}
    for role in ("student", "parent", "teacher", "staff"):
        site.add(role, role=role, email=f"{role}@x.example", username=None)
        addresses.add(f"{role}@x.example")
    register(site, pupil(site, "zoe", 99), "provisional@x.example")
    addresses.add("provisional@x.example")
    children = [pupil(site, f"child{number}", number) for number in range(1, len(addresses) + 1)]
    codes, calls, same = [site.code(child, "parent") for child in children], list[str](), set[tuple[int, str, tuple[str, ...]]]()
    seen = Watched.__getattr__

    def counted(self: Watched, name: str) -> Any:
        calls.append(name)
        return seen(self, name)

    monkeypatch.setattr(Watched, "__getattr__", counted)
    for code, address in zip(codes, sorted(addresses), strict=True):
        calls.clear()
        answer = site.redeem(code, email=address, given_name="A", family_name="B")
        said = answer.json_body
        said["person"].pop("id")
        assert said["person"].pop("email") == address
        same.add((answer.status_code, json.dumps(said), tuple(calls)))
    assert len(same) == 1, same
