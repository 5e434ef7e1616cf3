"""Of a person who is erased nothing is found anywhere that the data register does not say goes by itself, and soon."""

import json
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from latchkey.contacts.model.contact import Child, Parent
from latchkey.contacts.model.runs import LISTS, Listed, Run
from latchkey.email_updates.apply_emails import apply_emails
from latchkey.email_updates.model.items import Item
from latchkey.errors import TryLater
from latchkey.invitations.invite import invite_by_student
from latchkey.invitations.model.invitation import invitation_id
from latchkey.invitations.use_invitation import Wishes, use
from latchkey.people.model.person import Person
from latchkey.records.erase_person import erase_person
from latchkey.rosters.model.runs import Change, Rejection
from latchkey.second_factors.model.factors import Factors, Totp
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.stores.pace import Pace
from latchkey.shared.stores.queues import Queue
from latchkey.shared.stores.register import kind_of
from tests.support.mail_road import MailRoad
from tests.support.register import kinds

SCHOOL = "northbridge"
ADMIN = Person(id="a" * 20, role="staff", given_name="Ada", family_name="Admin", is_admin=True)
NAME, ADDRESS, LATER, USERNAME = "Zebedee", "zeb@first.example", "zeb@second.example", "zeb.quagga"
MOTHER, MOTHERS = "Ottoline", "ottoline@mail.example"
CONTACTS = {"upload of contacts", "parent without an account", "list beside contacts"}
MONTH = 31 * 86_400
KEPT_SHORTLY = {"e-mail update", "preview of a roster"}


def texts(value: Any) -> Iterator[str]:
    """Every text in an item, also in what is compressed."""
    if isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)
    elif isinstance(value, bytes):
        with suppress(zlib.error):
            yield zlib.decompress(value).decode()
    elif isinstance(value, str):
        yield value


def items(road: MailRoad) -> Iterator[tuple[str, dict[str, Any]]]:
    client = road.system.clients("dynamodb")
    for name in ("directory", "credentials", "sessions", "activity"):
        table = road.system.environment[f"{name.upper()}_TABLE"]
        for item in client.scan(TableName=table)["Items"]:
            yield name, item


def traces(road: MailRoad, *words: str) -> dict[str, list[dict[str, Any]]]:
    """Items that hold one of these words, by kind."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table, item in items(road):
        if any(word.casefold() in text.casefold() for text in texts(item) for word in words):
            kind = kind_of(kinds(), table, item["pk"]["S"], item["sk"]["S"])
            assert kind is not None
            found.setdefault(kind.name, []).append(item)
    return found


def lived(road: MailRoad) -> Person:
    """Somebody who has left a trace wherever the product keeps one."""
    console, portal, roster = (road.system.wiring(name) for name in ("console", "portal", "read_roster"))
    made = road.person(1, given_name=NAME, email=ADDRESS, username=USERNAME, mis_id="ZEB-1")
    road.start()
    road.plan()
    road.deliver()
    road.ask(road.forgot(ADDRESS))
    road.plan()
    road.deliver()
    roster.rosters(SCHOOL).write_preview(
        "01m7q5cqg0vfdgahjgn25crzq5",
        console.now(),
        [Rejection(2, "email", "is no address", ADDRESS)],
        {"changed": [Change(2, NAME, "student", "7A", ("email",))]},
    )
    contacts_lived(road, made)
    factors, none = portal.second_factors(SCHOOL), Factors(person=made.id)
    factors.write(none, none.with_one(Totp(id="a" * 26, name=f"{NAME}'s phone", added_at=1, salt="ab" * 16)))
    known = console.schools.get(SCHOOL)
    assert known is not None
    invite_by_student(portal, known, made, [MOTHERS])
    road.plan()
    road.deliver()
    apply_emails(console, SCHOOL, ADMIN, [Item(keys=(("id", made.id),), email=LATER)], None)
    table, put = portal.credentials(SCHOOL).password_of(made.id, "$argon2id$x", 1)
    table.put(put)
    table, put = portal.credentials(SCHOOL).name_of(lookup(console.lookup_key(SCHOOL), "username", USERNAME), made.id, None)
    table.put(put)
    return made


def contacts_lived(road: MailRoad, made: Person) -> None:
    """Their contacts were uploaded: a mother of theirs alone, a father of two children, and what did not match."""
    reader = road.system.wiring("read_roster")
    runs, kept, now = reader.contacts_runs(SCHOOL), reader.kept_parents(SCHOOL), reader.now()
    run = Run(
        id="01m7q5cqg0vfdgahjgn25crzq6",
        state="finished",
        step="files",
        filename="contacts.csv",
        key="contacts/northbridge/01m7q5cqg0vfdgahjgn25crzq6/0",
        created_at=now,
        created_by=ADMIN.id,
        warnings=(f"Are these names right? {NAME} Lee.", "The file does not say who has a court order."),
        kept=True,
    )
    assert runs.make(run, reader.audit(SCHOOL).record_of(ADMIN.id, "contacts.start", now, {"contacts": run.id}))
    alone, both = (Child(student=made.id),), (Child(student=made.id, priority=1), Child(student="b" * 20, priority=2))
    parent = {"title": "", "family_name": "Lee", "phones": ()}
    parents = [
        Parent(id="1" * 32, given_name=MOTHER, email=MOTHERS, children=alone, **parent),  # type: ignore[arg-type]
        Parent(id="2" * 32, given_name="Fergus", email="f@mail.example", children=both, **parent),  # type: ignore[arg-type]
    ]
    kept.write(run, parents, Pace())
    theirs, others = (Listed(0, student, "", "", "is not in the file") for student in (made.id, "b" * 20))
    by_name = Listed(2, "", f"{NAME} James Lee", MOTHER, "no student here has this id")
    refused = Listed(0, made.id, "", f"{MOTHER} Lee", "has a court order")
    kept.write_lists(run, {"unmatched_students": [theirs, others], "unmatched_contacts": [by_name], "not_invited": [refused]})
    kept.write_paper(run, [made.id, "b" * 20])


def erase(road: MailRoad, person: str) -> None:
    """By the console, and by the worker that comes a minute later."""
    console = road.system.wiring("console")
    known = console.schools.get(SCHOOL)
    assert known is not None
    erase_person(console, known, ADMIN, person)
    assert road.plan([json.dumps({"v": 1, "kind": "forget", "school": SCHOOL, "person": person})]) == []


def ledger_of(*ids: str) -> list[str]:
    """The messages that take these out of the ledger, which come later."""
    return [json.dumps({"v": 1, "kind": "erase", "school": SCHOOL, "person": each, "origin": "admin"}) for each in ids]


def test_what_others_contacts_say_stays(road: MailRoad) -> None:
    made = lived(road)
    console = road.system.wiring("console")
    erase(road, made.id)
    kept, now = console.kept_parents(SCHOOL), console.now()
    (run,) = console.contacts_runs(SCHOOL).all()
    assert run.warnings == ("The file does not say who has a court order.",)
    ((father,),) = kept.pages(run.id, now)
    assert (father.given_name, father.children) == ("Fergus", (Child(student="b" * 20, priority=2),))
    listed = {name: [*kept.listed(run.id, name, now)] for name in LISTS}
    assert listed == {
        "unmatched_students": [Listed(0, "b" * 20, "", "", "is not in the file")], "unmatched_contacts": [], "not_invited": [],
    }  # fmt: skip
    assert kept.paper(run.id, now) == ["b" * 20]


def test_nothing_is_left_but_what_goes_by_itself(road: MailRoad) -> None:
    made = lived(road)
    words = (NAME, ADDRESS, LATER, USERNAME, "ZEB-1", MOTHER, MOTHERS)
    before = traces(road, *words)
    wanted = {"person", "chunk of mails", "invitation of a parent"}
    assert wanted | KEPT_SHORTLY | CONTACTS <= before.keys(), "else this test looks for nothing"
    console = road.system.wiring("console")
    erase(road, made.id)
    road.system.clock.now += 900
    bodies = road.system.messages("PLAN_QUEUE")
    bodies += ledger_of(made.id, invitation_id(console.lookup_key(SCHOOL), MOTHERS))
    while bodies:
        assert road.plan(bodies) == []
        bodies = [body for body in road.system.messages("PLAN_QUEUE") if json.loads(body)["kind"] == "erase"]
    after = traces(road, *words)
    assert after.keys() <= KEPT_SHORTLY
    by_name = {kind.name: kind for kind in kinds()}
    for name, found in after.items():
        assert by_name[name].erased == "expires"
        assert all(int(item["expires_at"]["N"]) <= console.now() + MONTH for item in found)


def test_of_what_is_theirs_alone_nothing_is_left(road: MailRoad) -> None:
    made = lived(road)
    erase(road, made.id)
    left = [
        kind.name
        for table, item in items(road)
        if (kind := kind_of(kinds(), table, item["pk"]["S"], item["sk"]["S"])) is not None
        and (kind.erased == "deleted" or "#CONTACTS" in kind.pk)
        and (made.id in item["pk"]["S"] or made.id in texts(item))
    ]
    assert left == []


@pytest.mark.parametrize("store", ["forget_person", "invited.forget_person"])
def test_a_worker_that_breaks_off_is_made_up_for(road: MailRoad, monkeypatch: pytest.MonkeyPatch, store: str) -> None:
    """The copy stays until all is done, and nothing is lost of what was done before: the ledger of an emptied invitation, too."""
    made = lived(road)
    console = road.system.wiring("console")
    known = console.schools.get(SCHOOL)
    assert known is not None
    erase_person(console, known, ADMIN, made.id)
    message = json.dumps({"v": 1, "kind": "forget", "school": SCHOOL, "person": made.id})
    asked: list[str] = []
    monkeypatch.setattr(Queue, "put", lambda _self, body, **_: asked.append(body["person"]))

    def busy(*_: Any) -> None:
        raise TryLater()

    with monkeypatch.context() as broken:
        broken.setattr(f"latchkey.records.forget_erased.{store}", busy)
        assert len(road.plan([message])) == 1
        assert console.erased(SCHOOL).get(made.id) is not None
    assert road.plan([message]) == []
    assert console.erased(SCHOOL).get(made.id) is None
    assert {made.id, invitation_id(console.lookup_key(SCHOOL), MOTHERS)} <= {*asked}
    assert traces(road, MOTHER, MOTHERS).keys() <= KEPT_SHORTLY | {"chunk of mails"}
    assert road.plan([message]) == [], "and a message that comes once more finds nothing to do"


def test_of_a_parent_who_was_invited_nothing_is_left_whatever_their_address_is_by_now(road: MailRoad) -> None:
    console, portal, child = road.system.wiring("console"), road.system.wiring("portal"), road.person(1, email=None)
    known = console.schools.get(SCHOOL)
    assert known is not None
    invite_by_student(portal, known, child, [MOTHERS])
    road.plan()
    road.deliver()
    (token,) = re.findall(r"/join#([\w.-]+)", road.ses.to(MOTHERS)[0].text)
    mother = use(portal, token, Wishes(password="tulip-harbour-94-quartz", given_name=MOTHER)).account
    road.plan()
    apply_emails(console, SCHOOL, ADMIN, [Item(keys=(("id", mother.id),), email=LATER)], None)
    erase(road, mother.id)
    road.system.clock.now += 900
    bodies = ledger_of(mother.id, *mother.invited)
    while bodies:
        road.plan(bodies)
        bodies = road.system.messages("PLAN_QUEUE")
    assert traces(road, MOTHERS, MOTHER).keys() <= KEPT_SHORTLY
