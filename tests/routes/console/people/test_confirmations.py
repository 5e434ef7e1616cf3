"""The office asks everybody again who has typed an address that nobody has confirmed."""

import json

from tests.support.console import HEAD_TEACHER, Console, make_person

PEOPLE = "/admin/northbridge/people"
TYPED = {"role": "parent", "mis_id": None, "username": None, "password_set_at": 5}


def waiting(console: Console) -> list[dict[str, object]]:
    return [json.loads(body) for body in console.system.messages("REQUESTS_QUEUE")]


def test_a_script_is_told_where_to_look_and_a_worker_has_one_message(console: Console) -> None:
    console.add([make_person(number, **TYPED) for number in range(1, 4)])
    answer = console.post(f"{PEOPLE}/confirmations", {})
    assert (answer.status_code, answer.headers["Location"]) == (202, f"{PEOPLE}?unconfirmed=true&asked=1")
    assert answer.json_body["detail"].startswith("They are asked again")
    assert waiting(console) == [
        {"v": 1, "kind": "ask_unconfirmed", "school": "northbridge", "at": int(console.system.clock())}
    ], "one message however many they are"
    trail = console.get("/admin/northbridge/audit").json_body["items"]
    (event,) = [each for each in trail if each["action"] == "address.ask_all"]
    assert event["actor"] == HEAD_TEACHER.id


def test_an_admin_sees_how_many_before_and_what_was_done_after(console: Console) -> None:
    console.add([make_person(number, **TYPED) for number in range(1, 4)])
    before = console.page(PEOPLE, unconfirmed="true").body.decode()
    assert "3 people have typed an address that nobody has confirmed yet" in before
    assert f'action="{PEOPLE}/confirmations"' in before
    assert waiting(console) == [], "looking asks nobody"
    answer = console.form(f"{PEOPLE}/confirmations", {})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PEOPLE}?unconfirmed=true&asked=1")
    after = console.page(PEOPLE, unconfirmed="true", asked="1").body.decode()
    assert "They are asked again, a few at a time" in after
    assert len(waiting(console)) == 1, "reloading what was done asks nobody"


def test_where_everybody_has_confirmed_nothing_is_offered(console: Console) -> None:
    console.add([make_person(1)])
    assert "Ask everybody" not in console.page(PEOPLE, unconfirmed="true").body.decode()


def test_only_an_admin_of_the_school_asks(console: Console) -> None:
    teacher = make_person(8, role="teacher", year_group=None, registration_group=None)
    console.add([teacher, *(make_person(number, **TYPED) for number in range(1, 4))])
    console.token = console.sign_in(teacher)
    assert console.post(f"{PEOPLE}/confirmations", {}).status_code == 404
    console.token = None
    assert console.post(f"{PEOPLE}/confirmations", {}).status_code == 404
    assert waiting(console) == []
