"""Selections on the server: kept, changed by two tabs at once, ended, and used by what is started of them."""

from dataclasses import replace
from typing import Any

import pytest

from latchkey.errors import Changed, Invalid, NotFound
from latchkey.people.model.people_filter import parse
from latchkey.people.model.person import Person
from latchkey.roll.sources import FromDirectory
from latchkey.schools.model.school import School
from latchkey.selections import choose
from latchkey.selections.choose import Change, change_choice, chosen_so_far
from latchkey.selections.model.choice import LIFE
from latchkey.selections.use_selection import people_chosen, settle
from latchkey.sends.model.send_request import parse_selection
from latchkey.sends.select_people import of_group, settled
from latchkey.shared.model.ids import new_id
from latchkey.wiring import Wiring
from tests.support.memory_world import NOW, MemoryWorld

SCHOOL, ADMIN, OTHER = "northbridge", "a" * 20, "b" * 20
ANN = Person(id="0" * 19 + "1", role="student", given_name="Ann", family_name="Lee", email="ann@x.example", year_group="7")
BOB = replace(ANN, id="0" * 19 + "2", given_name="Bob", year_group="8")
CAT = replace(ANN, id="0" * 19 + "3", given_name="Cat", year_group="9")
YEAR7 = parse({"role": "student", "year_group": "7"})


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


@pytest.fixture
def system(world: MemoryWorld) -> Wiring:
    system = world.wiring("console")
    assert system.schools.make(School(slug=SCHOOL, name="Northbridge Academy"))
    system.directory(SCHOOL).put_new([ANN, BOB, CAT])
    return system


def ticked(*people: Person) -> Change:
    return Change(ticked=tuple(each.id for each in people))


def chosen(system: Wiring, copy: str | None) -> list[str]:
    return [each.id for each in people_chosen(system, SCHOOL, copy or "", FromDirectory(system, SCHOOL))]


def test_it_is_kept_belongs_to_its_admin_and_begins_anew(system: Wiring) -> None:
    first = change_choice(system, SCHOOL, ADMIN, ticked(ANN))
    second = change_choice(system, SCHOOL, ADMIN, ticked(BOB))
    assert second.choice.id == first.choice.id
    assert chosen_so_far(system, SCHOOL, ADMIN).people == {ANN.id, BOB.id}
    assert chosen_so_far(system, SCHOOL, OTHER).count == 0
    with pytest.raises(Invalid):
        settle(system, SCHOOL, OTHER, first.choice.id)
    assert change_choice(system, SCHOOL, ADMIN, Change(clear=True)).count == 0
    again = change_choice(system, SCHOOL, ADMIN, ticked(CAT))
    assert again.people == {CAT.id}
    with pytest.raises(Invalid):
        settle(system, SCHOOL, ADMIN, first.choice.id)
    assert settle(system, SCHOOL, ADMIN, again.choice.id).ids == (CAT.id,)


def test_it_ends_a_week_after_its_last_change(world: MemoryWorld, system: Wiring) -> None:
    first = change_choice(system, SCHOOL, ADMIN, ticked(ANN))
    item = world.item("activity", f"{SCHOOL}#SELECTIONS", ADMIN)
    assert item["expires_at"] == NOW + LIFE
    world.now = NOW + LIFE - 1
    assert chosen_so_far(system, SCHOOL, ADMIN).count == 1
    world.now = NOW + LIFE
    assert chosen_so_far(system, SCHOOL, ADMIN).count == 0
    with pytest.raises(Invalid):
        settle(system, SCHOOL, ADMIN, first.choice.id)
    assert change_choice(system, SCHOOL, ADMIN, ticked(BOB)).people == {BOB.id}, "whether or not the item is still there"


def test_two_tabs_at_once_lose_nothing(system: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    change_choice(system, SCHOOL, ADMIN, ticked(ANN))
    made = choose._changed

    def between(*facts: Any) -> Any:
        monkeypatch.setattr(choose, "_changed", made)
        change_choice(system, SCHOOL, ADMIN, ticked(BOB))
        return made(*facts)

    monkeypatch.setattr(choose, "_changed", between)
    assert change_choice(system, SCHOOL, ADMIN, ticked(CAT)).people == {ANN.id, BOB.id, CAT.id}
    monkeypatch.setattr(type(system.selections(SCHOOL)), "keep", lambda *_: (_ for _ in ()).throw(Changed("")))
    with pytest.raises(Changed):
        change_choice(system, SCHOOL, ADMIN, ticked(ANN).__class__(clear=True))


def test_ticking_the_same_again_writes_nothing(world: MemoryWorld, system: Wiring) -> None:
    change_choice(system, SCHOOL, ADMIN, ticked(ANN))
    before = dict(world.item("activity", f"{SCHOOL}#SELECTIONS", ADMIN))
    world.now += 5
    change_choice(system, SCHOOL, ADMIN, ticked(ANN))
    assert world.item("activity", f"{SCHOOL}#SELECTIONS", ADMIN) == before


def test_the_plainest_way_is_taken(system: Wiring) -> None:
    whole = change_choice(system, SCHOOL, ADMIN, Change(filters=(YEAR7,)))
    assert settle(system, SCHOOL, ADMIN, whole.choice.id).filter == YEAR7.as_mapping()
    mixed = change_choice(system, SCHOOL, ADMIN, ticked(CAT))
    found = settle(system, SCHOOL, ADMIN, mixed.choice.id)
    assert (found.filter, found.ids, found.count) == (None, (), 2)
    assert found.copy == settle(system, SCHOOL, ADMIN, mixed.choice.id).copy, "one copy a revision"


def test_what_is_started_takes_what_was_chosen_then(system: Wiring) -> None:
    made = change_choice(system, SCHOOL, ADMIN, Change(filters=(YEAR7,), ticked=(CAT.id,)))
    admin = replace(ANN, id=ADMIN)
    selection = settled(system, SCHOOL, admin, parse_selection({"selection": made.choice.id}))
    assert (selection.live, selection.count) == (None, 2)
    change_choice(system, SCHOOL, ADMIN, Change(clear=True))
    worker = system  # the same table, read by name of the copy
    assert [each.id for each in of_group(worker, SCHOOL, selection) or ()] == [ANN.id, CAT.id]
    system.directory(SCHOOL).change(ANN.id, {"year_group": "8"}, [])
    assert chosen(system, selection.chosen) == [CAT.id], "she left year 7"
    with pytest.raises(NotFound):
        chosen(system, "nothing-1")


@pytest.mark.parametrize("ids", [("x",), ("0" * 20,) * 2001, ("A" * 20,)])
def test_what_is_no_id_is_refused(system: Wiring, ids: tuple[str, ...]) -> None:
    with pytest.raises(Invalid):
        change_choice(system, SCHOOL, ADMIN, Change(ticked=ids))


@pytest.mark.parametrize(
    "select", [{"selection": ""}, {"selection": 3}, {"selection": "x", "ids": []}, {"selection": [new_id()]}]
)
def test_a_selection_is_named_by_its_id_alone(select: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        parse_selection(select)


def test_a_selection_that_is_gone_starts_nothing(system: Wiring) -> None:
    with pytest.raises(Invalid):
        settled(system, SCHOOL, replace(ANN, id=ADMIN), parse_selection({"selection": new_id()}))
