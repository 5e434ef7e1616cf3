"""Another admin's new address: asked for by one, agreed or objected to by another, done after 24 hours without an objection."""

from typing import Any

import pytest

from latchkey.people.model.person import Person
from latchkey.records.address_changes import OPEN_FOR
from tests.support.console import HEAD_TEACHER, Console, make_person

ADMINS = "/admin/northbridge/admins"
PLAIN: dict[str, Any] = {"year_group": None, "registration_group": None}
NEW = "ben.new@northbridge.example"


@pytest.fixture
def ben(console: Console) -> Person:
    """Whose address it is."""
    return admin_of(console, 1)


@pytest.fixture
def cat(console: Console) -> Person:
    """A third admin."""
    return admin_of(console, 2)


def admin_of(console: Console, number: int) -> Person:
    made = make_person(number, role="staff", is_admin=True, username=None, version=4, **PLAIN)
    console.add([made])
    return now_is(console, made)


def now_is(console: Console, person: Person) -> Person:
    found = console.system.wiring("console").directory("northbridge").person(person.id)
    assert found is not None
    return found


def as_one(console: Console, person: Person) -> Console:
    return Console(console.system, console.http, console.sign_in(person))


def ask(console: Console, person: Person, email: str = NEW, **more: Any) -> Any:
    return console.post(f"/admin/northbridge/people/{person.id}", {"email": email, **more}, "patch")


def waiting(console: Console) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = console.get(ADMINS).json_body["waiting"]
    return found


def decide(console: Console, change: str, what: str) -> Any:
    return console.post(f"{ADMINS}/waiting/{change}/{what}", {})


def actions(console: Console) -> list[str]:
    return [each["action"] for each in console.get("/admin/northbridge/audit", kind="deeds").json_body["items"]]


def notices(console: Console) -> list[tuple[str, str | None]]:
    due = console.system.wiring("plan_send").reminders.until(int(console.system.clock()) + 120)
    return [(each.notice.kind, each.notice.outcome) for each in due if each.notice is not None]


def test_it_waits_and_is_told_and_nothing_changes(console: Console, ben: Person) -> None:
    answer = ask(console, ben)
    assert answer.status_code == 202, answer.body
    assert now_is(console, ben) == ben
    change = answer.json_body["waiting"]
    assert (change["person"], change["email"], change["asked_by"]) == (ben.id, NEW, HEAD_TEACHER.id)
    assert waiting(console) == [change]
    assert console.get("/admin/northbridge").json_body["address_changes"] == [change]
    assert console.get(f"/admin/northbridge/people/{ben.id}").json_body["waiting"] == change
    assert actions(console) == ["admin.email_ask"]
    assert notices(console) == [("email_waiting", None)]
    for path in (ADMINS, "/admin/northbridge", f"/admin/northbridge/people/{ben.id}"):
        assert "Withdraw it" in console.page(path).body.decode()
        assert "Object: change nothing" in as_one(console, ben).page(path).body.decode()


def test_what_else_is_said_is_changed_at_once(console: Console, ben: Person) -> None:
    assert ask(console, ben, given_name="Benjamin").status_code == 202
    assert (now_is(console, ben).given_name, now_is(console, ben).email) == ("Benjamin", ben.email)
    assert sorted(actions(console)) == ["admin.email_ask", "person.change"]


def test_who_asked_cannot_agree_and_a_second_admin_does(console: Console, ben: Person, cat: Person) -> None:
    change = ask(console, ben).json_body["waiting"]["id"]
    refused = decide(console, change, "approve")
    assert (refused.status_code, refused.json_body["code"]) == (409, "own_change")
    assert decide(as_one(console, cat), change, "approve").status_code == 204
    after = now_is(console, ben)
    assert (after.email, after.version, after.is_admin) == (NEW, ben.version + 1, True)
    assert after.email_key != ben.email_key
    assert waiting(console) == []
    assert "admin.email_agree" in actions(console)
    assert ("email_decided", "done") in notices(console)
    assert decide(as_one(console, cat), change, "approve").status_code == 409


def test_whose_it_is_may_agree_themselves(console: Console, ben: Person) -> None:
    change = ask(console, ben).json_body["waiting"]["id"]
    assert decide(as_one(console, ben), change, "approve").status_code == 204
    assert now_is(console, ben).email == NEW


@pytest.mark.parametrize("by", ["ben", "cat"])
def test_anybody_else_objects_and_nothing_changes_for_good(console: Console, ben: Person, cat: Person, by: str) -> None:
    change = ask(console, ben).json_body["waiting"]["id"]
    refused = decide(console, change, "decline")
    assert (refused.status_code, refused.json_body["code"]) == (409, "own_change")
    assert decide(as_one(console, ben if by == "ben" else cat), change, "decline").status_code == 204
    assert (waiting(console), now_is(console, ben)) == ([], ben)
    console.system.clock.now += OPEN_FOR + 1
    token = Console(console.system, console.http, console.sign_in(HEAD_TEACHER))
    assert (waiting(token), now_is(console, ben)) == ([], ben)
    assert "admin.email_object" in actions(token)
    assert ("email_decided", "declined") in notices(console)


def test_who_asked_withdraws_it_and_nobody_else(console: Console, ben: Person) -> None:
    change = ask(console, ben).json_body["waiting"]["id"]
    refused = decide(as_one(console, ben), change, "withdraw")
    assert (refused.status_code, refused.json_body["code"]) == (409, "not_own_change")
    assert decide(console, change, "withdraw").status_code == 204
    assert (waiting(console), now_is(console, ben)) == ([], ben)
    assert "admin.email_withdraw" in actions(console)


def test_after_a_day_it_is_done_when_an_admin_looks(console: Console, ben: Person) -> None:
    ask(console, ben)
    console.system.clock.now += OPEN_FOR - 1
    still = Console(console.system, console.http, console.sign_in(HEAD_TEACHER))
    assert len(waiting(still)) == 1
    assert now_is(console, ben).email == ben.email
    console.system.clock.now += 1
    assert still.get("/admin/northbridge").json_body["address_changes"] == []
    assert now_is(console, ben).email == NEW
    assert "admin.email_done" in actions(still)
    assert still.get("/admin/northbridge").status_code == 200
    assert actions(still).count("admin.email_done") == 1


def test_it_is_dropped_where_it_cannot_be_done_any_more(console: Console, ben: Person, cat: Person) -> None:
    ask(console, ben)
    own = as_one(console, ben)
    assert own.post(f"/admin/northbridge/people/{ben.id}", {"email": "own@northbridge.example"}, "patch").status_code == 200
    console.system.clock.now += OPEN_FOR
    later = Console(console.system, console.http, console.sign_in(HEAD_TEACHER))
    assert waiting(later) == []
    assert now_is(console, ben).email == "own@northbridge.example"
    assert "admin.email_drop" in actions(later)


@pytest.mark.parametrize("ended", ["asks", "asked of"])
def test_it_ends_with_the_rights_of_either(console: Console, ben: Person, cat: Person, ended: str) -> None:
    ask(console, ben)
    third = as_one(console, cat)
    who = HEAD_TEACHER if ended == "asks" else ben
    assert third.http.delete(f"{ADMINS}/{who.id}", headers=third.headers("application/json")).status_code == 204
    assert waiting(third) == []
    assert "admin.email_drop" in actions(third)
    console.system.clock.now += OPEN_FOR
    later = Console(console.system, console.http, console.sign_in(cat))
    assert later.get("/admin/northbridge").status_code == 200
    assert now_is(console, ben).email == ben.email


def test_it_ends_with_the_second_last_admin_and_what_else_waits(console: Console, ben: Person) -> None:
    """The school's item is written once in the transaction, whatever changes of it."""
    rule = {"approval": {"above": 2, "staff": False}}
    assert console.post("/admin/northbridge/settings", rule, "put").status_code == 200
    assert console.post("/admin/northbridge/settings", {"reply_to": "x@northbridge.example"}, "put").status_code == 202
    ask(console, ben)
    assert console.http.delete(f"{ADMINS}/{ben.id}", headers=console.headers("application/json")).status_code == 204
    school = console.system.wiring("console").schools.get("northbridge")
    assert school is not None
    assert (school.waiting, school.admin_emails, school.settings.approval.above) == (None, (), None)


def test_the_same_wish_again_is_one_and_another_one_begins_anew(console: Console, ben: Person, cat: Person) -> None:
    first = ask(console, ben).json_body["waiting"]
    console.system.clock.now += 60
    assert ask(console, ben).json_body["waiting"] == first
    second = ask(console, ben, "other@northbridge.example").json_body["waiting"]
    assert second["id"] != first["id"]
    assert second["done_at"] > first["done_at"]
    assert waiting(console) == [second]
    refused = ask(as_one(console, cat), ben)
    assert (refused.status_code, refused.json_body["code"]) == (409, "change_waits")


@pytest.mark.parametrize(
    ("email", "status"), [("nobody", 422), ("", 422), ("p2@northbridge.example", 422), ("ada@northbridge.example", 422)]
)
def test_an_address_that_cannot_be_is_not_even_asked_for(
    console: Console, ben: Person, cat: Person, email: str, status: int
) -> None:
    assert ask(console, ben, email).status_code == status
    assert (waiting(console), actions(console)) == ([], [])


def test_one_own_address_waits_for_nobody(console: Console, ben: Person) -> None:
    own = as_one(console, ben)
    assert ask(own, ben).status_code == 200
    assert now_is(console, ben).email == NEW


def test_others_and_strangers_find_nothing(console: Console, ben: Person) -> None:
    change = ask(console, ben).json_body["waiting"]["id"]
    teacher = make_person(5, role="teacher", **PLAIN)
    console.add([teacher])
    for token in (None, console.sign_in(teacher), console.sign_in(HEAD_TEACHER, "southgate")):
        other = Console(console.system, console.http, token)
        for what in ("approve", "decline", "withdraw"):
            assert decide(other, change, what).status_code == 404
    for unknown in ("x", "0" * 26):
        assert decide(console, unknown, "approve").status_code == 409
    assert len(waiting(console)) == 1


def test_by_form(console: Console, ben: Person) -> None:
    answer = console.form(f"/admin/northbridge/people/{ben.id}", {"email": NEW, "given_name": "Ben", "family_name": "Lee"})
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("?saved=waits")
    page = console.page(f"/admin/northbridge/people/{ben.id}", saved="waits").body.decode()
    assert "24 hours to object" in page
    (change,) = waiting(console)
    assert as_one(console, ben).form(f"{ADMINS}/waiting/{change['id']}/decline", {}).status_code == 303
    assert "Nothing changes" in console.page(ADMINS, saved="objected").body.decode()
