"""Adding a person, and putting right what is known of one."""

import json
from dataclasses import replace
from typing import Any

import pytest

from latchkey.errors import NotSignedIn
from latchkey.people.model.new_email import SETTLES
from latchkey.people.model.person import Person
from latchkey.people.model.upn import check_letter
from latchkey.shared.model.identifiers import lookup
from latchkey.sign_in.session import who
from tests.support.console import HEAD_TEACHER, Console, make_person

PEOPLE = "/admin/northbridge/people"
UPN = check_letter("803200001002") + "803200001002"
PLAIN: dict[str, Any] = {"year_group": None, "registration_group": None}


def place(person: Person) -> str:
    return f"{PEOPLE}/{person.id}"


def now_is(console: Console, person: Person) -> Person:
    found = console.system.wiring("console").directory("northbridge").person(person.id)
    assert found is not None
    return found


def keyed(console: Console, person: Person) -> Person:
    """The person with the look-up key of the username, as a roster writes it."""
    key = console.system.wiring("console").lookup_key("northbridge")
    return replace(person, username_key=lookup(key, "username", person.username or ""))


def events(console: Console) -> list[tuple[str, dict[str, Any]]]:
    return [(each["action"], each["facts"]) for each in console.get("/admin/northbridge/audit", kind="deeds").json_body["items"]]


@pytest.fixture
def student(console: Console) -> Person:
    student = keyed(console, make_person(1, password_set_at=1_794_000_000, version=3))
    console.add([student])
    return now_is(console, student)


@pytest.fixture
def teacher(console: Console) -> Person:
    teacher = make_person(2, role="teacher", **PLAIN)
    console.add([teacher])
    return now_is(console, teacher)


class TestChange:
    def test_each_field_is_changed_and_shown_as_everywhere(self, console: Console, student: Person) -> None:
        wanted = {
            "given_name": "  Zoë ", "family_name": "O’Neill", "email": "Zoe@Northbridge.example", "username": "Zoe.One",
            "year_group": "Year 08", "registration_group": "8B", "language": "pl", "status": "active",
        }  # fmt: skip
        answer = console.post(place(student), wanted, "patch")
        assert answer.status_code == 200, answer.body
        said = {
            **wanted, "given_name": "Zoë", "email": "zoe@northbridge.example", "username": "zoe.one", "year_group": "8",
        }  # fmt: skip
        assert {name: answer.json_body[name] for name in said} == said
        shown = console.get(place(student)).json_body
        assert {name: shown[name] for name in answer.json_body} == answer.json_body
        assert [item["given_name"] for item in console.get(PEOPLE, year_group="8").json_body["items"]] == ["Zoë"]

    def test_one_field_leaves_the_others_alone(self, console: Console, student: Person) -> None:
        assert console.post(place(student), {"family_name": "Other"}, "patch").status_code == 200
        assert now_is(console, student) == replace(student, family_name="Other", edited=("family_name",))

    def test_null_and_an_empty_text_take_away(self, console: Console, student: Person) -> None:
        assert console.post(place(student), {"email": None, "username": "", "language": None}, "patch").status_code == 200
        found = now_is(console, student)
        assert (found.email, found.email_key, found.username, found.username_key) == (None, None, None, None)

    def test_what_is_as_it_was_writes_nothing(self, console: Console, student: Person) -> None:
        assert console.post(place(student), {"email": student.email, "year_group": "07"}, "patch").status_code == 200
        assert (now_is(console, student), events(console)) == (student, [])

    def test_the_new_name_signs_in_and_the_old_one_is_free(self, console: Console, student: Person) -> None:
        console.post(place(student), {"username": "newname"}, "patch")
        directory = console.system.wiring("portal").directory("northbridge")
        key = console.system.wiring("portal").lookup_key("northbridge")
        assert [each.id for each in directory.by_username_key(lookup(key, "username", "newname"))] == [student.id]
        assert directory.by_username_key(lookup(key, "username", "user1")) == []

    def test_all_errors_at_once_each_naming_its_field(self, console: Console, student: Person, teacher: Person) -> None:
        console.add([keyed(console, make_person(7))])
        wrong = {
            "given_name": "", "family_name": "x" * 101, "email": "nobody", "username": "User7", "role": "teacher",
            "year_group": "77", "registration_group": "x" * 61, "language": "tlh", "status": "gone",
        }  # fmt: skip
        answer = console.post(place(student), wrong, "patch")
        assert (answer.status_code, set(answer.json_body["fields"])) == (422, set(wrong) - {"given_name"})
        assert now_is(console, student) == student
        answer = console.post(place(teacher), {"given_name": "", "family_name": " - ".strip(), "year_group": "7"}, "patch")
        assert set(answer.json_body["fields"]) == {"given_name", "year_group"}

    @pytest.mark.parametrize(
        "body",
        [
            {"is_admin": True},
            {"version": 0},
            {"upn": UPN},
            {"id": "x"},
            {"email": 7},
            {"email": ["a@b.example"]},
            {"role": "admin"},
        ],
    )
    def test_nothing_else_can_be_written(self, console: Console, teacher: Person, body: dict[str, Any]) -> None:
        answer = console.post(place(teacher), {"family_name": "Other", **body}, "patch")
        assert (answer.status_code, set(answer.json_body["fields"])) == (422, set(body))
        assert now_is(console, teacher) == teacher

    @pytest.mark.parametrize("role", ["student", "parent"])
    def test_nobody_becomes_staff_who_is_none_nor_the_other_way(self, console: Console, teacher: Person, role: Any) -> None:
        other = make_person(9, role=role, **PLAIN)
        console.add([other])
        for person, wanted in ((teacher, role), (other, "staff")):
            answer = console.post(place(person), {"role": wanted}, "patch")
            assert (answer.status_code, set(answer.json_body["fields"])) == (422, {"role"})

    def test_a_teacher_becomes_staff_and_stands_in_that_list(self, console: Console, teacher: Person) -> None:
        session = console.sign_in(teacher)
        assert console.post(place(teacher), {"role": "staff"}, "patch").json_body["role"] == "staff"
        assert teacher.id in {item["id"] for item in console.get(PEOPLE, role="staff").json_body["items"]}
        assert console.get(PEOPLE, role="teacher").json_body["items"] == []
        assert ended(console, session)

    def test_a_username_that_somebody_has_is_refused(self, console: Console, student: Person) -> None:
        console.add([keyed(console, make_person(7))])
        answer = console.post(place(student), {"username": "USER7"}, "patch")
        assert (answer.status_code, set(answer.json_body["fields"])) == (422, {"username"})
        assert console.post(place(student), {"username": "user1"}, "patch").status_code == 200

    def test_of_two_who_are_given_one_username_at_once_one_gets_it(
        self, console: Console, student: Person, teacher: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from latchkey.records.stores.edits import Edits

        change, answers = Edits.change, []

        def first_the_other(self: Edits, *arguments: Any, **more: Any) -> None:
            monkeypatch.setattr(Edits, "change", change)
            answers.append(console.post(place(teacher), {"username": "one"}, "patch").status_code)
            change(self, *arguments, **more)

        monkeypatch.setattr(Edits, "change", first_the_other)
        late = console.post(place(student), {"username": "one"}, "patch")
        assert (answers, late.status_code, set(late.json_body["fields"])) == ([200], 422, {"username"})
        assert now_is(console, student).username == "user1"

    def test_an_admins_address_goes_to_nobody_else(self, console: Console, student: Person) -> None:
        answer = console.post(place(student), {"email": "ADA@northbridge.example"}, "patch")
        assert (answer.status_code, set(answer.json_body["fields"])) == (422, {"email"})

    def test_unknown_and_foreign_ids_are_the_same_404(self, console: Console, student: Person) -> None:
        console.add([make_person(77)], "southgate")
        answers = [
            console.post(f"{PEOPLE}/{each}", {"given_name": "X"}, "patch")
            for each in (make_person(77).id, "0" * 20, "x", "northbridge")
        ]
        assert {(answer.status_code, answer.body) for answer in answers} == {(404, answers[0].body)}
        console.token = console.sign_in(student)
        assert console.post(place(student), {"given_name": "X"}, "patch").status_code == 404
        assert console.get(PEOPLE + "/new").status_code == 404
        console.token = None
        assert console.post(PEOPLE, {"role": "staff", "given_name": "X"}).status_code == 404

    def test_one_event_names_the_fields_and_no_value(self, console: Console, student: Person) -> None:
        console.post(place(student), {"email": "new@northbridge.example", "registration_group": "8B"}, "patch")
        assert events(console) == [("person.change", {"person": student.id, "fields": "email, registration group"})]


def ended(console: Console, session: str) -> bool:
    try:
        who(console.system.wiring("portal"), session)
    except NotSignedIn:
        return True
    return False


class TestWhatEnds:
    @pytest.mark.parametrize("status", ["disabled", "left"])
    def test_sessions_and_links_of_who_is_switched_off_end_and_stay_ended(
        self, console: Console, student: Person, status: str
    ) -> None:
        session = console.sign_in(student)
        assert not ended(console, session)
        assert console.post(place(student), {"status": status}, "patch").json_body["status"] == status
        assert ended(console, session)
        assert console.post(place(student), {"status": "active"}, "patch").status_code == 200
        assert ended(console, session)
        found = now_is(console, student)
        assert found.stamp == student.stamp
        assert found.version > student.version

    def test_an_address_that_comes_back_brings_no_link_back(self, console: Console, student: Person) -> None:
        console.post(place(student), {"email": "new@northbridge.example"}, "patch")
        assert now_is(console, student).stamp != student.stamp
        console.post(place(student), {"email": student.email}, "patch")
        assert now_is(console, student).version == student.version + 2

    def test_a_name_ends_nothing(self, console: Console, student: Person) -> None:
        session = console.sign_in(student)
        console.post(place(student), {"given_name": "X", "registration_group": "8B", "language": "cy"}, "patch")
        assert not ended(console, session)


class TestNewAddress:
    def test_both_addresses_are_told_minutes_later(self, console: Console, student: Person) -> None:
        console.post(place(student), {"email": "new@northbridge.example"}, "patch")
        found = now_is(console, student)
        assert found.former_email is not None
        assert (found.former_email.email, found.former_email.at) == (student.email, int(console.system.clock.now))
        console.system.clock.now += SETTLES
        (message,) = delayed(console)
        assert json.loads(message) == {
            "v": 1, "kind": "emails_changed", "school": "northbridge", "people": [student.id], "at": found.former_email.at,
        }  # fmt: skip

    def test_who_has_no_password_is_told_nothing(self, console: Console) -> None:
        console.add([make_person(5)])
        console.post(place(make_person(5)), {"email": "new@northbridge.example"}, "patch")
        assert now_is(console, make_person(5)).former_email is None
        assert delayed(console) == []

    def test_the_message_goes_before_the_write(self, console: Console, student: Person, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nobody gets another address unheard because a queue was busy."""
        from latchkey.errors import TryLater
        from latchkey.shared.stores.queues import Queue

        def busy(*_: Any, **__: Any) -> None:
            raise TryLater()

        monkeypatch.setattr(Queue, "put", busy)
        assert console.post(place(student), {"email": "new@northbridge.example"}, "patch").status_code == 503
        assert now_is(console, student) == student


def delayed(console: Console) -> list[str]:
    """The messages of the queue of requests, also those that nobody sees yet."""
    assert console.system.queues is not None
    return console.system.queues.all("requests_queue")


class TestAdmins:
    @pytest.fixture
    def other(self, console: Console) -> Person:
        other = make_person(3, role="staff", is_admin=True, **PLAIN)
        console.add([other])
        return now_is(console, other)

    @pytest.mark.parametrize(
        "body",
        [{"username": "x"}, {"role": "teacher"}, {"status": "disabled"}, {"status": "left"}],
    )
    def test_nobody_alone_changes_how_another_admin_gets_in(self, console: Console, other: Person, body: dict[str, Any]) -> None:
        answer = console.post(place(other), {"given_name": "X", **body}, "patch")
        assert (answer.status_code, answer.json_body["code"]) == (409, "admin")
        assert next(iter(body)) in answer.json_body["detail"]
        assert (now_is(console, other), events(console)) == (other, [])

    def test_a_name_can_be_put_right(self, console: Console, other: Person) -> None:
        assert console.post(place(other), {"given_name": "X", "email": other.email}, "patch").status_code == 200
        assert now_is(console, other).given_name == "X"

    def test_they_change_their_own_and_need_an_address(self, console: Console) -> None:
        own = place(HEAD_TEACHER)
        assert console.post(own, {"status": "left"}, "patch").status_code == 409
        answer = console.post(own, {"email": ""}, "patch")
        assert (answer.status_code, set(answer.json_body["fields"])) == (422, {"email"})
        assert console.post(own, {"email": "new@northbridge.example"}, "patch").status_code == 200
        assert now_is(console, HEAD_TEACHER).is_admin
        assert console.get(own).status_code == 404, "a new address ends one's own session, too"

    def test_who_becomes_an_admin_meanwhile_is_left_alone(
        self, console: Console, teacher: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from latchkey.records.stores.edits import Edits

        change = Edits.change

        def first_the_other(self: Edits, *arguments: Any, **more: Any) -> None:
            console.system.wiring("operate").directory("northbridge").make_admin(teacher)
            change(self, *arguments, **more)

        monkeypatch.setattr(Edits, "change", first_the_other)
        assert console.post(place(teacher), {"email": "x@northbridge.example"}, "patch").status_code == 409
        assert now_is(console, teacher).email == teacher.email


class TestTwoAtOnce:
    def test_who_saves_an_old_form_is_told_and_sees_what_is_there(self, console: Console, student: Person) -> None:
        seen = console.get(place(student)).json_body["revision"]
        first = console.post(place(student), {"given_name": "First", "revision": seen}, "patch")
        assert first.status_code == 200
        late = console.post(place(student), {"given_name": "Late", "revision": seen}, "patch")
        assert (late.status_code, late.json_body["code"]) == (409, "changed")
        assert now_is(console, student).given_name == "First"
        assert (
            console.post(place(student), {"given_name": "Late", "revision": first.json_body["revision"]}, "patch").status_code
            == 200
        )
        page = console.form(place(student), {"given_name": "Form", "revision": seen})
        assert page.status_code == 409
        assert 'value="Late"' in page.body.decode()

    def test_between_reading_and_writing_one_gets_409(
        self, console: Console, student: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from latchkey.records.stores.edits import Edits

        change = Edits.change

        def first_the_other(self: Edits, *arguments: Any, **more: Any) -> None:
            monkeypatch.setattr(Edits, "change", change)
            assert console.post(place(student), {"registration_group": "8B"}, "patch").status_code == 200
            change(self, *arguments, **more)

        monkeypatch.setattr(Edits, "change", first_the_other)
        late = console.post(place(student), {"given_name": "Late"}, "patch")
        assert late.status_code == 409
        assert "registration group" in late.json_body["detail"]
        found = now_is(console, student)
        assert (found.given_name, found.registration_group) == (student.given_name, "8B")

    def test_a_password_that_is_set_meanwhile_is_no_conflict(
        self, console: Console, student: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from latchkey.records.stores.edits import Edits

        change = Edits.change

        def first_the_password(self: Edits, *arguments: Any, **more: Any) -> None:
            monkeypatch.setattr(Edits, "change", change)
            assert console.system.wiring("operate").directory("northbridge").raise_version(student.id, student.version)
            change(self, *arguments, **more)

        monkeypatch.setattr(Edits, "change", first_the_password)
        assert console.post(place(student), {"status": "disabled"}, "patch").status_code == 200
        assert now_is(console, student).version == student.version + 2

    def test_a_parent_who_registered_by_a_code_can_be_changed(self, console: Console) -> None:
        """Their item has no ``is_admin`` at all."""
        wiring = console.system.wiring("operate")
        parent = make_person(30, role="parent", **PLAIN)
        directory = wiring.directory("northbridge")
        directory._table.update(directory.make_of(parent))
        assert console.post(place(parent), {"given_name": "X"}, "patch").status_code == 200


class TestAdd:
    @pytest.mark.parametrize(
        ("role", "more"),
        [
            ("student", {"year_group": "Y7", "registration_group": "7A", "upn": UPN, "username": "new.one"}),
            ("teacher", {"email": "New@Northbridge.example"}),
            ("staff", {"language": "cy"}),
            ("parent", {}),
        ],
    )
    def test_somebody_of_each_role_is_added(self, console: Console, role: str, more: dict[str, str]) -> None:
        answer = console.post(PEOPLE, {"role": role, "family_name": "Only", **more})
        assert answer.status_code == 201, answer.body
        assert answer.headers["Location"] == f"{PEOPLE}/{answer.json_body['id']}"
        shown = console.get(answer.headers["Location"]).json_body
        assert (shown["role"], shown["family_name"], shown["given_name"], shown["is_admin"]) == (role, "Only", "", False)
        person = console.system.wiring("console").directory("northbridge").person(shown["id"])
        assert person is not None
        assert (person.number is not None) == (role == "student")
        assert (person.username_key is not None, person.email_key is not None) == ("username" in more, "email" in more)
        assert len(person.id) == 20
        assert events(console) == [("person.add", {"person": person.id, "role": role})]

    def test_a_student_gets_codes_at_once(self, console: Console) -> None:
        place = console.post(PEOPLE, {"role": "student", "given_name": "New"}).headers["Location"]
        assert console.post(f"{place}/codes", {}).status_code == 200

    def test_all_errors_at_once(self, console: Console) -> None:
        console.add([keyed(console, make_person(7, upn=UPN, mis_id="M7"))])
        answer = console.post(PEOPLE, {"role": "student", "email": "ada@northbridge.example", "username": "user7", "upn": UPN})
        assert (answer.status_code, set(answer.json_body["fields"])) == (422, {"given_name", "email", "username", "upn"})
        answer = console.post(PEOPLE, {"given_name": "X", "upn": "A1", "year_group": "x"})
        assert set(answer.json_body["fields"]) == {"role", "upn", "year_group"}
        answer = console.post(PEOPLE, {"role": "parent", "given_name": "X", "upn": UPN, "year_group": "7"})
        assert set(answer.json_body["fields"]) == {"upn", "year_group"}
        for strange in ({"is_admin": True}, {"status": "left"}, {"version": 1}):
            answer = console.post(PEOPLE, {"role": "staff", "given_name": "X", **strange})
            assert (answer.status_code, set(answer.json_body["fields"])) == (422, set(strange))
        assert len(console.get(PEOPLE).json_body["items"]) == 2

    def test_who_has_an_mis_id_is_the_person_of_the_next_roster_and_is_added_once(self, console: Console) -> None:
        from latchkey.shared.model.ids import person_id

        new = {"role": "student", "given_name": "X", "mis_id": "A-9"}
        assert console.post(PEOPLE, new).json_body["id"] == person_id("northbridge", "A-9")
        answer = console.post(PEOPLE, new)
        assert (answer.status_code, set(answer.json_body["fields"])) == (422, {"mis_id"})

    def test_the_same_key_adds_one_person(self, console: Console) -> None:
        new = {"role": "staff", "given_name": "X", "username": "one", "idempotency_key": "abcdefgh"}
        one, two = console.post(PEOPLE, new), console.post(PEOPLE, new)
        assert (one.status_code, two.status_code, one.json_body["id"]) == (201, 201, two.json_body["id"])
        assert console.post(PEOPLE, {**new, "given_name": "Y", "username": "two"}).status_code == 422
        assert len(console.get(PEOPLE, role="staff").json_body["items"]) == 2


class TestPages:
    def test_the_form_shows_what_is_there_and_saves_it(self, console: Console, student: Person) -> None:
        text = console.page(place(student) + "/edit").body.decode()
        for value in (student.given_name, student.email, student.username, "7A"):
            assert f'value="{value}"' in text
        revision = console.get(place(student)).json_body["revision"]
        fields = {
            "revision": revision, "given_name": "Zoë", "family_name": student.family_name, "email": str(student.email),
            "username": "user1", "year_group": "7", "registration_group": "7A", "language": "", "status": "disabled",
        }  # fmt: skip
        answer = console.form(place(student), fields)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{place(student)}?saved=changed")
        text = console.page(place(student), saved="changed").body.decode()
        assert "Your change was saved." in text
        assert "Zoë" in text
        assert "has an account that is switched off" in text
        assert "switched off" in console.page(PEOPLE).body.decode()

    def test_mistakes_come_back_with_what_was_typed(self, console: Console, student: Person) -> None:
        answer = console.form(place(student), {"given_name": "<b>", "email": "no", "year_group": "99", "username": "user1"})
        text = answer.body.decode()
        assert answer.status_code == 422
        for name in ("email", "year_group"):
            assert f'<a href="#{name}">' in text
            assert f'id="{name}"' in text
            assert f'id="{name}-error"' in text
        assert 'value="no"' in text
        assert "&lt;b&gt;" in text
        assert "<b>" not in text

    def test_a_teacher_has_a_role_to_choose_and_no_groups(self, console: Console, teacher: Person) -> None:
        text = console.page(place(teacher) + "/edit").body.decode()
        assert 'name="role"' in text
        assert 'name="year_group"' not in text

    def test_another_admin_is_shown_with_what_can_be_asked_for(self, console: Console) -> None:
        other = make_person(3, role="staff", is_admin=True, **PLAIN)
        console.add([other])
        text = console.page(place(other) + "/edit").body.decode()
        for name in ("username", "role", "status"):
            assert f'name="{name}"' not in text
        assert "A new address waits" in text
        own = console.page(place(HEAD_TEACHER) + "/edit").body.decode()
        assert 'name="email"' in own
        assert 'name="status"' not in own

    def test_somebody_is_added_by_form(self, console: Console) -> None:
        assert f'href="{PEOPLE}/new"' in console.page(PEOPLE).body.decode()
        text = console.page(PEOPLE + "/new").body.decode()
        assert 'name="idempotency_key"' in text
        empty = dict.fromkeys(("email", "username", "language", "year_group", "registration_group", "upn", "mis_id"), "")
        answer = console.form(PEOPLE, {**empty, "role": "", "given_name": "", "family_name": ""})
        text = answer.body.decode()
        assert answer.status_code == 422
        assert '<a href="#role">' in text
        assert '<a href="#given_name">' in text
        answer = console.form(
            PEOPLE, {**empty, "role": "student", "given_name": "New", "family_name": "", "idempotency_key": "a" * 26}
        )
        assert answer.status_code == 303
        assert "This person was added." in console.page(answer.headers["Location"]).body.decode()
