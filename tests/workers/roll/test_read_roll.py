"""What the roll says of people, links and doubles that stand in the tables."""

from dataclasses import replace

import pytest

from latchkey.doubles.model.looks import Look
from latchkey.doubles.model.pairs import Pair
from latchkey.mail.model.account import MailAccount
from latchkey.people.model.likeness import CERTAIN, LIKELY
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import Person
from latchkey.roll.build_roll import build_roll
from latchkey.roll.read_roll import read_roll
from latchkey.schools.model.school import School
from latchkey.sends.model.mail_states import MailState
from latchkey.sends.model.send import Chunk, Mail, Send
from latchkey.settings import FunctionName
from latchkey.wiring import Wiring
from tests.support.memory_world import NOW, MemoryWorld
from tests.support.system import TestSystem

SCHOOL = "northbridge"
ANN = Person(id="0" * 19 + "1", role="student", given_name="Ann", family_name="Lee", email="ann@x.example", year_group="9")
BOB = replace(ANN, id="0" * 19 + "2", given_name="Bob", email="bob@x.example", year_group="8")
EVE = Person(id="0" * 19 + "3", role="parent", given_name="Eve", family_name="Lee")


def made(system: Wiring | None = None) -> Wiring:
    system = system or MemoryWorld().wiring("console")
    assert system.schools.make(School(slug=SCHOOL, name="Northbridge Academy"))
    system.directory(SCHOOL).put_new([ANN, EVE, BOB])
    return system


def sent(system: Wiring, name: str, person: Person, state: MailState, *, reason: str = "", at: int = NOW) -> None:
    """A send of one link to a person."""
    facts = {"created_by": "x", "total": 1, "chunks": 1}
    send = Send(id=name, kind="password_link", state="finished", origin="admin", created_at=at, **facts)  # type: ignore[arg-type]
    account = MailAccount(person=person.id, name="", role=person.role, login="", version=person.version, stamp="")
    mail = Mail(to=person.email or "", accounts=(account,), state=state, reason=reason or None, at=at)
    chunk = Chunk(send=name, number=1, origin="admin", mail="welcome", expires_at=at + 1000, mails=(mail,), state="done")
    assert system.sends(SCHOOL).make(send)
    system.ledger(SCHOOL).write_chunks([chunk])


def test_everybody_in_list_order() -> None:
    found = read_roll(made(), SCHOOL)
    assert [entry.name for entry in found.entries] == ["Bob Lee", "Ann Lee", "Eve Lee"]
    assert found.as_of == NOW
    assert found.numbers(PeopleFilter(roles=("student",))).unreached == 2


def test_the_newest_link_that_has_left() -> None:
    system = made()
    sent(system, "0" * 19 + "5", ANN, "delivered", at=NOW - 500)
    sent(system, "0" * 19 + "6", ANN, "skipped", at=NOW - 50)
    sent(system, "0" * 19 + "7", BOB, "bounced", reason="hard_filter")
    found = read_roll(system, SCHOOL)
    ann, bob = found.by_id(ANN.id), found.by_id(BOB.id)
    assert ann is not None
    assert ann.link is not None
    assert bob is not None
    assert (ann.link.send, ann.link.state, ann.link.expires_at, ann.problem) == ("0" * 19 + "5", "delivered", NOW + 500, None)
    assert found.standings[ANN.id] == "link_unused"
    assert bob.problem == "school_filter"


def test_a_send_of_long_ago_says_nothing() -> None:
    system = made()
    sent(system, "0" * 19 + "5", ANN, "delivered", at=NOW - 70 * 86_400)
    assert all(entry.link is None for entry in read_roll(system, SCHOOL).entries)


def test_doubles_are_the_certain_pairs_of_two_who_are_there() -> None:
    system = made()
    look = Look(id="0" * 19 + "5", state="finished", created_at=NOW - 5, created_by="x", finished_at=NOW - 4)
    system.looks(SCHOOL).make(look)
    gone = Pair.of(EVE.id, "0" * 19 + "9", CERTAIN)
    system.looks(SCHOOL).keep(look, [Pair.of(ANN.id, BOB.id, CERTAIN), Pair.of(BOB.id, EVE.id, LIKELY), gone])
    assert [entry.given_name for entry in read_roll(system, SCHOOL).entries if entry.double] == ["Bob", "Ann"]
    system.looks(SCHOOL).part(Pair.of(ANN.id, BOB.id), "x", NOW)
    assert not any(entry.double for entry in read_roll(system, SCHOOL).entries)


@pytest.mark.parametrize("function", ["console", "keep_roll", "daily", "operate"])
def test_every_function_that_reads_rolls_may_read_what_they_are_built_of(system: TestSystem, function: FunctionName) -> None:
    """A look for doubles, the pairs that an admin has parted, and the ledgers: each call is judged by the function's role."""
    console = made(system.wiring("console"))
    look = Look(id="0" * 19 + "5", state="finished", created_at=NOW - 5, created_by="x", finished_at=NOW - 4)
    console.looks(SCHOOL).make(look)
    console.looks(SCHOOL).keep(look, [Pair.of(ANN.id, BOB.id, CERTAIN)])
    sent(console, "0" * 19 + "6", ANN, "delivered")
    system.clock.now = NOW
    found = build_roll(system.wiring(function), SCHOOL).entries
    assert [(each.given_name, each.double, each.link is not None) for each in found] == [
        ("Bob", True, False),
        ("Ann", True, True),
        ("Eve", False, False),
    ]
