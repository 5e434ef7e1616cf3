"""Signing somebody out, and taking a parent and a student apart."""

from dataclasses import replace
from typing import Any

import pytest

from latchkey.errors import NotSignedIn
from latchkey.people.model.person import Person
from latchkey.sign_in.session import who
from tests.support.console import HEAD_TEACHER, Console, make_person

PEOPLE = "/admin/northbridge/people"
PLAIN: dict[str, Any] = {"year_group": None, "registration_group": None}
STUDENT = make_person(1)
PARENT, OTHER = make_person(2, role="parent", **PLAIN), make_person(3, role="parent", **PLAIN)


@pytest.fixture
def family(console: Console) -> Console:
    console.add(
        [
            replace(STUDENT, parents=(PARENT.id, OTHER.id)),
            replace(PARENT, children=(STUDENT.id,)),
            replace(OTHER, children=(STUDENT.id,)),
        ]
    )
    return console


def delete(console: Console, path: str) -> Any:
    return console.http.delete(path, headers=console.headers("application/json"))


def now_is(console: Console, person: Person) -> Person:
    found = console.system.wiring("console").directory("northbridge").person(person.id)
    assert found is not None
    return found


def events(console: Console) -> list[tuple[str, dict[str, Any]]]:
    return [(each["action"], each["facts"]) for each in console.get("/admin/northbridge/audit", kind="deeds").json_body["items"]]


class TestSignOut:
    def test_all_sessions_end_and_nothing_else(self, family: Console) -> None:
        sessions, other = [family.sign_in(STUDENT) for _ in range(3)], family.sign_in(PARENT)
        before = now_is(family, STUDENT)
        assert family.post(f"{PEOPLE}/{STUDENT.id}/sign-out", {}).status_code == 204
        portal = family.system.wiring("portal")
        for session in sessions:
            with pytest.raises(NotSignedIn):
                who(portal, session)
        assert who(portal, other).person.id == PARENT.id
        assert who(portal, family.sign_in(STUDENT)).person == before, "links and the password stay"
        assert events(family) == [("sessions.end", {"person": STUDENT.id})]

    def test_a_browser_comes_back_to_the_person(self, family: Console) -> None:
        answer = family.form(f"{PEOPLE}/{STUDENT.id}/sign-out", {})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{PEOPLE}/{STUDENT.id}?saved=signed-out")
        assert "signed out everywhere" in family.page(f"{PEOPLE}/{STUDENT.id}", saved="signed-out").body.decode()

    def test_unknown_and_foreign_ids(self, family: Console) -> None:
        family.add([make_person(77)], "southgate")
        for person in (make_person(77).id, "0" * 20, "x"):
            assert family.post(f"{PEOPLE}/{person}/sign-out", {}).status_code == 404
        assert family.post(f"{PEOPLE}/{STUDENT.id}/sign-out", {"why": "x"}).status_code == 422
        assert events(family) == []


class TestUnlink:
    def test_both_ways_and_only_these_two(self, family: Console) -> None:
        assert delete(family, f"{PEOPLE}/{STUDENT.id}/parents/{PARENT.id}").status_code == 204
        assert now_is(family, STUDENT).parents == (OTHER.id,)
        assert now_is(family, PARENT).children == ()
        assert now_is(family, OTHER).children == (STUDENT.id,)
        assert events(family) == [("parent.unlink", {"person": STUDENT.id, "parent": PARENT.id})]
        assert delete(family, f"{PEOPLE}/{STUDENT.id}/parents/{PARENT.id}").status_code == 404

    def test_a_link_of_one_side_only_is_ended_too(self, console: Console) -> None:
        console.add([STUDENT, replace(PARENT, children=(STUDENT.id,))])
        assert delete(console, f"{PEOPLE}/{STUDENT.id}/parents/{PARENT.id}").status_code == 204
        assert now_is(console, PARENT).children == ()

    def test_who_is_not_linked_or_not_here_is_the_same_404(self, family: Console) -> None:
        family.add([make_person(77, role="parent", children=(STUDENT.id,))], "southgate")
        answers = [
            delete(family, f"{PEOPLE}/{STUDENT.id}/parents/{parent}")
            for parent in (make_person(77).id, HEAD_TEACHER.id, STUDENT.id, "0" * 20, "x")
        ]
        answers.append(delete(family, f"{PEOPLE}/{PARENT.id}/parents/{STUDENT.id}"))
        assert {(answer.status_code, answer.body) for answer in answers} == {(404, answers[0].body)}
        assert events(family) == []

    def test_somebody_who_is_linked_meanwhile_stays(self, family: Console, monkeypatch: pytest.MonkeyPatch) -> None:
        from latchkey.people.model.change import PersonChange
        from latchkey.records.stores.edits import Edits

        unlink, late = Edits.unlink, make_person(4, role="parent", **PLAIN)
        family.add([late])

        def first_the_roster(self: Edits, *arguments: Any) -> None:
            monkeypatch.setattr(Edits, "unlink", unlink)
            child = now_is(family, STUDENT)
            after = replace(child, parents=(*child.parents, late.id))
            family.system.wiring("operate").directory("northbridge").link([PersonChange(child, after)])
            unlink(self, *arguments)

        monkeypatch.setattr(Edits, "unlink", first_the_roster)
        assert delete(family, f"{PEOPLE}/{STUDENT.id}/parents/{PARENT.id}").status_code == 204
        assert now_is(family, STUDENT).parents == (OTHER.id, late.id)

    def test_from_either_page_by_form(self, family: Console) -> None:
        where = f"{PEOPLE}/{STUDENT.id}/parents/{PARENT.id}/delete"
        for person in (STUDENT, PARENT):
            assert f'action="{where}"' in family.page(f"{PEOPLE}/{person.id}").body.decode()
        assert family.form(where, {}).headers["Location"] == f"{PEOPLE}/{STUDENT.id}?saved=unlinked"
        assert PARENT.id not in now_is(family, STUDENT).parents


class TestPin:
    WHERE = f"{PEOPLE}/{STUDENT.id}/parents/{PARENT.id}/pin"

    def test_hidden_from_one_parent_and_shown_again(self, family: Console) -> None:
        assert family.post(self.WHERE, {"shown": False}).status_code == 204
        assert now_is(family, STUDENT).pin_hidden_from == (PARENT.id,)
        seen = {each["id"]: each["sees_pin"] for each in family.get(f"{PEOPLE}/{STUDENT.id}").json_body["parents"]}
        assert seen == {PARENT.id: False, OTHER.id: True}
        assert family.get(f"{PEOPLE}/{PARENT.id}").json_body["children"][0]["sees_pin"] is False
        assert family.post(self.WHERE, {"shown": False}).status_code == 204, "once more is no error"
        assert family.post(self.WHERE, {"shown": True}).status_code == 204
        assert now_is(family, STUDENT).pin_hidden_from == ()
        facts = {"person": STUDENT.id, "parent": PARENT.id}
        assert sorted(events(family)) == [("pin.hide", facts), ("pin.unhide", facts)]

    def test_it_stays_when_they_are_unlinked_and_goes_with_the_parent(self, family: Console) -> None:
        assert family.post(self.WHERE, {"shown": False}).status_code == 204
        assert family.http.delete(f"{PEOPLE}/{PARENT.id}", headers=family.headers("application/json")).status_code == 204
        assert now_is(family, STUDENT).pin_hidden_from == ()
        where = f"{PEOPLE}/{STUDENT.id}/parents/{OTHER.id}"
        assert family.post(f"{where}/pin", {"shown": False}).status_code == 204
        assert delete(family, where).status_code == 204
        assert now_is(family, STUDENT).pin_hidden_from == (OTHER.id,)

    def test_who_is_not_linked_or_not_here_is_the_same_404(self, family: Console) -> None:
        family.add([make_person(77, role="parent", children=(STUDENT.id,))], "southgate")
        answers = [
            family.post(f"{PEOPLE}/{STUDENT.id}/parents/{parent}/pin", {"shown": False})
            for parent in (make_person(77).id, HEAD_TEACHER.id, "0" * 20, "x")
        ]
        answers.append(family.post(f"{PEOPLE}/{PARENT.id}/parents/{STUDENT.id}/pin", {"shown": False}))
        assert {(answer.status_code, answer.body) for answer in answers} == {(404, answers[0].body)}
        assert family.post(self.WHERE, {"shown": "no"}).status_code == 422
        assert family.post(self.WHERE, {"why": "x"}).status_code == 422
        assert events(family) == []

    def test_from_either_page_by_form(self, family: Console) -> None:
        for person in (STUDENT, PARENT):
            page = family.page(f"{PEOPLE}/{person.id}").body.decode()
            assert f'action="{self.WHERE}"' in page
            assert "may see the PIN" in page
        answer = family.form(self.WHERE, {"shown": "false", "back": "student"})
        assert answer.headers["Location"] == f"{PEOPLE}/{STUDENT.id}?saved=pin-hidden"
        page = family.page(f"{PEOPLE}/{STUDENT.id}", saved="pin-hidden").body.decode()
        assert "This parent no longer sees the PIN." in page
        assert "does not get to see the PIN" in page
        answer = family.form(self.WHERE, {"shown": "true", "back": "parent"})
        assert answer.headers["Location"] == f"{PEOPLE}/{PARENT.id}?saved=pin-shown"

    def test_two_admins_at_once_lose_nothing(self, family: Console, monkeypatch: pytest.MonkeyPatch) -> None:
        from latchkey.records.stores.edits import Edits

        hide = Edits.hide_pin

        def first_another(self: Edits, *arguments: Any) -> None:
            monkeypatch.setattr(Edits, "hide_pin", hide)
            family.system.wiring("operate").directory("northbridge").change(STUDENT.id, {"pin_hidden_from": [OTHER.id]})
            hide(self, *arguments)

        monkeypatch.setattr(Edits, "hide_pin", first_another)
        assert family.post(self.WHERE, {"shown": False}).status_code == 204
        assert now_is(family, STUDENT).pin_hidden_from == (OTHER.id, PARENT.id)
