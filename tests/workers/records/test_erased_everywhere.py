"""Of a person who is erased nothing is found anywhere that the data register does not say goes by itself, and soon."""

import json
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from latchkey.email_updates.apply_emails import apply_emails
from latchkey.email_updates.model.items import Item
from latchkey.people.model.person import Person
from latchkey.records.erase_person import erase_person
from latchkey.rosters.model.runs import Change, Rejection
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.stores.register import kind_of
from tests.support.mail_road import MailRoad
from tests.support.register import kinds

SCHOOL = "northbridge"
ADMIN = Person(id="a" * 20, role="staff", given_name="Ada", family_name="Admin", is_admin=True)
NAME, ADDRESS, LATER, USERNAME = "Zebedee", "zeb@first.example", "zeb@second.example", "zeb.quagga"
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
    apply_emails(console, SCHOOL, ADMIN, [Item(keys=(("id", made.id),), email=LATER)], None)
    table, put = portal.credentials(SCHOOL).password_of(made.id, "$argon2id$x", 1)
    table.put(put)
    table, put = portal.credentials(SCHOOL).name_of(lookup(console.lookup_key(SCHOOL), "username", USERNAME), made.id, None)
    table.put(put)
    return made


def test_nothing_is_left_but_what_goes_by_itself(road: MailRoad) -> None:
    made = lived(road)
    words = (NAME, ADDRESS, LATER, USERNAME, "ZEB-1")
    before = traces(road, *words)
    assert {"person", "chunk of mails"} | KEPT_SHORTLY <= before.keys(), "else this test looks for nothing"
    console = road.system.wiring("console")
    known = console.schools.get(SCHOOL)
    assert known is not None
    erase_person(console, known, ADMIN, made.id)
    road.system.clock.now += 900
    bodies = road.system.messages("PLAN_QUEUE")
    bodies.append(json.dumps({"v": 1, "kind": "erase", "school": SCHOOL, "person": made.id, "origin": "admin"}))
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
    console = road.system.wiring("console")
    known = console.schools.get(SCHOOL)
    assert known is not None
    erase_person(console, known, ADMIN, made.id)
    left = [
        kind.name
        for table, item in items(road)
        if (kind := kind_of(kinds(), table, item["pk"]["S"], item["sk"]["S"])) is not None
        and kind.erased == "deleted"
        and (made.id in item["pk"]["S"] or made.id in texts(item))
    ]
    assert left == []
