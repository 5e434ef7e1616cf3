"""The admins of a school: listed, invited, ended; never the last."""

import json
from typing import Any

import pytest

from latchkey.errors import NotSignedIn
from latchkey.people.model.person import Person
from latchkey.sign_in.session import who
from tests.support.console import HEAD_TEACHER, Console, make_person

ADMINS = "/admin/northbridge/admins"
PLAIN: dict[str, Any] = {"year_group": None, "registration_group": None}
BEN = make_person(1, role="staff", is_admin=True, **PLAIN)
ANN = make_person(2, role="teacher", **PLAIN)


def delete(console: Console, person: Person | str) -> Any:
    name = person if isinstance(person, str) else person.id
    return console.http.delete(f"{ADMINS}/{name}", headers=console.headers("application/json"))


def ids(console: Console) -> list[str]:
    return [each["id"] for each in console.get(ADMINS).json_body["items"]]


def now_is(console: Console, person: Person) -> Person:
    found = console.system.wiring("console").directory("northbridge").person(person.id)
    assert found is not None
    return found


def events(console: Console) -> list[tuple[str, str]]:
    return [
        (each["action"], each["facts"]["person"])
        for each in console.get("/admin/northbridge/audit", kind="deeds").json_body["items"]
    ]


def planned(console: Console) -> list[dict[str, Any]]:
    return [json.loads(each) for each in console.system.messages("PLAN_QUEUE")]


class TestList:
    def test_active_admins_and_nobody_else(self, console: Console) -> None:
        console.add(
            [
                ANN,
                BEN,
                *(make_person(n, role="staff", is_admin=True, status=s, **PLAIN) for n, s in ((7, "left"), (8, "disabled"))),
            ]
        )
        items = console.get(ADMINS).json_body["items"]
        assert {each["id"] for each in items} == {HEAD_TEACHER.id, BEN.id}
        assert set(items[0]) == {"id", "role", "name", "given_name", "family_name", "email", "last_login_at", "mail_problem"}


class TestInvite:
    @pytest.mark.parametrize("address", ["new@northbridge.example", ANN.email, BEN.email, "p5@northbridge.example"])
    def test_the_answer_is_the_same_whoever_has_the_address(self, console: Console, address: str) -> None:
        console.add([ANN, BEN, make_person(5)])
        answer = console.post(ADMINS, {"email": address.upper(), "given_name": "New", "family_name": ""})
        assert (answer.status_code, answer.body) == (202, b"")
        (message,) = planned(console)
        send = console.system.wiring("plan_send").sends("northbridge").get(message["send"])
        assert send is not None
        (person,) = send.selection.ids
        found = console.system.wiring("console").directory("northbridge").person(person)
        assert found is not None
        assert (found.is_admin, found.email, found.role in {"staff", "teacher"}) == (True, address, True)
        assert send.created_by == HEAD_TEACHER.id
        assert ("admin.invite", person) in events(console)
        assert not now_is(console, make_person(5)).is_admin

    def test_somebody_of_the_school_by_id(self, console: Console) -> None:
        console.add([ANN])
        session = console.sign_in(ANN)
        assert console.post(ADMINS, {"person": ANN.id}).status_code == 202
        assert now_is(console, ANN).is_admin
        assert len(planned(console)) == 1
        with pytest.raises(NotSignedIn):
            who(console.system.wiring("portal"), session)

    @pytest.mark.parametrize(
        "person",
        [
            make_person(3),
            make_person(4, role="parent", **PLAIN),
            make_person(5, role="staff", status="disabled", **PLAIN),
            make_person(6, role="staff", status="left", **PLAIN),
            make_person(7, role="staff", email=None, **PLAIN),
        ],
    )
    def test_who_cannot_be_one(self, console: Console, person: Person) -> None:
        console.add([person])
        answer = console.post(ADMINS, {"person": person.id})
        assert (answer.status_code, set(answer.json_body["fields"])) == (422, {"person"})
        assert not now_is(console, person).is_admin
        assert planned(console) == []

    def test_what_is_wrong_is_named_at_once_and_unknown_people_are_404(self, console: Console) -> None:
        answer = console.post(ADMINS, {"email": "x", "family_name": "y" * 101})
        assert (answer.status_code, set(answer.json_body["fields"])) == (422, {"email", "given_name", "family_name"})
        assert console.post(ADMINS, {"email": "a@x.example", "given_name": "A", "role": "staff"}).status_code == 422
        console.add([make_person(77, role="staff", **PLAIN)], "southgate")
        for person in (make_person(77).id, "0" * 20, "x"):
            assert console.post(ADMINS, {"person": person}).status_code == 404
        assert console.post(ADMINS, {"person": 7}).status_code == 404
        assert ids(console) == [HEAD_TEACHER.id]

    def test_several_staff_with_one_address_are_not_guessed_at(self, console: Console) -> None:
        console.add([make_person(n, role="staff", email="all@northbridge.example", **PLAIN) for n in (3, 4)])
        assert console.post(ADMINS, {"email": "all@northbridge.example", "given_name": "A"}).status_code == 409


class TestEnd:
    def test_rights_sessions_and_links_end_and_the_account_stays(self, console: Console) -> None:
        console.add([BEN])
        session, before = console.sign_in(BEN), now_is(console, BEN)
        assert delete(console, BEN).status_code == 204
        after = now_is(console, BEN)
        assert (after.is_admin, after.status, after.email) == (False, "active", BEN.email)
        assert after.stamp != before.stamp
        assert after.version > before.version
        with pytest.raises(NotSignedIn):
            who(console.system.wiring("portal"), session)
        assert ids(console) == [HEAD_TEACHER.id]
        assert events(console) == [("admin.end", BEN.id)]

    def test_the_last_one_stays(self, console: Console) -> None:
        console.add([make_person(7, role="staff", is_admin=True, status="left", **PLAIN)])
        answer = delete(console, HEAD_TEACHER)
        assert (answer.status_code, answer.json_body["code"]) == (409, "last_admin")
        assert ids(console) == [HEAD_TEACHER.id]

    def test_ones_own_rights_end_where_another_is_there(self, console: Console) -> None:
        console.add([BEN])
        assert delete(console, HEAD_TEACHER).status_code == 204
        assert console.get(ADMINS).status_code == 404
        console.token = console.sign_in(BEN)
        assert ids(console) == [BEN.id]

    def test_of_two_who_end_each_other_at_once_one_stays(self, console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
        from latchkey.people.stores.admins import Admins

        console.add([BEN])
        end, own, answers = Admins.end, console.token, []
        theirs = console.sign_in(BEN)

        def first_the_other(self: Admins, *arguments: Any) -> None:
            monkeypatch.setattr(Admins, "end", end)
            console.token = theirs
            answers.append(delete(console, HEAD_TEACHER).status_code)
            end(self, *arguments)

        monkeypatch.setattr(Admins, "end", first_the_other)
        answers.append(delete(console, BEN).status_code)
        assert answers == [204, 404], "who asks is no admin any more"
        assert own is not None
        console.token = theirs
        assert ids(console) == [BEN.id]

    def test_of_two_who_leave_at_once_one_stays(self, console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
        from latchkey.people.stores.admins import Admins

        console.add([BEN])
        end, theirs, answers = Admins.end, console.sign_in(BEN), []

        def first_the_other(self: Admins, *arguments: Any) -> None:
            monkeypatch.setattr(Admins, "end", end)
            console.token = theirs
            answers.append(delete(console, BEN).status_code)
            end(self, *arguments)

        monkeypatch.setattr(Admins, "end", first_the_other)
        answers.append(delete(console, HEAD_TEACHER).status_code)
        assert answers == [204, 409]
        assert now_is(console, HEAD_TEACHER).is_admin

    def test_who_is_none_and_who_is_nobody_are_the_same_404(self, console: Console) -> None:
        console.add([ANN, BEN])
        console.add([make_person(77, role="staff", is_admin=True, **PLAIN)], "southgate")
        answers = [delete(console, each) for each in (ANN, make_person(77).id, "0" * 20, "x")]
        assert {(answer.status_code, answer.body) for answer in answers} == {(404, answers[0].body)}


class TestPage:
    def test_it_lists_invites_and_ends_by_form(self, console: Console) -> None:
        console.add([ANN])
        assert f'href="{ADMINS}"' in console.page("/admin/northbridge/settings").body.decode()
        text = console.page(ADMINS).body.decode()
        assert "The only admin" in text
        assert "(you)" in text
        answer = console.form(ADMINS, {"email": "x", "given_name": "", "family_name": ""})
        text = answer.body.decode()
        assert answer.status_code == 422
        assert '<a href="#email">' in text
        assert '<a href="#given_name">' in text
        assert 'value="x"' in text
        assert f'href="{ADMINS}?person={ANN.id}"' in console.page(f"/admin/northbridge/people/{ANN.id}").body.decode()
        assert f'name="person" value="{ANN.id}"' in console.page(ADMINS, person=ANN.id).body.decode()
        answer = console.form(ADMINS, {"person": ANN.id})
        assert answer.headers["Location"] == f"{ADMINS}?saved=invited"
        assert "on its way" in console.page(ADMINS, saved="invited").body.decode()
        answer = console.form(f"{ADMINS}/{ANN.id}/delete", {})
        assert answer.headers["Location"] == f"{ADMINS}?saved=ended"
        answer = console.form(f"{ADMINS}/{HEAD_TEACHER.id}/delete", {})
        assert answer.status_code == 409
        assert "last admin" in answer.body.decode()
