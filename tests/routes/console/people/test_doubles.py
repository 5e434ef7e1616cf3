"""Doubles over HTTP: found, merged, told apart, and taken apart again."""

import json
import threading
from dataclasses import replace
from typing import Any

import pytest

from latchkey.doubles import look_for_doubles
from latchkey.errors import Changed, NotSignedIn, SignInFailed
from latchkey.people.model.person import CodeState, Person
from latchkey.records import forget_erased
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.stores.dynamo import Put
from latchkey.sign_in import hashing
from latchkey.sign_in.session import who
from tests.support.console import HEAD, HEAD_TEACHER, Console, make_person
from tests.support.costs import CALLS, followed, keep, metered
from tests.support.openapi import check
from tests.support.sign_in import sign_in

PEOPLE = "/admin/northbridge/people"
DOUBLES, MERGE = f"{PEOPLE}/duplicates", f"{PEOPLE}/merge"
PLAIN: dict[str, Any] = {"year_group": None, "registration_group": None}
DAY = 86_400


def parent(number: int, **facts: Any) -> Person:
    known = {"role": "parent", "given_name": "Ann", "family_name": "Lee", "username": None, "email": None, **PLAIN, **facts}
    return make_person(number, **known)


def now_is(console: Console, person: Person) -> Person | None:
    return console.system.wiring("console").directory("northbridge").person(person.id)


def found_by(console: Console, person: str) -> Person:
    found = console.system.wiring("console").directory("northbridge").person(person)
    assert found is not None
    return found


def there(console: Console, person: Person) -> Person:
    found = now_is(console, person)
    assert found is not None
    return found


def merged(console: Console, keep: Person, remove: Person) -> dict[str, Any]:
    answer = console.post(MERGE, {"keep": keep.id, "remove": remove.id})
    assert answer.status_code == 200, answer.body
    check("post", MERGE, answer)
    body: dict[str, Any] = answer.json_body
    return body


def undone(console: Console, merge: dict[str, Any]) -> dict[str, Any]:
    answer = console.post(f"{MERGE}/{merge['id']}/undo", {})
    assert answer.status_code == 200, answer.body
    check("post", f"{MERGE}/{merge['id']}/undo", answer)
    body: dict[str, Any] = answer.json_body
    return body


def give_password(console: Console, person: Person, password: str) -> None:
    table, put = console.system.wiring("portal").credentials("northbridge").password_of(person.id, hashing.hash_of(password), 1)
    table.put(Put(item=put.item))


def signs_in(console: Console, name: str, password: str) -> str | None:
    """Who signs in with this, nobody."""
    try:
        _, found = sign_in(console.system.wiring("portal"), "northbridge", name, password, source_ip="192.0.2.1")
    except SignInFailed:
        return None
    return found.person.id


def looked(console: Console) -> None:
    """The school is looked through: asked for, and done by the worker."""
    assert console.post(DOUBLES, {}).status_code in {200, 202}
    worker = console.system.wiring("plan_send")
    while messages := [each for each in map(json.loads, console.system.messages("PLAN_QUEUE")) if each["kind"] == "doubles"]:
        for message in messages:
            look_for_doubles.look_through(worker, "northbridge", message["look"])


@pytest.fixture
def pair(console: Console) -> tuple[Person, Person]:
    """A parent whose new account has the child, and whose old one has the password and the address."""
    child = make_person(1, parents=(parent(2).id, parent(3).id))
    sister = make_person(4, given_name="Sue", parents=(parent(2).id,))
    old = parent(2, email="ann@mail.example", password_set_at=1_794_000_000, version=3, children=(child.id, sister.id))
    new = parent(3, mis_id="N3", children=(child.id,))
    console.add([child, sister, old, new])
    give_password(console, old, "correct horse battery")
    return there(console, new), there(console, old)


class TestList:
    def test_a_pair_with_its_reasons(self, console: Console, pair: tuple[Person, Person]) -> None:
        console.add([make_person(9, given_name="Other", family_name="Person")])
        looked(console)
        answer = console.get(DOUBLES)
        check("get", DOUBLES, answer)
        (found,) = answer.json_body["items"]
        assert {each["id"] for each in found["people"]} == {each.id for each in pair}
        assert (found["certain"], found["advice"]) == (False, "merge")
        assert found["why"] == ["They have the same name.", "They have a child in common."]
        assert (answer.json_body["state"], answer.json_body["next"]) == ("finished", None)

    def test_an_address_that_nobody_has_confirmed_is_named(self, console: Console) -> None:
        console.add([parent(1, mis_id=None, email="a@x.example", password_set_at=5), parent(2, email="a@x.example")])
        looked(console)
        (found,) = console.get(DOUBLES).json_body["items"]
        assert found["certain"]
        assert [text[:35] for text in found["cautions"]] == ["Ann Lee typed an e-mail address bes"]
        assert "nobody has confirmed it" in console.page(DOUBLES).body.decode()

    def test_pages_the_certain_first_and_no_empty_one(self, console: Console) -> None:
        for number in range(1, 8):
            name = {"given_name": f"Ann{number}", "family_name": f"Lee{number}"}
            other = {"email": f"p{number}@northbridge.example"} if number % 2 else {"children": ("c",), "email": None}
            console.add([parent(number, **{**name, **other}), parent(number + 20, **{**name, **other})])
        looked(console)
        seen: list[bool] = []
        cursor: dict[str, str] = {}
        while True:
            page = console.get(DOUBLES, limit="2", **cursor).json_body
            assert page["items"]
            seen += [each["certain"] for each in page["items"]]
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
        assert seen == [True] * 4 + [False] * 3

    def test_who_was_told_apart_is_not_shown_again(self, console: Console, pair: tuple[Person, Person]) -> None:
        ids = [each.id for each in pair]
        looked(console)
        assert len(console.get(DOUBLES).json_body["items"]) == 1
        for people in (ids, ids[::-1]):
            console.system.clock.now += 1  # events of one second have no order
            answer = console.post(f"{DOUBLES}/apart", {"people": people})
            assert answer.status_code == 204
        assert console.get(DOUBLES).json_body["items"] == []
        events = console.get("/admin/northbridge/audit", kind="deeds").json_body["items"]
        assert [each["action"] for each in events] == ["doubles.apart", "doubles.apart", "doubles.look"]
        console.system.clock.now += 1
        looked(console)
        assert console.get(DOUBLES).json_body["items"] == []

    @pytest.mark.parametrize(
        ("people", "status"),
        [(["x", "y"], 404), ([HEAD, HEAD], 422), ([HEAD, "0" * 20], 404), ([HEAD], 422), ("no", 422), ([1, 2], 422), (None, 422)],
    )
    def test_telling_apart_asks_for_two_people(self, console: Console, people: Any, status: int) -> None:
        assert console.post(f"{DOUBLES}/apart", {"people": people}).status_code == status

    def test_a_cursor_of_another_list_is_refused(self, console: Console) -> None:
        assert console.get(DOUBLES, cursor="nonsense").status_code == 422
        assert console.get(DOUBLES, limit="51").status_code == 422

    def test_the_page(self, console: Console, pair: tuple[Person, Person]) -> None:
        looked(console)
        page = console.page(DOUBLES).body.decode()
        assert page.count("Keep this one") == 2
        assert "They have a child in common." in page
        assert "They are two people" in page
        answer = console.form(f"{DOUBLES}/apart", {"one": pair[0].id, "other": pair[1].id})
        assert answer.status_code == 303
        assert "We found no doubles." in console.page(DOUBLES, saved="apart").body.decode()


class TestLook:
    def test_it_begins_once_somebody_opens_the_list(self, console: Console, pair: tuple[Person, Person]) -> None:
        answer = console.get(DOUBLES)
        check("get", DOUBLES, answer)
        assert (answer.json_body["state"], answer.json_body["items"], answer.json_body["looked_at"]) == ("queued", [], None)
        answer = console.post(DOUBLES, {})
        check("post", DOUBLES, answer)
        assert (answer.status_code, answer.json_body["state"]) == (200, "queued")
        page = console.page(DOUBLES).body.decode()
        assert "People looked at: 0 of 5" in page
        assert "This school was not looked through before" in page
        (message, again) = map(json.loads, console.system.messages("PLAN_QUEUE"))
        assert message == again
        assert set(message) == {"v", "kind", "school", "look"}
        worker = console.system.wiring("plan_send")
        look = look_for_doubles.look_through(worker, "northbridge", message["look"])
        assert (look.state, look.piece, look.looked) == ("running", 1, 2)
        assert json.loads(console.system.messages("PLAN_QUEUE")[0]) == message
        assert console.get(DOUBLES).json_body["progress"] == {"done": 2, "total": 5}
        look = look_for_doubles.look_through(worker, "northbridge", message["look"])
        assert (look.state, look.looked, look.found) == ("finished", 5, 1)
        assert look_for_doubles.look_through(worker, "northbridge", message["look"]) == look
        answer = console.get(DOUBLES)
        check("get", DOUBLES, answer)
        assert [{each["id"] for each in item["people"]} for item in answer.json_body["items"]] == [{each.id for each in pair}]
        assert (answer.json_body["state"], answer.json_body["progress"]) == ("finished", {"done": 5, "total": 5})
        assert "The school was looked through" in console.page(DOUBLES).body.decode()
        merged(console, *pair)
        assert console.get(DOUBLES).json_body["items"] == []
        console.system.clock.now += 1
        answer = console.post(DOUBLES, {})
        check("post", DOUBLES, answer)
        assert (answer.status_code, answer.json_body["state"]) == (202, "queued")
        assert "is being looked through again" in console.page(DOUBLES).body.decode()

    def test_who_comes_later_is_found_by_the_next_look(self, console: Console, pair: tuple[Person, Person]) -> None:
        looked(console)
        console.add([parent(7, given_name="New", email="n@x.example"), parent(8, given_name="New", email="n@x.example")])
        assert len(console.get(DOUBLES).json_body["items"]) == 1
        console.system.clock.now += 1
        looked(console)
        assert len(console.get(DOUBLES).json_body["items"]) == 2

    @pytest.mark.parametrize("age", [301, 1_801])
    def test_a_look_that_nobody_works_on_can_be_asked_for_again(
        self, console: Console, pair: tuple[Person, Person], age: int
    ) -> None:
        console.post(DOUBLES, {})
        console.system.clock.now += age
        console.token = console.sign_in(HEAD_TEACHER)
        assert console.get(DOUBLES).json_body["state"] == "failed"
        page = console.page(DOUBLES).body.decode()
        assert "The last look was not finished" in page
        assert ">Look again</button>" in page
        looked(console)
        assert len(console.get(DOUBLES).json_body["items"]) == 1

    def test_a_look_that_dies_in_the_middle_goes_on_or_is_asked_for_again(
        self, console: Console, pair: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        console.post(DOUBLES, {})
        (message,) = map(json.loads, console.system.messages("PLAN_QUEUE"))
        worker = console.system.wiring("plan_send")
        look_for_doubles.look_through(worker, "northbridge", message["look"])
        console.system.messages("PLAN_QUEUE")
        with monkeypatch.context() as patch:
            patch.setattr(look_for_doubles.Finder, "pairs", lambda _: (_ for _ in ()).throw(MemoryError()))
            with pytest.raises(MemoryError):
                look_for_doubles.look_through(worker, "northbridge", message["look"])
        body = console.get(DOUBLES).json_body
        assert (body["state"], body["items"], body["progress"]["done"]) == ("running", [], 2)
        look_for_doubles.look_through(worker, "northbridge", message["look"])
        assert len(console.get(DOUBLES).json_body["items"]) == 1

    def test_after_thirty_days_its_pairs_are_gone_and_another_begins(self, console: Console, pair: tuple[Person, Person]) -> None:
        looked(console)
        table = console.system.wiring("console").table("ACTIVITY_TABLE")
        (look,) = console.system.wiring("console").looks("northbridge").latest()
        kept = [item for page in table.pages(f"northbridge#DOUBLES#{look.id}") for item in page]
        assert [item["expires_at"] - look.created_at for item in kept] == [30 * DAY]
        console.system.clock.now += 30 * DAY
        console.token = console.sign_in(HEAD_TEACHER)
        body = console.get(DOUBLES).json_body
        assert (body["state"], body["items"], body["looked_at"]) == ("queued", [], None)

    def test_pairs_that_were_judged_cost_a_page_nothing(self, console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whom an admin has told apart, and who has gone, is passed over without a call for them."""
        for number in range(1, 31):
            name = {"given_name": f"Ann{number}", "family_name": f"Lee{number}", "email": f"p{number}@northbridge.example"}
            console.add([parent(number, **name), parent(number + 40, **name)])
        looked(console)
        streams = followed(console, monkeypatch)
        keep(console, streams)
        for _ in range(3):
            for found in console.get(DOUBLES, limit="8").json_body["items"]:
                assert console.post(f"{DOUBLES}/apart", {"people": [each["id"] for each in found["people"]]}).status_code == 204
        keep(console, streams)
        with metered(console) as found:
            assert len(console.get(DOUBLES).json_body["items"]) == 6
        assert len(found) <= CALLS


class TestMerge:
    def test_the_kept_account_has_what_both_had(self, console: Console, pair: tuple[Person, Person]) -> None:
        new, old = pair
        body = merged(console, new, old)
        assert (body["state"], body["keep"]["id"], body["remove"]["id"]) == ("merged", new.id, old.id)
        found = there(console, new)
        assert (found.email, found.mis_id, found.children, found.merged) == (
            "ann@mail.example", "N3", (new.children[0], old.children[1]), (old.id,),
        )  # fmt: skip
        assert now_is(console, old) is None
        for child in old.children:
            assert found_by(console, child).parents == (new.id,)
        assert [each["id"] for each in console.get(PEOPLE, role="parent").json_body["items"]] == [new.id]
        assert console.get(f"{PEOPLE}/{old.id}").status_code == 404

    def test_its_owner_signs_in_with_the_password_that_they_have(self, console: Console, pair: tuple[Person, Person]) -> None:
        new, old = pair
        session = console.sign_in(old)
        merged(console, new, old)
        with pytest.raises(NotSignedIn):
            who(console.system.wiring("portal"), session)
        assert signs_in(console, "ann@mail.example", "correct horse battery") == new.id
        assert signs_in(console, "ann@mail.example", "wrong") is None
        assert console.system.wiring("portal").sessions("northbridge").all_of(old.id) == []

    def test_what_the_kept_account_has_it_keeps(self, console: Console) -> None:
        pin = CodeState(2, 1_900_000_000)
        keep = replace(make_person(1, password_set_at=5, version=2, pin=pin), number=4)
        remove = make_person(2, given_name="Given1", family_name="Family0001", upn="B801200005001", pin=CodeState(7, 9))
        remove = replace(remove, number=5)
        console.add([keep, remove])
        before = there(console, keep)
        merged(console, keep, remove)
        found = there(console, keep)
        assert found == replace(before, upn="B801200005001", merged=(remove.id,), username_key=found.username_key)
        directory = console.system.wiring("portal").directory("northbridge")
        assert directory.by_number(5) is None

    def test_asking_twice_gives_the_same_answer(self, console: Console, pair: tuple[Person, Person]) -> None:
        assert merged(console, *pair) == merged(console, *pair)
        assert console.post(MERGE, {"keep": pair[1].id, "remove": pair[0].id}).status_code == 404
        assert len(console.get(MERGE).json_body["items"]) == 1

    def test_two_admins_at_once(self, console: Console, pair: tuple[Person, Person]) -> None:
        both, found = threading.Barrier(2), list[int]()

        def ask(keep: Person, remove: Person) -> None:
            both.wait()
            found.append(console.post(MERGE, {"keep": keep.id, "remove": remove.id}).status_code)

        threads = [threading.Thread(target=ask, args=each) for each in (pair, pair[::-1])]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert sorted(found) == [200, 404]
        assert len([each for each in pair if now_is(console, each) is not None]) == 1

    def test_a_password_that_is_set_at_that_moment_is_not_lost(self, console: Console, pair: tuple[Person, Person]) -> None:
        new, old = pair
        portal, both = console.system.wiring("portal"), threading.Barrier(2)
        hashed, event = (
            hashing.hash_of("another horse battery"),
            portal.audit("northbridge").record_of(old.id, "password.set", 1, {}),
        )
        was_set: list[bool] = []

        def set_password() -> None:
            both.wait()
            try:
                portal.passwords("northbridge").set(old, hashed, "f" * 16, portal.now(), event)
                was_set.append(True)
            except Changed:
                was_set.append(False)

        setting = threading.Thread(target=set_password)
        setting.start()
        both.wait()
        merged(console, new, old)
        setting.join()
        word = "another horse battery" if was_set[0] else "correct horse battery"
        assert signs_in(console, "ann@mail.example", word) == new.id

    @pytest.mark.parametrize(
        ("keep", "remove", "code"),
        [
            ({}, {"role": "staff", "is_admin": True}, "admin"),
            ({}, {"role": "parent"}, "role"),
            ({"role": "parent"}, {"role": "teacher"}, "role"),
            ({"role": "staff"}, {"role": "teacher"}, "role"),
        ],
    )
    def test_who_cannot_be_merged(self, console: Console, keep: dict[str, Any], remove: dict[str, Any], code: str) -> None:
        one, other = make_person(1, **keep), make_person(2, **remove)
        console.add([one, other])
        answer = console.post(MERGE, {"keep": one.id, "remove": other.id})
        assert (answer.status_code, answer.json_body["code"]) == (409, code)
        assert now_is(console, one) is not None
        assert now_is(console, other) is not None

    @pytest.mark.parametrize(
        ("body", "status"),
        [({}, 422), ({"keep": HEAD}, 422), ({"keep": HEAD, "remove": HEAD}, 422), ({"keep": HEAD, "remove": "0" * 20}, 404)],
    )
    def test_two_people_are_needed(self, console: Console, body: dict[str, str], status: int) -> None:
        assert console.post(MERGE, body).status_code == status

    def test_a_teacher_gets_a_parents_children_and_nothing_else(self, console: Console) -> None:
        teacher = make_person(1, role="teacher", email=None, username=None, **PLAIN)
        mother = parent(2, email="ann@mail.example", password_set_at=5, children=(make_person(3).id,))
        console.add([teacher, mother, make_person(3, parents=(mother.id,))])
        merged(console, teacher, mother)
        found = there(console, teacher)
        assert (found.role, found.children, found.email, found.password_set_at) == ("teacher", mother.children, None, None)
        assert there(console, make_person(3)).parents == (teacher.id,)

    def test_an_admin_and_a_switched_off_account_pass_on_no_way_in(self, console: Console) -> None:
        admin = make_person(1, role="staff", is_admin=True, username=None, **PLAIN)
        other = make_person(2, role="staff", email="b@x.example", password_set_at=5, **PLAIN)
        off = parent(3, email="c@x.example", password_set_at=5, status="disabled")
        console.add([admin, other, off, parent(4)])
        merged(console, admin, other)
        assert (there(console, admin).username, there(console, admin).password_set_at) == (None, None)
        merged(console, parent(4), off)
        assert (there(console, parent(4)).email, there(console, parent(4)).password_set_at) == (None, None)

    def test_the_username_goes_over_and_is_kept_for_one_person(self, console: Console) -> None:
        keep, remove = parent(1), parent(2)
        console.add([keep, remove])
        assert console.post(f"{PEOPLE}/{remove.id}", {"username": "annlee"}, "patch").status_code == 200
        merged(console, keep, remove)
        key = lookup(console.system.wiring("console").lookup_key("northbridge"), "username", "annlee")
        assert console.system.wiring("portal").credentials("northbridge").holder_of(key) == keep.id
        assert there(console, keep).username == "annlee"
        other = parent(3)
        console.add([other])
        assert console.post(f"{PEOPLE}/{other.id}", {"username": "annlee"}, "patch").status_code == 422

    def test_a_returner_is_here_again(self, console: Console) -> None:
        keep, remove = parent(1, status="left"), parent(2)
        console.add([keep, remove])
        merged(console, keep, remove)
        assert there(console, keep).status == "active"

    def test_mis_ids_of_both_are_taken(self, console: Console, pair: tuple[Person, Person]) -> None:
        new, _ = pair
        body = {"role": "parent", "given_name": "Ann", "family_name": "Lee", "mis_id": "2"}
        merged(console, *pair)
        answer = console.post(PEOPLE, body)
        assert (answer.status_code, list(answer.json_body["fields"])) == (422, ["mis_id"])
        assert there(console, new).mis_id == "N3"

    def test_the_page_says_what_was_done_and_undoes_it(self, console: Console, pair: tuple[Person, Person]) -> None:
        new, old = pair
        answer = console.form(MERGE, {"keep": new.id, "remove": old.id})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{DOUBLES}?saved=merged")
        page = console.page(DOUBLES, saved="merged").body.decode()
        assert "The two accounts are one now" in page
        (merge,) = console.get(MERGE).json_body["items"]
        assert f"{MERGE}/{merge['id']}/undo" in page
        answer = console.form(f"{MERGE}/{merge['id']}/undo", {})
        assert answer.status_code == 303
        assert "taken apart again" in console.page(MERGE, saved="undone").body.decode()

    def test_the_audit_trail_names_nobody(self, console: Console, pair: tuple[Person, Person]) -> None:
        new, old = pair
        merge = merged(console, new, old)
        console.system.clock.now += 1
        undone(console, merge)
        events = console.get("/admin/northbridge/audit", kind="deeds").json_body["items"]
        assert [(each["action"], each["facts"]) for each in events] == [
            ("person.unmerge", {"person": new.id, "restored": old.id, "merge": merge["id"]}),
            ("person.merge", {"person": new.id, "removed": old.id, "merge": merge["id"]}),
        ]


class TestUndo:
    def test_both_are_as_before(self, console: Console, pair: tuple[Person, Person]) -> None:
        new, old = pair
        body = undone(console, merged(console, new, old))
        assert (body["state"], body["stayed"]) == ("undone", [])
        assert there(console, new) == replace(new, version=new.version + 2)
        assert there(console, old) == replace(old, version=old.version + 2)
        child, sister = (there(console, make_person(number)) for number in (1, 4))
        assert ({*child.parents}, {*sister.parents}) == ({new.id, old.id}, {old.id})
        assert signs_in(console, "ann@mail.example", "correct horse battery") == old.id
        assert len(console.get(PEOPLE, role="parent").json_body["items"]) == 2

    def test_undoing_twice_is_undoing_once_and_merging_again_works(self, console: Console, pair: tuple[Person, Person]) -> None:
        merge = merged(console, *pair)
        assert undone(console, merge) == undone(console, merge)
        again = merged(console, *pair)
        assert again["id"] != merge["id"]
        assert now_is(console, pair[1]) is None

    def test_a_password_that_was_set_since_stays(self, console: Console, pair: tuple[Person, Person]) -> None:
        new, old = pair
        merge = merged(console, new, old)
        portal, now = console.system.wiring("portal"), console.system.wiring("portal").now()
        event = portal.audit("northbridge").record_of(new.id, "password.set", now, {"person": new.id})
        hashed = hashing.hash_of("another horse battery")
        portal.passwords("northbridge").set(there(console, new), hashed, "f" * 16, now, event)
        assert signs_in(console, "ann@mail.example", "another horse battery") == new.id
        body = undone(console, merge)
        assert len(body["stayed"]) == 2
        assert "A password was set since" in body["stayed"][0]
        assert "its address stays" in body["stayed"][1]
        found = there(console, new)
        assert (found.email, found.password_set_at) == ("ann@mail.example", now)
        assert signs_in(console, "ann@mail.example", "another horse battery") == new.id
        assert signs_in(console, "ann@mail.example", "correct horse battery") == old.id

    def test_a_link_that_was_taken_away_since_is_not_put_back(self, console: Console, pair: tuple[Person, Person]) -> None:
        new, old = pair
        merge = merged(console, new, old)
        child = old.children[0]
        answer = console.http.delete(f"{PEOPLE}/{child}/parents/{new.id}", headers=console.headers("application/json"))
        assert answer.status_code == 204
        assert undone(console, merge)["stayed"] == ["Family links that were taken away since were not put back."]
        assert there(console, old).children == (old.children[1],)
        assert there(console, make_person(1)).parents == ()

    def test_a_username_that_somebody_else_has_by_now(self, console: Console) -> None:
        keep, remove = parent(1, username="ann1"), parent(2)
        console.add([keep, remove, parent(3)])
        assert console.post(f"{PEOPLE}/{remove.id}", {"username": "annlee"}, "patch").status_code == 200
        merge = merged(console, keep, remove)
        assert console.post(f"{PEOPLE}/{parent(3).id}", {"username": "annlee"}, "patch").status_code == 200
        assert "The username is somebody else’s by now" in undone(console, merge)["stayed"][0]
        assert there(console, remove).username is None

    def test_after_thirty_days_it_is_too_late(self, console: Console, pair: tuple[Person, Person]) -> None:
        merge = merged(console, *pair)
        console.system.clock.now += 30 * DAY
        console.token = console.sign_in(HEAD_TEACHER)
        answer = console.post(f"{MERGE}/{merge['id']}/undo", {})
        assert (answer.status_code, answer.json_body["code"]) == (409, "over")

    def test_of_two_merges_in_a_row_the_later_one_is_undone_first(self, console: Console) -> None:
        one, two, three = (parent(number, email="ann@mail.example") for number in (1, 2, 3))
        console.add([one, two, three])
        first, second = merged(console, two, one), merged(console, three, two)
        assert there(console, three).merged == (two.id, one.id)
        followed = console.system.wiring("console").directory("northbridge").following([one.id, two.id, three.id])
        assert {name: each.id for name, each in followed.items()} == dict.fromkeys((one.id, two.id, three.id), three.id)
        assert console.post(f"{MERGE}/{first['id']}/undo", {}).status_code == 409
        undone(console, second)
        undone(console, first)
        assert all(there(console, each).merged == () for each in (one, two, three))

    def test_nothing_of_either_is_kept_once_it_is_undone(self, console: Console, pair: tuple[Person, Person]) -> None:
        merge = merged(console, *pair)
        undone(console, merge)
        table = console.system.wiring("console").table("ACTIVITY_TABLE")
        assert "ann@mail.example" not in repr(table.get("northbridge#MERGES", merge["id"]))

    @pytest.mark.parametrize("merge", ["0" * 26, "nothing"])
    def test_no_such_merge(self, console: Console, merge: str) -> None:
        assert console.post(f"{MERGE}/{merge}/undo", {}).status_code == 404


class TestErase:
    def test_erasing_the_kept_account_erases_what_was_merged_into_it(
        self, console: Console, pair: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(forget_erased, "_LATER", 0)
        new, old = pair
        merge = merged(console, new, old)
        answer = console.http.delete(f"{PEOPLE}/{new.id}", headers=console.headers("application/json"))
        assert answer.status_code == 204
        wired = console.system.wiring("console")
        assert wired.merges("northbridge").mark(old.id) is None
        assert console.system.wiring("portal").credentials("northbridge").password_hash(old.id) is None
        held = repr([item for page in wired.table("ACTIVITY_TABLE").pages("northbridge#MERGES") for item in page])
        assert "ann@mail.example" not in held
        assert console.post(f"{MERGE}/{merge['id']}/undo", {}).status_code == 404
        assert forget_erased.forget_erased(console.system.wiring("plan_send"), "northbridge", new.id)
        erased = {json.loads(body)["person"] for body in console.system.messages("PLAN_QUEUE")}
        assert {new.id, old.id} < erased, "and the invitation of their mailbox, by whose id the ledger knows it"
