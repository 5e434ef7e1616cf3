"""Erasing a person, and what is held about one."""

import json
from dataclasses import replace
from typing import Any

import pytest

from latchkey.errors import NotSignedIn
from latchkey.people.model.person import FormerEmail
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.stores.dynamo import Put
from latchkey.sign_in.session import who
from tests.support.console import HEAD_TEACHER, Console, make_person
from tests.support.costs import metered
from tests.support.openapi import check

PEOPLE = "/admin/northbridge/people"
PLAIN: dict[str, Any] = {"year_group": None, "registration_group": None}
PARENT = make_person(2, role="parent", **PLAIN)
STUDENT = replace(
    make_person(1, password_set_at=1_794_000_000, former_email=FormerEmail("old@northbridge.example", 1_794_000_000)),
    parents=(PARENT.id,),
    version=4,
)


@pytest.fixture
def family(console: Console) -> Console:
    console.add([STUDENT, replace(PARENT, children=(STUDENT.id,))])
    return console


def delete(console: Console, person: str) -> Any:
    return console.http.delete(f"{PEOPLE}/{person}", headers=console.headers("application/json"))


class TestErase:
    def test_nothing_of_the_account_is_left(self, family: Console) -> None:
        portal, console = family.system.wiring("portal"), family.system.wiring("console")
        key = lookup(console.lookup_key("northbridge"), "username", "chosen")
        assert family.post(f"{PEOPLE}/{STUDENT.id}", {"username": "chosen"}, "patch").status_code == 200
        table, put = portal.credentials("northbridge").password_of(STUDENT.id, "$argon2id$x", 1)
        table.put(Put(item=put.item))
        session = family.sign_in(STUDENT)
        assert delete(family, STUDENT.id).status_code == 204
        assert console.directory("northbridge").person(STUDENT.id) is None
        assert portal.credentials("northbridge").password_hash(STUDENT.id) is None
        assert portal.credentials("northbridge").holder_of(key) is None
        assert portal.sessions("northbridge").all_of(STUDENT.id) == []
        with pytest.raises(NotSignedIn):
            who(portal, session)
        parent = console.directory("northbridge").person(PARENT.id)
        assert parent is not None
        assert parent.children == ()
        events = family.get("/admin/northbridge/audit", kind="deeds").json_body["items"]
        assert ("person.erase", {"person": STUDENT.id}) in [(each["action"], each["facts"]) for each in events]
        held = repr(events)
        assert "Given1" not in held
        assert delete(family, STUDENT.id).status_code == 404

    def test_another_holder_of_the_username_keeps_it(self, family: Console) -> None:
        portal = family.system.wiring("portal").credentials("northbridge")
        family.post(f"{PEOPLE}/{STUDENT.id}", {"username": "chosen"}, "patch")
        table, put = portal.name_of("k" * 32, PARENT.id, None)
        table.put(Put(item=put.item))
        portal.forget(STUDENT.id, [("k" * 32, 0)])
        assert portal.holder_of("k" * 32) == PARENT.id

    def test_an_admin_is_not_erased_and_unknown_ids_are_404(self, family: Console) -> None:
        answer = delete(family, HEAD_TEACHER.id)
        assert (answer.status_code, answer.json_body["code"]) == (409, "admin")
        family.add([make_person(77)], "southgate")
        answers = [delete(family, each) for each in (make_person(77).id, "0" * 20, "x")]
        assert {(answer.status_code, answer.body) for answer in answers} == {(404, answers[0].body)}
        assert family.system.wiring("console").directory("southgate").person(make_person(77).id) is not None

    def test_what_broke_half_way_is_finished_the_next_time(self, family: Console, monkeypatch: pytest.MonkeyPatch) -> None:
        from latchkey.errors import TryLater
        from latchkey.records.stores.erasures import Erasures

        erase = Erasures.delete_person

        def busy(*_: Any) -> None:
            raise TryLater()

        monkeypatch.setattr(Erasures, "delete_person", busy)
        assert delete(family, STUDENT.id).status_code == 503
        found = family.system.wiring("console").directory("northbridge").person(STUDENT.id)
        assert found is not None
        assert found.status == "left"
        monkeypatch.setattr(Erasures, "delete_person", erase)
        assert delete(family, STUDENT.id).status_code == 204

    def test_it_costs_at_most_eight_calls_however_many_were_invited(self, family: Console) -> None:
        """With three sessions, a chosen username and a parent."""
        assert family.post(f"{PEOPLE}/{STUDENT.id}", {"username": "chosen"}, "patch").status_code == 200
        sessions = [family.sign_in(STUDENT) for _ in range(3)]
        with metered(family) as calls:
            assert delete(family, STUDENT.id).status_code == 204
        assert len(calls) == 8, calls
        portal = family.system.wiring("portal")
        assert portal.sessions("northbridge").all_of(STUDENT.id) == []
        assert len(sessions) == 3

    def test_whoever_is_erased_is_in_no_list_while_a_worker_has_their_copy(self, family: Console) -> None:
        assert delete(family, STUDENT.id).status_code == 204
        console = family.system.wiring("console")
        copy = console.erased("northbridge").get(STUDENT.id)
        assert copy is not None
        assert (copy.email, copy.version, copy.email_key) == (STUDENT.email, 0, None)
        assert STUDENT.id not in family.get(PEOPLE).body.decode()
        (item,) = console.table("DIRECTORY_TABLE").page("northbridge#ERASING").items
        assert item["expires_at"] == console.now() + 30 * 86_400
        assert not {"people_pk", "email_key", "username_key", "number_key"} & item.keys()

    def test_a_form_has_to_be_ticked(self, family: Console) -> None:
        assert f'action="{PEOPLE}/{STUDENT.id}/delete"' in family.page(f"{PEOPLE}/{STUDENT.id}").body.decode()
        assert f"{HEAD_TEACHER.id}/delete" not in family.page(f"{PEOPLE}/{HEAD_TEACHER.id}").body.decode()
        assert family.form(f"{PEOPLE}/{STUDENT.id}/delete", {}).status_code == 422
        answer = family.form(f"{PEOPLE}/{STUDENT.id}/delete", {"confirm": "on"})
        assert (answer.status_code, answer.headers["Location"]) == (303, PEOPLE)


class TestEverything:
    def test_all_that_is_held_and_no_secret(self, family: Console) -> None:
        family.sign_in(STUDENT)
        answer = family.get(f"{PEOPLE}/{STUDENT.id}/everything")
        body = check("get", f"{PEOPLE}/{STUDENT.id}/everything", answer)
        assert body["person"]["email"] == STUDENT.email
        assert body["person"]["former_emails"] == [{"email": "old@northbridge.example", "replaced_at": "2026-11-06T21:20:00Z"}]
        assert [each["id"] for each in body["family"]] == [PARENT.id]
        assert len(body["sessions"]) == 1
        assert {"password_set", "person.everything"} <= {each["what"] for each in body["history"]["items"]}
        held = {each["kind"]: each for each in body["held"]}
        values = {each["name"]: each["value"] for each in held["person"]["attributes"]}
        assert values["email"] == STUDENT.email
        assert values["parents"] == [PARENT.id]
        assert {"person", "session", "chunk of mails", "audit event"} <= held.keys()
        for word in ("hash", "stamp", "version", "email_key", "username_key", "used_link"):
            assert f'"{word}"' not in json.dumps(body)

    def test_unknown_and_foreign_ids_are_the_same_404_and_leave_no_event(self, family: Console) -> None:
        family.add([make_person(77)], "southgate")
        answers = [family.get(f"{PEOPLE}/{each}/everything") for each in (make_person(77).id, "0" * 20, "x")]
        assert {(answer.status_code, answer.body) for answer in answers} == {(404, answers[0].body)}
        assert family.get("/admin/northbridge/audit", kind="deeds").json_body["items"] == []


def test_answers_are_those_of_the_document(family: Console) -> None:
    where = f"{PEOPLE}/{STUDENT.id}"
    for path in (where, f"{where}/history", f"{where}/edit", f"{PEOPLE}/new", "/admin/northbridge/admins"):
        check("get", path, family.get(path))
    check("patch", where, family.post(where, {"given_name": "X"}, "patch"))
    check("patch", where, family.post(where, {"email": "x"}, "patch"))
    check("post", PEOPLE, family.post(PEOPLE, {"role": "staff", "given_name": "X"}))
    check("post", "/admin/northbridge/admins", family.post("/admin/northbridge/admins", {"email": "x"}))
