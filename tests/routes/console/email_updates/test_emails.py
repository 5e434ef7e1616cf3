"""New addresses for many people: preview, apply, undo, as a script and as a browser."""

import base64
import gzip
import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from latchkey.email_updates import apply_emails
from latchkey.email_updates.model import pasted
from latchkey.email_updates.model.items import MOST, parse_items
from latchkey.email_updates.model.runs import Run
from latchkey.email_updates.stores.runs import EmailRuns
from latchkey.people.model.new_email import SETTLES
from latchkey.people.model.person import MailProblem, Person
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.stores.queues import Queue
from tests.support.console import HEAD_TEACHER, Console, make_person
from tests.support.mail_road import MailRoad
from tests.support.openapi import check
from tests.support.ses import StrictSes
from tests.support.workbooks import excel

EMAILS = "/admin/northbridge/people/emails"
NOBODY = {"new": 0, "changed": 0, "same": 0, "clash": 0, "unusable": 0, "suspicious": 0, "unknown": 0}


@pytest.fixture
def delays(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """After how many seconds messages were to be seen: moto hides what is delayed by its own clock."""
    found: list[int] = []
    put_many = Queue.put_many

    def at_once(self: Queue, messages: Any, *, group: str = "", delay: int = 0) -> None:
        listed = list(messages)
        found.extend([delay] * len(listed))
        put_many(self, listed, group=group)

    monkeypatch.setattr(Queue, "put_many", at_once)
    return found


@pytest.fixture
def school(console: Console, delays: list[int]) -> Console:
    """Four students with an address and three without, two of one name, a parent, an admin."""
    console.add(
        [
            *(make_person(number, upn=None) for number in range(1, 5)),
            *(make_person(number, email=None) for number in range(5, 8)),
            make_person(8, given_name="Amy", family_name="Lee", email=None, upn="A123456789012"[:13], year_group="7"),
            make_person(9, given_name="Amy", family_name="Lee", email=None, year_group="8", registration_group="8B"),
            make_person(10, role="parent", email=None, year_group=None, registration_group=None, username=None, mis_id=None),
        ]
    )
    return console


def ask(console: Console, items: Any, **more: Any) -> Any:
    answer = console.post(EMAILS, {"items": items, **more})
    assert answer.status_code == 200, answer.body
    return check("post", EMAILS, answer)


def states(console: Console, *items: dict[str, Any], **more: Any) -> list[str]:
    return [each["state"] for each in ask(console, list(items), dry_run=True, **more)["items"]]


def person(console: Console, number: int) -> Person:
    found = console.system.wiring("console").directory("northbridge").person(make_person(number).id)
    assert found is not None
    return found


def events(console: Console) -> list[tuple[str, dict[str, Any]]]:
    found, _ = console.system.wiring("console").audit("northbridge").page()
    return [(event["action"], event["facts"]) for event in found]


class TestPreview:
    def test_every_state(self, school: Console) -> None:
        found = ask(
            school,
            [
                {"id": make_person(5).id, "email": "Amy <AMY@home.example>"},
                {"mis_id": "M1", "email": "new@home.example"},
                {"username": "USER2", "email": "p2@northbridge.example"},
                {"id": make_person(3).id, "email": HEAD_TEACHER.email},
                {"id": make_person(4).id, "email": "four@gmial.com"},
                {"id": make_person(6).id, "email": "six at home"},
                {"upn": "B123", "email": "x@home.example"},
            ],
            dry_run=True,
        )
        assert [each["state"] for each in found["items"]] == [
            "new", "changed", "same", "clash", "suspicious", "unusable", "unknown",
        ]  # fmt: skip
        assert found["counts"] == dict.fromkeys(NOBODY, 1)
        first = found["items"][0]
        assert (first["email"], first["address"], first["person"]) == (
            "Amy <AMY@home.example>", "amy@home.example", make_person(5).id,
        )  # fmt: skip
        assert "gmail.com" in found["items"][4]["text"]

    def test_changes_nothing(self, school: Console) -> None:
        states(school, {"id": make_person(5).id, "email": "five@home.example"})
        assert person(school, 5).email is None
        assert events(school) == []
        assert school.system.messages("REQUESTS_QUEUE") == []

    def test_one_person_with_two_addresses_is_a_clash_and_with_one_twice_is_not(self, school: Console) -> None:
        five, six = {"id": make_person(5).id}, {"mis_id": "M6"}
        assert (
            states(school, {**five, "email": "a@home.example"}, {"username": "user5", "email": "b@home.example"}) == ["clash"] * 2
        )
        assert states(school, {**six, "email": "a@home.example"}, {"username": "user6", "email": "A@home.example"}) == [
            "new",
            "same",
        ]

    def test_an_admin_is_not_changed_here(self, school: Console) -> None:
        found = ask(school, [{"id": HEAD_TEACHER.id, "email": "ada@home.example"}], dry_run=True)
        assert found["items"][0]["state"] == "clash"
        assert "admin" in found["items"][0]["text"]

    def test_a_name_needs_its_year_where_two_have_it(self, school: Console) -> None:
        assert states(school, {"name": "Amy Lee", "email": "a@home.example"}) == ["clash"]
        for name in ("Amy Lee 7", "amy lee (Year 7)", "Lee, Amy Y7", "Amy  Lee 7A"):
            found = ask(school, [{"name": name, "email": "a@home.example"}], dry_run=True)["items"][0]
            assert (found["state"], found["person"]) == ("new", make_person(8).id), name
        assert states(school, {"name": "Amy Lee 9", "email": "a@home.example"}) == ["unknown"]

    def test_a_name_is_either_family_name_however_it_is_written(self, school: Console) -> None:
        zoe = {"given_name": "Zoë", "family_name": "Żak, Jr", "preferred_family_name": "O'Neil-Zak"}
        school.add([make_person(21, email=None, **zoe)])
        for name in ("zoe zak jr", "Zak, Jr, Zoë", "Zoe ONeil Zak", "O’Neil-Żak Zoë"):
            assert states(school, {"name": name, "email": "zoe@home.example"}) == ["new"], name
        assert states(school, {"name": "Zoe Neil", "email": "zoe@home.example"}) == ["unknown"]

    def test_keys_of_different_people_contradict_each_other(self, school: Console) -> None:
        assert states(school, {"mis_id": "M5", "username": "user6", "email": "a@home.example"}) == ["clash"]
        assert states(school, {"mis_id": "nobody", "username": "user6", "email": "a@home.example"}) == ["clash"]
        assert states(school, {"mis_id": "nobody", "username": "nobody", "email": "a@home.example"}) == ["unknown"]
        assert states(school, {"mis_id": "M5", "username": "user5", "email": "a@home.example"}) == ["new"]

    def test_the_id_of_an_mis_id_is_not_enough(self, school: Console) -> None:
        """A person's id can be that of an MIS id which they do not have (any more)."""
        school.add([replace(make_person(60), mis_id="another", email=None)])
        assert states(school, {"mis_id": "60", "email": "a@home.example"}) == ["unknown"]
        assert states(school, {"mis_id": "another", "email": "a@home.example"}) == ["new"]

    def test_who_left_and_who_is_at_another_school_are_nobody(self, school: Console) -> None:
        school.add([make_person(20, status="left")])
        school.add([make_person(21)], "southgate")
        assert states(school, {"id": make_person(20).id, "email": "a@home.example"}) == ["unknown"]
        assert states(school, {"id": make_person(21).id, "email": "a@home.example"}) == ["unknown"]

    def test_the_schools_own_domain_mistyped(self, school: Console) -> None:
        item = {"id": make_person(5).id, "email": "five@northbrigde.example"}
        assert states(school, item) == ["suspicious"]
        assert states(school, {**item, "confirm": True}) == ["new"]

    def test_what_was_seen_has_to_be_there_still(self, school: Console) -> None:
        item = {"id": make_person(1).id, "email": "one@home.example"}
        seen = ask(school, [item], dry_run=True)["items"][0]["seen"]
        assert states(school, {**item, "seen": seen}) == ["changed"]
        assert states(school, {**item, "seen": "none"}) == ["clash"]


class TestRefused:
    @pytest.mark.parametrize(
        ("items", "named"),
        [
            (None, {"items"}),
            ([], {"items"}),
            ("x", {"items"}),
            ([3, {"email": 4, "id": True, "hat": 1}], {"items.0", "items.1.email", "items.1.id", "items.1.hat", "items.1"}),
            ([{"id": "abc"}], {"items.0.email"}),
            ([{"id": "abc", "email": "a@b.example", "confirm": "yes"}], {"items.0.confirm"}),
            ([{"id": "", "email": "a@b.example"}], {"items.0"}),
        ],
    )
    def test_all_that_is_wrong_is_named_at_once(self, school: Console, items: Any, named: set[str]) -> None:
        answer = school.post(EMAILS, {"items": items})
        assert answer.status_code == 422
        assert set(answer.json_body["fields"]) == named

    def test_the_most_and_one_more(self, school: Console) -> None:
        item = {"id": make_person(5).id, "email": "five@home.example"}
        assert len(ask(school, [item] * MOST, dry_run=True)["items"]) == MOST
        answer = school.post(EMAILS, {"items": [item] * (MOST + 1)})
        assert answer.status_code == 422
        assert str(MOST + 1) in answer.json_body["fields"]["items"]
        assert str(MOST) in answer.json_body["detail"]


class TestApply:
    def test_writes_new_and_changed_only(self, school: Console) -> None:
        items = [
            {"id": make_person(5).id, "email": "five@home.example"},
            {"mis_id": "M1", "email": "one@home.example"},
            {"id": make_person(4).id, "email": "four@gmial.com"},
            {"id": make_person(6).id, "email": "six@gmial.com", "confirm": True},
        ]
        run = ask(school, items)
        assert run["counts"] == NOBODY | {"new": 2, "changed": 1, "suspicious": 1}
        assert [person(school, number).email for number in (5, 1, 4, 6)] == [
            "five@home.example", "one@home.example", "p4@northbridge.example", "six@gmial.com",
        ]  # fmt: skip
        key = school.system.wiring("console").lookup_key("northbridge")
        assert person(school, 5).email_key == lookup(key, "email", "five@home.example")
        assert events(school) == [("emails.apply", {"emails": run["id"], "new": 2, "changed": 1, "suspicious": 1})]
        assert check("get", f"{EMAILS}/{run['id']}", school.get(f"{EMAILS}/{run['id']}"))["counts"] == run["counts"]

    def test_ends_sessions_and_the_blame_of_the_old_address(self, school: Console) -> None:
        key = school.system.wiring("console").lookup_key("northbridge")
        bounced = make_person(30, mail_problem=MailProblem("bounced", 1, lookup(key, "email", "p30@northbridge.example")))
        school.add([bounced])
        before = person(school, 30)
        assert before.problem == "bounced"
        ask(school, [{"id": before.id, "email": "thirty@home.example"}])
        assert person(school, 30).problem is None
        assert person(school, 30).stamp != before.stamp

    def test_who_has_a_password_is_told_after_a_while_and_nobody_else(self, school: Console, delays: list[int]) -> None:
        school.add([make_person(31, password_set_at=1_700_000_000)])
        ask(school, [{"id": make_person(number).id, "email": f"n{number}@home.example"} for number in (1, 31)])
        former = person(school, 31).former_email
        assert former is not None
        assert (former.email, former.at) == ("p31@northbridge.example", school.system.wiring("console").now())
        (body,) = school.system.messages("REQUESTS_QUEUE")
        assert json.loads(body) == {
            "v": 1, "kind": "emails_changed", "school": "northbridge", "people": [make_person(31).id], "at": former.at,
        }  # fmt: skip
        assert person(school, 1).former_email is None
        assert delays == [SETTLES]

    def test_both_addresses_get_a_mail(self, school: Console, monkeypatch: pytest.MonkeyPatch) -> None:
        school.add([make_person(31, password_set_at=1_700_000_000)])
        ask(school, [{"id": make_person(31).id, "email": "new@home.example"}])
        road = MailRoad(school.system, StrictSes(), monkeypatch)
        told = school.system.messages("REQUESTS_QUEUE")
        school.system.clock.now += SETTLES
        assert road.plan(told) == []
        assert road.deliver() == []
        assert sorted(mail.to for mail in road.ses.mails) == ["new@home.example", "p31@northbridge.example"]

    def test_the_same_key_changes_once(self, school: Console) -> None:
        items = [{"id": make_person(5).id, "email": "five@home.example"}]
        first = ask(school, items, idempotency_key="a-key-of-mine")
        assert ask(school, items, idempotency_key="a-key-of-mine") == first
        assert len(events(school)) == 1
        answer = school.post(EMAILS, {"items": [{**items[0], "email": "b@home.example"}], "idempotency_key": "a-key-of-mine"})
        assert answer.status_code == 409
        assert person(school, 5).email == "five@home.example"

    def test_the_same_key_at_once_changes_once(self, school: Console) -> None:
        items = parse_items([{"id": make_person(n).id, "email": f"n{n}@home.example"} for n in (1, 5)])
        wiring = school.system.wiring("console")

        def request(_: int) -> Run:
            return apply_emails.apply_emails(wiring, "northbridge", HEAD_TEACHER, items, "a-key-of-mine")

        with ThreadPoolExecutor(6) as pool:
            runs = list(pool.map(request, range(6)))
        assert {run.id for run in runs} == {runs[0].id}
        assert runs[0].counts == NOBODY | {"new": 1, "changed": 1}
        assert len(events(school)) == 1
        assert wiring.email_runs("northbridge").get(runs[0].id).lost == ()  # type: ignore[union-attr]

    def test_no_address_is_in_the_audit_trail_or_a_message(self, school: Console) -> None:
        school.add([make_person(31, password_set_at=1_700_000_000)])
        ask(school, [{"id": make_person(31).id, "email": "secret@home.example"}])
        said = json.dumps(events(school)) + "".join(school.system.messages("REQUESTS_QUEUE"))
        assert "@" not in said

    def test_somebody_changed_meanwhile_is_told_and_left_alone(self, school: Console, monkeypatch: pytest.MonkeyPatch) -> None:
        real = apply_emails.write_emails

        def late(system: Any, slug: str, wanted: Any, since: int) -> list[str]:
            directory = system.directory(slug)
            directory.change(make_person(1).id, {"email": "else@home.example", "email_key": "0" * 32})
            return real(system, slug, wanted, since)

        monkeypatch.setattr(apply_emails, "write_emails", late)
        run = ask(school, [{"id": make_person(n).id, "email": f"n{n}@home.example"} for n in (1, 2)])
        assert [each["state"] for each in run["items"]] == ["clash", "changed"]
        assert run["counts"] == NOBODY | {"clash": 1, "changed": 1}
        assert person(school, 1).email == "else@home.example"

    def test_nothing_is_written_that_the_queue_did_not_hear_of(self, school: Console, monkeypatch: pytest.MonkeyPatch) -> None:
        school.add([make_person(31, password_set_at=1_700_000_000)])
        monkeypatch.setattr(Queue, "put_many", lambda *_, **__: 1 / 0)
        assert school.post(EMAILS, {"items": [{"id": make_person(31).id, "email": "x@home.example"}]}).status_code == 500
        assert person(school, 31).email == "p31@northbridge.example"

    def test_a_request_that_died_after_the_last_write_is_finished_too(
        self, school: Console, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        school.add([make_person(31, password_set_at=1_700_000_000)])
        items = [{"id": make_person(31).id, "email": "x@home.example"}]
        with monkeypatch.context() as broken:
            broken.setattr(EmailRuns, "note_applied", lambda *_: 1 / 0)
            assert school.post(EMAILS, {"items": items, "idempotency_key": "a-key-of-mine"}).status_code == 500
        former = person(school, 31).former_email
        school.system.clock.now += 10
        assert ask(school, items, idempotency_key="a-key-of-mine")["counts"] == NOBODY | {"changed": 1}
        assert person(school, 31).former_email == former
        first, second = school.system.messages("REQUESTS_QUEUE")
        assert first == second

    def test_a_request_that_died_is_finished_by_the_same_request(self, school: Console, monkeypatch: pytest.MonkeyPatch) -> None:
        school.add([make_person(31, password_set_at=1_700_000_000)])
        items = [{"id": make_person(n).id, "email": f"n{n}@home.example"} for n in (1, 31)]
        with monkeypatch.context() as broken:
            broken.setattr(Queue, "put_many", lambda *_, **__: 1 / 0)
            answer = school.post(EMAILS, {"items": items, "idempotency_key": "a-key-of-mine"})
            assert answer.status_code == 500
        school.system.clock.now += 10
        run = ask(school, items, idempotency_key="a-key-of-mine")
        assert (run["state"], run["counts"]) == ("applied", NOBODY | {"changed": 2})
        (body,) = school.system.messages("REQUESTS_QUEUE")
        former = person(school, 31).former_email
        assert former is not None
        assert (json.loads(body)["people"], json.loads(body)["at"]) == ([make_person(31).id], former.at)
        assert len(events(school)) == 1


class TestUndo:
    def test_puts_addresses_back_and_leaves_whom_somebody_has_changed_since(self, school: Console) -> None:
        before = {number: person(school, number) for number in (1, 2, 5)}
        items = [{"id": make_person(n).id, "email": f"n{n}@home.example"} for n in (1, 2, 5)]
        run = ask(school, items)
        again = ask(school, [{"id": make_person(2).id, "email": "later@home.example"}])
        where = f"{EMAILS}/{run['id']}/undo"
        undone = check("post", where, school.post(where, {}))
        assert (undone["state"], undone["restored"], undone["kept"]) == ("undone", 2, [make_person(2).id])
        assert {number: person(school, number).email for number in (1, 2, 5)} == {
            1: before[1].email, 2: "later@home.example", 5: None,
        }  # fmt: skip
        assert person(school, 1).stamp == before[1].stamp
        assert person(school, 5).email_key is None
        assert school.post(where, {}).json_body == undone
        assert [action for action, _ in events(school)].count("emails.undo") == 1
        assert again["counts"]["changed"] == 1

    def test_a_week_and_a_second(self, school: Console) -> None:
        run = ask(school, [{"id": make_person(5).id, "email": "five@home.example"}])
        other = ask(school, [{"id": make_person(6).id, "email": "six@home.example"}])
        school.system.clock.now += 7 * 86_400 - 1
        school.token = school.sign_in(HEAD_TEACHER)
        assert school.post(f"{EMAILS}/{run['id']}/undo", {}).status_code == 200
        school.system.clock.now += 1
        answer = school.post(f"{EMAILS}/{other['id']}/undo", {})
        assert answer.status_code == 409
        assert person(school, 6).email == "six@home.example"

    def test_an_admin_by_now_keeps_the_address(self, school: Console) -> None:
        school.add([make_person(40, role="teacher")])
        run = ask(school, [{"id": make_person(40).id, "email": "forty@home.example"}])
        directory = school.system.wiring("operate").directory("northbridge")
        directory.make_admin(person(school, 40))
        assert school.post(f"{EMAILS}/{run['id']}/undo", {}).json_body["kept"] == [make_person(40).id]
        assert person(school, 40).email == "forty@home.example"

    def test_who_has_a_password_hears_of_the_address_before_it_was_changed(self, school: Console) -> None:
        school.add([make_person(31, password_set_at=1_700_000_000)])
        run = ask(school, [{"id": make_person(31).id, "email": "x@home.example"}])
        school.system.messages("REQUESTS_QUEUE")
        school.system.clock.now += SETTLES + 1
        assert school.post(f"{EMAILS}/{run['id']}/undo", {}).status_code == 200
        (body,) = school.system.messages("REQUESTS_QUEUE")
        former = person(school, 31).former_email
        assert former is not None
        assert (former.email, json.loads(body)["at"]) == ("x@home.example", former.at)

    def test_an_undo_that_died_is_finished_by_the_next(self, school: Console, monkeypatch: pytest.MonkeyPatch) -> None:
        run = ask(school, [{"id": make_person(5).id, "email": "five@home.example"}])
        where = f"{EMAILS}/{run['id']}/undo"
        with monkeypatch.context() as broken:
            broken.setattr(EmailRuns, "note_undone", lambda *_: 1 / 0)
            assert school.post(where, {}).status_code == 500
        assert school.post(where, {}).json_body["restored"] == 1

    def test_another_schools_update_and_a_made_up_one_are_not_there(self, school: Console) -> None:
        run = ask(school, [{"id": make_person(5).id, "email": "five@home.example"}])
        school.token = school.sign_in(HEAD_TEACHER, "southgate")
        for path in (f"/admin/southgate/people/emails/{run['id']}", f"{EMAILS}/{run['id']}"):
            assert school.get(path).status_code == 404
            assert school.post(f"{path}/undo", {}).status_code == 404
        assert person(school, 5).email == "five@home.example"


class TestNumbers:
    def test_by_role_and_year(self, school: Console) -> None:
        found = check("get", EMAILS, school.get(EMAILS))
        rows = {
            (each["role"], each["year_group"]): (each["people"], each["missing"], each["bounced"]) for each in found["missing"]
        }
        assert rows == {
            ("student", "7"): (8, 4, 0), ("student", "8"): (1, 1, 0), ("staff", None): (1, 0, 0), ("parent", None): (1, 1, 0),
        }  # fmt: skip
        assert (found["complete"], found["items"]) == (True, [])

    def test_the_people_of_a_group_bounced_first_without_admins(self, school: Console) -> None:
        key = school.system.wiring("console").lookup_key("northbridge")
        school.add([make_person(30, mail_problem=MailProblem("bounced", 1, lookup(key, "email", "p30@northbridge.example")))])
        found = check("get", EMAILS, school.get(EMAILS, year_group="7", role="student"))
        assert next(each["id"] for each in found["items"]) == make_person(30).id
        assert len(found["items"]) == 5
        assert len(school.get(EMAILS, year_group="7", everybody="true").json_body["items"]) == 9
        assert school.get(EMAILS, role="staff", everybody="true").json_body["items"] == []

    def test_a_strange_filter_is_named(self, school: Console) -> None:
        assert set(school.get(EMAILS, hat="1").json_body["fields"]) == {"hat"}
        assert set(school.get(EMAILS, everybody="perhaps").json_body["fields"]) == {"everybody"}
        assert set(school.get(EMAILS, role="king").json_body["fields"]) == {"role"}


def fields_of(body: str) -> dict[str, str]:
    """The hidden fields of the preview's form."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', body))


class TestPages:
    def test_from_the_list_to_the_undo(self, school: Console) -> None:
        assert EMAILS in school.page("/admin/northbridge/people").body.decode()
        page = school.page(EMAILS, role="student", year_group="7").body.decode()
        assert f'name="email.{make_person(5).id}"' in page
        given = {f"email.{make_person(5).id}": "five@home.example", f"email.{make_person(6).id}": "six@gmial.com"}
        checked = school.form(EMAILS, given | {f"email.{make_person(7).id}": " "})
        assert checked.status_code == 200
        assert person(school, 5).email is None
        fields = fields_of(checked.body.decode())
        assert {name for name in fields if name.startswith("email.")} == set(given)
        applied = school.form(EMAILS, fields | {"confirm": "true"})
        assert applied.status_code == 303
        where = applied.headers["Location"]
        assert (person(school, 5).email, person(school, 6).email) == ("five@home.example", None)
        shown = school.page(where)
        assert "Undo" in shown.body.decode()
        assert "@" not in where
        undone = school.form(f"{where}/undo", {})
        assert (undone.status_code, undone.headers["Location"]) == (303, where)
        assert "put back" in school.page(where).body.decode()
        assert person(school, 5).email is None

    def test_a_ticked_address_is_taken(self, school: Console) -> None:
        fields = fields_of(school.form(EMAILS, {f"email.{make_person(6).id}": "six@gmial.com"}).body.decode())
        assert school.form(EMAILS, fields | {"confirm": "true", f"sure.{make_person(6).id}": "on"}).status_code == 303
        assert person(school, 6).email == "six@gmial.com"

    def test_what_was_changed_between_preview_and_apply_is_not_overwritten(self, school: Console) -> None:
        fields = fields_of(school.form(EMAILS, {f"email.{make_person(1).id}": "one@home.example"}).body.decode())
        ask(school, [{"id": make_person(1).id, "email": "else@home.example"}])
        where = school.form(EMAILS, fields | {"confirm": "true"}).headers["Location"]
        assert person(school, 1).email == "else@home.example"
        assert "Nothing was overwritten" in school.page(where).body.decode()

    def test_the_button_pressed_twice_changes_once(self, school: Console) -> None:
        fields = fields_of(school.form(EMAILS, {f"email.{make_person(1).id}": "one@home.example"}).body.decode()) | {
            "confirm": "true"
        }
        places = {school.form(EMAILS, fields).headers["Location"] for _ in range(2)}
        assert len(places) == 1

    def test_a_pasted_text_with_a_row_of_each_kind(self, school: Console) -> None:
        text = "Amy Lee 8\tamy@home.example\nuser5\tfive@home.example\nM1\tone at home\nnobody\tx@home.example\nuser7\t\n"
        body = school.form(EMAILS, {"text": text}).body.decode()
        assert "1 row without an address was left out" in body
        assert {name for name in fields_of(body) if name.startswith("email.")} == {f"email.{make_person(n).id}" for n in (5, 9)}
        assert "M1\tone at home\nnobody\tx@home.example</textarea>" in body

    @pytest.mark.parametrize("fields", [{}, {"text": " \n"}, {"text": "just one word"}, {"text": 'a,"b'}])
    def test_nothing_usable_shows_the_page_again_with_what_is_wrong(self, school: Console, fields: dict[str, str]) -> None:
        answer = school.form(EMAILS, fields)
        if answer.status_code == 200:  # a row that names nobody is shown in the preview
            assert "There is nothing here to change" in answer.body.decode()
            return
        assert answer.status_code == 422
        assert 'id="text-error"' in answer.body.decode()
        assert fields.get("text", "").strip() in answer.body.decode().replace("&#34;", '"')

    def test_too_many_rows_say_how_many(self, school: Console) -> None:
        text = "\n".join(f"user{number}\tx{number}@home.example" for number in range(MOST + 5))
        answer = school.form(EMAILS, {"text": text})
        assert answer.status_code == 422
        assert f"These are {MOST + 5:,} addresses" in answer.body.decode()

    def test_hostile_texts_are_shown_as_texts(self, school: Console) -> None:
        body = school.form(EMAILS, {"text": "<script>alert(1)</script>\t<b>@home.example"}).body.decode()
        assert "<script>alert" not in body
        assert "<b>@home" not in body


def test_a_text_does_what_items_do(school: Console) -> None:
    answer = school.post(EMAILS, {"text": "UPN,Username,Email\n,user5,five@home.example\n", "dry_run": True})
    found = check("post", EMAILS, answer)
    assert [(each["state"], each["person"]) for each in found["items"]] == [("new", make_person(5).id)]
    both = school.post(EMAILS, {"text": "x,y@z.example", "items": []})
    assert set(both.json_body["fields"]) == {"text"}


def test_a_parent_who_registered_with_a_code_can_be_changed(school: Console) -> None:
    """Their item has no attribute that says that they are no admin."""
    directory = school.system.wiring("portal").directory("northbridge")
    parent = replace(make_person(50, role="parent", mis_id=None), email_key="0" * 32)
    school.system.wiring("operate").table("DIRECTORY_TABLE").update(directory.make_of(parent))
    run = ask(school, [{"id": parent.id, "email": "fifty@home.example"}])
    assert run["counts"]["changed"] == 1


class TestFiles:
    """A file in base64 in place of items."""

    @staticmethod
    def google(*rows: str) -> str:
        header = "First Name [Required],Last Name [Required],Email Address [Required],Org Unit Path [Required],Employee ID\n"
        return base64.urlsafe_b64encode(gzip.compress((header + "".join(f"{row}\n" for row in rows)).encode())).decode()

    def test_accounts_are_found_by_id_then_by_name_with_the_year(self, school: Console) -> None:
        file = self.google(
            "Given5,Family0005,five@pupils.example,/Students/Year 7,M5",
            "Amy,Lee,amy@pupils.example,/Students/Year 8,999",
            "Given10,Family0010,ten@pupils.example,/Students,",
            "Somebody,Else,six@pupils.example,/Students/Year 7,M6",
        )
        answer = school.post(EMAILS, {"file": file, "dry_run": True})
        found = check("post", EMAILS, answer)
        assert [(each["state"], each["address"]) for each in found["items"]] == [
            ("new", "five@pupils.example"),
            ("new", "amy@pupils.example"),
            ("unknown", "ten@pupils.example"),
            ("unknown", "six@pupils.example"),
        ], "a parent of that name has no account there, and another name is another person"
        assert found["items"][1]["person"] == make_person(9).id
        applied = check("post", EMAILS, school.post(EMAILS, {"file": file, "idempotency_key": "accounts-1"}))
        assert applied["counts"]["new"] == 2
        assert person(school, 9).email == "amy@pupils.example"

    def test_an_id_of_another_numbering_is_no_id_where_the_name_does_not_fit(self, school: Console) -> None:
        file = self.google("Amy,Lee,amy@pupils.example,/Students/Year 7,M5")
        (item,) = check("post", EMAILS, school.post(EMAILS, {"file": file, "dry_run": True}))["items"]
        assert (item["state"], item["person"]) == ("new", make_person(8).id)

    def test_a_large_file_goes_on_where_the_last_one_stopped(self, console: Console, delays: list[int]) -> None:
        console.add(make_person(number, email=None) for number in range(1, MOST + 12))
        rows = [f"Given{number},Family{number:04d},n{number}@pupils.example,/Students/Year 7," for number in range(1, MOST + 11)]
        file = self.google(*rows, "No,Body,nobody@pupils.example,/Students/Year 7,")
        found = check("post", EMAILS, console.post(EMAILS, {"file": file, "dry_run": True}))
        assert (found["counts"]["new"], found["counts"]["unknown"], found["more"]) == (MOST + 10, 1, 10)
        assert len(found["items"]) == MOST + 1
        page = console.form(EMAILS, {"file": file, "text": ""}).body.decode()
        assert "10 more new addresses" in page
        assert f"Change {MOST} addresses" in page
        first = check("post", EMAILS, console.post(EMAILS, {"file": file, "idempotency_key": "large-file-1"}))
        assert first["counts"]["new"] == MOST
        again = check("post", EMAILS, console.post(EMAILS, {"file": file, "idempotency_key": "large-file-1"}))
        assert again["id"] == first["id"]
        second = check("post", EMAILS, console.post(EMAILS, {"file": file, "idempotency_key": "large-file-2"}))
        assert (second["counts"]["new"], second["id"] != first["id"]) == (10, True)

    def test_a_file_and_something_else_or_no_file_is_refused_at_its_field(self, school: Console) -> None:
        assert school.post(EMAILS, {"file": "a", "text": "b"}).status_code == 422
        wrong = school.post(EMAILS, {"file": "?"})
        assert (wrong.status_code, list(wrong.json_body["fields"])) == (422, ["file"])
        both = school.form(EMAILS, {"file": "QQ==", "text": "user5\ta@home.example"})
        assert (both.status_code, "not both" in both.body.decode(), "user5" in both.body.decode()) == (422, True, True)
        page = school.form(EMAILS, {"file": "?", "text": ""})
        assert (page.status_code, 'id="file-error"' in page.body.decode()) == (422, True)


class Exchanges:
    """Mail servers as a test says."""

    def __init__(self, *without: str) -> None:
        self.without, self.asked = {*without}, list[str]()

    def lacking(self, domains: list[str]) -> set[str]:
        self.asked += domains
        return self.without & {*domains}


def test_a_domain_without_a_mail_server_is_asked_back(school: Console) -> None:
    exchanges = Exchanges("oakbakery.uk")
    school.system.wiring("console").__dict__["mail_exchanges"] = exchanges
    items = [
        {"username": "user5", "email": "a@oakbakery.uk"},
        {"username": "user6", "email": "b@millbakery.uk"},
        {"username": "user7", "email": "c@gmail.com"},
        {"username": "nobody", "email": "d@fernbakery.uk"},
        {"username": "user1", "email": "e@gmial.com"},
    ]
    found = ask(school, items, dry_run=True)["items"]
    assert [each["state"] for each in found] == ["suspicious", "new", "new", "unknown", "suspicious"]
    assert "no mail server" in found[0]["text"]
    assert exchanges.asked == ["oakbakery.uk", "millbakery.uk"], "what is known, nobody's or in doubt already is not looked up"
    assert states(school, {**items[0], "confirm": True}) == ["new"]
    assert exchanges.asked == ["oakbakery.uk", "millbakery.uk"]


def test_a_domain_that_the_school_does_not_use_for_a_role_is_asked_back(school: Console) -> None:
    settings = {"student_domains": "pupils.northbridge.example", "staff_domains": "northbridge.example"}
    assert school.post("/admin/northbridge/settings", settings, method="put").status_code == 200
    found = ask(
        school,
        [
            {"username": "user5", "email": "a@home.example"},
            {"username": "user6", "email": "b@pupils.northbridge.example"},
            {"username": "user7", "email": "c@mail.pupils.northbridge.example"},
            {"id": make_person(10).id, "email": "d@home.example"},
        ],
        dry_run=True,
    )["items"]
    assert [each["state"] for each in found] == ["suspicious", "new", "new", "new"]
    assert "pupils.northbridge.example" in found[0]["text"]


def test_sheets_that_were_not_read_are_named(school: Console) -> None:
    book = excel(("Notes", [["Read me"]]), ("Addresses", [["UPN", "Username", "Email"], ["", "user5", "five@home.example"]]))
    file = base64.b64encode(book).decode()
    found = check("post", EMAILS, school.post(EMAILS, {"file": file, "dry_run": True}))
    assert found["warnings"] == ["Only the sheet Addresses was read. Not read: Notes."]
    assert "Not read: Notes." in school.form(EMAILS, {"text": "", "file": file}).body.decode()


def test_a_workbook_that_would_fill_the_memory_is_refused(school: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pasted, "_LARGEST_UNPACKED", 1024)
    file = base64.b64encode(excel(("Addresses", [["user5", "five@home.example"]]))).decode()
    assert "unpacks to more than" in school.post(EMAILS, {"file": file}).json_body["fields"]["file"]
