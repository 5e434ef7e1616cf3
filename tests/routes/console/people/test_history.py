"""The time line of a person, as it is answered and shown."""

from dataclasses import replace

from tests.support.console import HEAD_TEACHER, Console, make_person

PEOPLE = "/admin/northbridge/people"
STUDENT, OTHER = make_person(1, last_login_at=1_794_000_000, password_set_at=1_793_000_000), make_person(2)
STUDENT = replace(STUDENT, number=7)


def what(console: Console, person: str) -> list[tuple[str, str | None, str | None]]:
    items = console.get(f"{PEOPLE}/{person}/history").json_body["items"]
    assert [each["at"] for each in items] == sorted((each["at"] for each in items), reverse=True)
    return [(each["what"], each["by"], each["detail"]) for each in items]


def test_what_admins_did_and_what_the_person_did(console: Console) -> None:
    console.add([STUDENT, OTHER])
    console.system.clock.now += 60
    console.post(f"{PEOPLE}/{STUDENT.id}", {"registration_group": "8B", "email": "new@northbridge.example"}, "patch")
    console.system.clock.now += 60
    assert console.post(f"{PEOPLE}/{STUDENT.id}/codes", {}).status_code == 200
    console.system.clock.now += 60
    console.post(f"{PEOPLE}/{STUDENT.id}/sign-out", {})
    found = what(console, STUDENT.id)
    assert found[0] == ("sessions.end", HEAD_TEACHER.id, None)
    assert {("codes.reveal", HEAD_TEACHER.id, None), ("code_given", None, "PIN"), ("code_given", None, "parent code")} <= set(
        found
    )
    assert ("person.change", HEAD_TEACHER.id, "email, registration group") in found
    assert ("email_replaced", None, None) in found
    assert found[-2:] == [("signed_in", STUDENT.id, None), ("password_set", STUDENT.id, None)]
    assert what(console, OTHER.id) == []
    assert what(console, HEAD_TEACHER.id) == [], "what an admin does is in the line of whom it is done to"


def test_an_answer_is_whole_unless_something_was_not_read(console: Console, monkeypatch: object) -> None:
    console.add([STUDENT])
    assert console.get(f"{PEOPLE}/{STUDENT.id}/history").json_body["complete"]
    for _ in range(501):
        console.system.wiring("console").audit("northbridge").record(
            HEAD_TEACHER.id, "codes.reveal", 1_795_000_000, {"person": STUDENT.id}
        )
    answer = console.get(f"{PEOPLE}/{STUDENT.id}/history").json_body
    assert (answer["complete"], len(answer["items"])) == (False, 100)


def test_it_stands_on_the_persons_page_and_on_one_of_its_own(console: Console) -> None:
    console.add([STUDENT])
    console.post(f"{PEOPLE}/{STUDENT.id}", {"given_name": "<b>"}, "patch")
    for place in (f"{PEOPLE}/{STUDENT.id}", f"{PEOPLE}/{STUDENT.id}/history"):
        text = console.page(place).body.decode()
        assert "What happened" in text
        assert "Last signed in" in text
        assert "(given name)" in text
        assert "Ada Admin</a>" in text
        assert "<b>" not in text


def test_unknown_and_foreign_ids_are_the_same_404(console: Console) -> None:
    console.add([make_person(77)], "southgate")
    answers = [console.get(f"{PEOPLE}/{each}/history") for each in (make_person(77).id, "0" * 20, "x")]
    assert {(answer.status_code, answer.body) for answer in answers} == {(404, answers[0].body)}
