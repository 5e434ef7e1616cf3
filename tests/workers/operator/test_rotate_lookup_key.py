"""A school's look-up key is replaced in pieces: whatever crashes or happens meanwhile, everybody ends with the new key, once."""

import json
from dataclasses import replace
from typing import Any

import pytest

import mail_feedback.handler as feedback
import operate.handler as door
from latchkey.errors import TryLater
from latchkey.mail.model.account import account_of
from latchkey.operator import rotate_lookup_key as rotation
from latchkey.operator.rotate_lookup_key import CLEARED, SETTLED
from latchkey.people.model.change import PersonChange
from latchkey.people.model.person import FormerEmail, MailProblem, Person
from latchkey.people.stores.people import Directory
from latchkey.schools.model.school import School
from latchkey.sends.mail_feedback import _note_problem
from latchkey.sends.model.send import Mail
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.stores.dynamo import Table
from tests.support.mail_road import Context, MailRoad
from tests.support.system import START

pytestmark = pytest.mark.moto
SCHOOL = "northbridge"


@pytest.fixture
def operate(road: MailRoad) -> Any:
    road.monkeypatch.setattr(door, "system", lambda: road.system.wiring("operate"))
    given = {"command": "rotate_lookup_key", "school": SCHOOL, "confirm": True}

    def ask(context: Any = None, **event: Any) -> Any:
        return json.loads(json.dumps(door.handle(given | event, context or Context(120))))

    return ask


def finish(road: MailRoad, operate: Any, answer: Any = None, **event: Any) -> dict[str, Any]:
    """Repeat the command until all is done; the last answer, with the numbers of all."""
    answer = answer or operate(**event)
    people, names = 0, 0
    while True:
        assert answer["ok"], answer
        people, names = people + answer["people"], names + answer["names"]
        if answer["next"] is None:
            return answer | {"people": people, "names": names}
        road.system.clock.now += answer["wait"]
        answer = operate(next=answer["next"], **event)


def key(road: MailRoad, epoch: int, kind: str, value: str) -> str:
    return lookup(road.system.wiring("operate").lookup_key(SCHOOL, epoch), kind, value)


def directory(road: MailRoad) -> Directory:
    return road.system.wiring("read_roster").directory(SCHOOL)


def now(road: MailRoad, person: Person) -> Person:
    found = directory(road).person(person.id)
    assert found is not None
    return found


def school(road: MailRoad) -> School:
    found = road.system.wiring("operate").schools.get(SCHOOL)
    assert found is not None
    return found


def stored(road: MailRoad) -> str:
    """Everything in the tables of people and passwords."""
    dynamodb = road.system.wiring("operate").client("dynamodb")._client
    names = (road.system.environment[f"{name}_TABLE"] for name in ("DIRECTORY", "CREDENTIALS"))
    return json.dumps([dynamodb.scan(TableName=name)["Items"] for name in names], default=str)


def all_have(road: MailRoad, people: list[Person], epoch: int) -> bool:
    return all(
        (each.email_key, each.username_key)
        == tuple(
            None if value is None else key(road, epoch, kind, value)
            for kind, value in (("email", each.email), ("username", each.username))
        )
        for each in directory(road).by_ids(person.id for person in people)
    )


def everybody(road: MailRoad) -> list[Person]:
    return [
        road.person(1),
        road.person(2, role="parent", username=None),
        road.person(3, email=None),
        road.person(4, email=None, username=None),
        road.person(5, role="teacher", status="left"),
        road.person(6, role="staff", is_admin=True, version=7, password_set_at=5, number=None),
    ]


def test_nothing_but_keys_is_changed_and_no_old_key_is_left(road: MailRoad, operate: Any) -> None:
    people = everybody(road)
    road.system.school("northbridge-2")
    other = road.person(1, "northbridge-2")
    credentials = road.system.wiring("portal").credentials(SCHOOL)
    for each in people[:1]:
        table, put = credentials.name_of(key(road, 0, "username", str(each.username)), each.id, None)
        table.put(put)
    table, put = road.system.wiring("portal").credentials("northbridge-2").name_of("f" * 32, other.id, None)
    table.put(put)
    answer = finish(road, operate)
    assert (answer["state"], answer["epoch"], answer["people"], answer["names"]) == ("done", 1, 5, 1)
    assert all_have(road, people, 1)
    for each in people:
        assert replace(now(road, each), email_key=None, username_key=None) == replace(each, email_key=None, username_key=None)
        for old in filter(None, (each.email_key, each.username_key)):
            assert old not in stored(road)
    assert now_of(road, other) == other
    assert "f" * 32 in stored(road)
    assert (school(road).lookup_epoch, school(road).lookup_epochs, school(road).lookup_rotation) == (1, (1,), "")
    events, _ = road.system.wiring("console").audit(SCHOOL).page()
    assert [(each["actor"], each["action"], each["facts"]) for each in events] == [("operator", "lookup.rotate", {"epoch": 1})]


def now_of(road: MailRoad, person: Person) -> Person | None:
    return road.system.wiring("read_roster").directory("northbridge-2").person(person.id)


def test_without_confirm_it_only_counts(road: MailRoad, operate: Any) -> None:
    everybody(road)
    before = stored(road)
    answer = operate(confirm="yes")
    assert (answer["state"], answer["epoch"], answer["people"], answer["next"]) == ("planned", 1, 5, None)
    assert stored(road) == before
    operate()
    assert operate(confirm=None)["epoch"] == 1, "one that has begun is the one that would go on"


def test_a_second_rotation_replaces_the_first_ones_keys(road: MailRoad, operate: Any) -> None:
    people = everybody(road)
    finish(road, operate)
    road.system.clock.now += 1
    assert finish(road, operate)["epoch"] == 2
    assert all_have(road, people, 2)


def test_a_command_that_is_repeated_after_the_end_begins_no_other_rotation(road: MailRoad, operate: Any) -> None:
    road.person(1)
    assert finish(road, operate, since=int(START))["epoch"] == 1
    assert operate(since=int(START))["state"] == "done"
    assert school(road).lookup_epoch == 1
    assert operate(since=int(road.system.clock()) + 1)["epoch"] == 2


def test_settings_that_are_changed_meanwhile_leave_the_rotation_as_it_is(road: MailRoad, operate: Any) -> None:
    operate()
    before = school(road)
    road.system.wiring("console").schools.change(replace(before, name="Northbridge", lookup_epoch=0, lookup_rotation=""))
    assert replace(school(road), settings_revision=before.settings_revision) == replace(before, name="Northbridge")


def test_a_crash_after_any_write_and_a_repeat_leave_nobody_out(road: MailRoad, operate: Any) -> None:
    """Each write of a rotation breaks off once after it was made, and the command is given again, without a cursor."""
    people = everybody(road)
    names = ("transact", "update", "delete_many", "put")
    crashes = {"done": 0, "at": 0}
    originals = {name: getattr(Table, name) for name in names}

    def breaking(name: str) -> Any:
        def call(self: Table, *arguments: Any, **options: Any) -> Any:
            answer = originals[name](self, *arguments, **options)
            crashes["done"] += 1
            if crashes["done"] == crashes["at"]:
                raise KeyboardInterrupt
            return answer

        return call

    for name in names:
        road.monkeypatch.setattr(Table, name, breaking(name))
    for epoch in range(1, 9):
        crashes |= {"done": 0, "at": epoch}
        since = int(road.system.clock())
        broken = False
        for _ in range(20):
            try:
                finish(road, operate, since=since)
                break
            except KeyboardInterrupt:
                broken = True
        assert (school(road).lookup_epoch, school(road).lookup_rotation) == (epoch, "")
        assert all_have(road, people, epoch)
        road.system.clock.now += 1
        if not broken:
            break
    assert epoch > 3


class Steps(Context):
    """Time for so many looks at the clock, then none."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def get_remaining_time_in_millis(self) -> int:
        """The time left."""
        self.looks -= 1
        return 120_000 if self.looks >= 0 else 0


def test_pieces_go_on_where_the_one_before_has_stopped(road: MailRoad, operate: Any) -> None:
    road.monkeypatch.setattr(rotation, "_PAGE", 2)
    people = [road.person(number, family_name=f"F{number:02d}") for number in range(1, 8)]
    operate()
    road.system.clock.now += SETTLED
    following, moved, calls = None, 0, 0
    while school(road).lookup_rotation == "moving":
        answer = operate(Steps(1), next=following)
        assert answer["ok"], answer
        assert answer["people"] <= 2
        following, moved, calls = answer["next"], moved + answer["people"], calls + 1
    assert (moved, calls > 8) == (7, True)
    assert all_have(road, people, 1)


def test_whoever_is_passed_over_in_one_round_is_found_in_the_next(road: MailRoad, operate: Any) -> None:
    """A roster gives the last of a list a name that puts her first, behind the place that is read."""
    road.monkeypatch.setattr(rotation, "_PAGE", 1)
    first, last = road.person(1, family_name="Moss"), road.person(2, family_name="Young")
    operate()
    road.system.clock.now += SETTLED
    answer = operate(Steps(1))
    assert answer["people"] == 1
    directory(road).take_over([PersonChange(last, replace(last, family_name="Adams"))])
    finish(road, operate, operate(next=answer["next"]))
    assert all_have(road, [first, last], 1)


def test_somebody_who_is_deleted_where_the_list_goes_on_stops_nothing(road: MailRoad, operate: Any) -> None:
    road.monkeypatch.setattr(rotation, "_PAGE", 1)
    people = [road.person(number, family_name=f"F{number}") for number in range(1, 4)]
    operate()
    road.system.clock.now += SETTLED
    answer = operate(Steps(1))
    gone = answer["next"]["at"][3]
    road.system.wiring("operate").client("dynamodb")._client.delete_item(
        TableName=road.system.environment["DIRECTORY_TABLE"],
        Key={"pk": {"S": f"{SCHOOL}#P#{gone}"}, "sk": {"S": "PERSON"}},
    )
    finish(road, operate, answer | {"people": 0})
    assert all_have(road, [each for each in people if each.id != gone], 1)


def test_a_change_between_reading_and_writing_is_not_lost(road: MailRoad, operate: Any) -> None:
    ann, ben = road.person(1), road.person(2)
    operate()
    road.system.clock.now += SETTLED
    original = Directory.move_keys
    meanwhile = [
        lambda: directory(road).change(ann.id, {"email": "new@x.example", "email_key": key(road, 1, "email", "new@x.example")}),
        lambda: directory(road).note_mail_problem(ben.id, MailProblem("bounced", 5, str(ben.email_key))),
    ]

    def late(self: Directory, *arguments: Any) -> int:
        while meanwhile:
            meanwhile.pop()()
        return original(self, *arguments)

    road.monkeypatch.setattr(Directory, "move_keys", late)
    finish(road, operate)
    assert all_have(road, [ann, ben], 1)
    assert now(road, ann).email == "new@x.example"
    assert now(road, ben).problem == "bounced"


def test_marks_of_addresses_that_take_no_mail_move_and_one_of_a_forgotten_address_goes(road: MailRoad, operate: Any) -> None:
    def marked(email: str) -> MailProblem:
        return MailProblem("complained", 5, key(road, 0, "email", email))

    ann = road.person(1, mail_problem=marked("p1@x.example"))
    ben = road.person(2, mail_problem=marked("old@x.example"), former_email=FormerEmail("old@x.example", 4))
    carl = road.person(3, mail_problem=marked("forgotten@x.example"))
    finish(road, operate)
    assert now(road, ann).problem == "complained"
    assert (now(road, ben).problem, now(road, ben).mail_problem) == (
        None,
        MailProblem("complained", 5, key(road, 1, "email", "old@x.example")),
    )
    assert now(road, carl).mail_problem is None


def bounce(road: MailRoad, person: Person) -> None:
    system = road.system.wiring("mail_feedback")
    mail = Mail(
        to=str(person.email), accounts=(account_of(person, School(slug=SCHOOL, name="Northbridge Academy")),), at=int(START)
    )
    _note_problem(system, SCHOOL, mail, str(person.email), MailProblem("bounced", 5, ""))


def test_a_bounce_marks_all_who_share_the_address_whichever_key_they_have(road: MailRoad, operate: Any) -> None:
    shared = [road.person(number, email="a@x.example") for number in (1, 2, 3)]
    operate()
    directory(road).change(shared[1].id, {"email_key": key(road, 1, "email", "a@x.example")})
    bounce(road, shared[0])
    assert [now(road, each).problem for each in shared] == ["bounced"] * 3
    road.system.clock.now += SETTLED
    finish(road, operate)
    assert [now(road, each).problem for each in shared] == ["bounced"] * 3


@pytest.mark.parametrize(
    ("meanwhile", "problem"),
    [({"email_key": "e" * 32}, "bounced"), ({"email": "b@x.example", "email_key": "f" * 32}, None)],
    ids=["another key", "another address"],
)
def test_a_bounce_marks_whoever_is_moved_between_reading_and_writing(
    road: MailRoad, meanwhile: dict[str, str], problem: str | None
) -> None:
    ann, original, moves = road.person(1), Directory.note_mail_problem, [meanwhile]

    def late(self: Directory, *arguments: Any) -> bool:
        while moves:
            directory(road).change(ann.id, moves.pop())
        return original(self, *arguments)

    road.monkeypatch.setattr(Directory, "note_mail_problem", late)
    bounce(road, ann)
    assert now(road, ann).problem == problem


@pytest.mark.parametrize("moved", [True, False])
@pytest.mark.parametrize("by", ["email", "username"])
def test_forgot_password_finds_people_by_either_key(road: MailRoad, operate: Any, by: str, moved: bool) -> None:
    ann = road.person(1)
    operate()
    if moved:
        facts = {f"{kind}_key": key(road, 1, kind, str(getattr(ann, kind))) for kind in ("email", "username")}
        directory(road).change(ann.id, facts)
    typed = str(getattr(ann, by))
    road.ask(road.forgot(typed, by) | {"key": key(road, 1, by, typed), "older": key(road, 0, by, typed)})
    assert road.plan() == []
    road.deliver()
    assert [mail.to for mail in road.ses.mails] == ["p1@x.example"]


def test_a_mailbox_has_one_budget_whichever_way_it_is_asked_for(road: MailRoad, operate: Any) -> None:
    road.person(1)
    operate()
    for by, typed in (("email", "p1@x.example"), ("username", "p1")) * 2:
        road.ask(road.forgot(typed, by) | {"key": key(road, 1, by, typed), "older": key(road, 0, by, typed)})
        road.plan()
    road.deliver()
    assert len(road.ses.mails) == 3


def test_an_older_key_without_its_form_is_poison(road: MailRoad) -> None:
    road.person(1)
    road.ask(road.forgot("p1@x.example") | {"older": "p1@x.example"})
    assert len(road.plan()) == 1
    assert road.ses.mails == []


def test_an_invitation_meanwhile_finds_who_is_an_admin_already(road: MailRoad, operate: Any) -> None:
    ann = road.person(1, role="staff", is_admin=True)
    invite = {"command": "invite_admin", "email": "P1@x.example", "given_name": "Ada", "family_name": "King"}
    operate()
    assert operate(**invite)["person"] == ann.id
    road.system.clock.now += SETTLED
    finish(road, operate)
    assert operate(**invite)["person"] == ann.id
    made = operate(**invite | {"email": "new@x.example"})
    assert made["new"]
    assert operate(**invite | {"email": "new@x.example"})["person"] == made["person"]


def test_a_school_that_is_deleted_and_made_again_does_not_get_an_older_key_back(road: MailRoad, operate: Any) -> None:
    finish(road, operate)
    schools = road.system.wiring("operate").schools
    schools.end(SCHOOL, 1)
    schools.make(School(slug=SCHOOL, name="Northbridge"))
    assert school(road).lookup_epochs == (1,)


def test_two_calls_at_once_take_a_step_once(road: MailRoad, operate: Any) -> None:
    system = road.system.wiring("operate")
    stale = school(road)
    operate()
    road.monkeypatch.setattr(rotation, "the_school", lambda *_: stale)
    assert "Another call" in operate()["error"]
    assert system.schools.get(SCHOOL).lookup_epoch == 1  # type: ignore[union-attr]


def test_a_busy_table_is_said_to_be_one(road: MailRoad, operate: Any) -> None:
    def busy(*_: Any, **__: Any) -> None:
        raise TryLater

    road.monkeypatch.setattr(Directory, "pages_from", busy)
    answer = operate(confirm=None)
    assert (answer["ok"], answer["again"]) == (False, True)


@pytest.mark.parametrize("cursor", [7, "x", [], {}, {"epoch": 1, "step": "moving", "at": [7], "found": False}])
def test_a_place_that_no_call_gave_is_refused(road: MailRoad, operate: Any, cursor: Any) -> None:
    operate()
    road.system.clock.now += SETTLED
    assert "earlier call" in operate(next=cursor)["error"]
    road.system.clock.now += CLEARED


@pytest.mark.parametrize("since", ["x", 0, -1, 1.5, True])
def test_a_time_that_is_none_is_refused(operate: Any, since: Any) -> None:
    assert "seconds since 1970" in operate(since=since)["error"]


def test_schools_are_listed(road: MailRoad, operate: Any) -> None:
    road.system.school("southgate")
    assert operate(command="list_schools") == {"ok": True, "schools": ["northbridge", "southgate"], "at": int(START)}


def test_feedback_reads_the_school_once_a_minute_only(road: MailRoad) -> None:
    assert feedback.system is not None
    ann = road.person(1)
    reads: list[str] = []
    system = road.system.wiring("mail_feedback")
    original = system.schools.get
    road.monkeypatch.setattr(system.schools, "get", lambda slug: reads.append(slug) or original(slug))
    bounce(road, ann)
    bounce(road, road.person(2))
    assert reads == [SCHOOL]


def test_a_piece_that_is_asked_for_again_after_its_answer_was_lost_does_what_is_next(road: MailRoad, operate: Any) -> None:
    """The caller has the cursor of the piece before, of whichever step."""
    road.monkeypatch.setattr(rotation, "_PAGE", 1)
    people = [road.person(number, family_name=f"F{number}") for number in range(1, 4)]
    answers = [operate()]
    while answers[-1]["next"] is not None:
        road.system.clock.now += answers[-1]["wait"]
        answers.append(operate(Steps(1), next=answers[-1]["next"]))
    assert {answer["state"] for answer in answers} == {"waiting", "moving", "clearing", "done"}
    for answer in answers[:-1]:
        assert operate(next=answer["next"])["state"] == "done", "and begins no other rotation"
    operate(since=int(road.system.clock()) + 1)
    for answer in answers[:-1]:
        assert operate(next=answer["next"])["state"] == "waiting"
    for wait in (SETTLED, CLEARED):
        road.system.clock.now += wait
        if wait == CLEARED:
            assert school(road).lookup_rotation == "clearing"
        for answer in answers[:-1]:
            again = operate(Steps(0), next=answer["next"])
            assert again["ok"], again
        finish(road, operate, operate()) if wait == CLEARED else operate()
    assert (school(road).lookup_epoch, all_have(road, people, 2)) == (2, True)
