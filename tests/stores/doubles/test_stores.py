"""Merges and looks on moto: conditions hold, and what is written is found."""

from dataclasses import replace
from typing import Any

import pytest

from latchkey.audit.stores.audit import EventWrite
from latchkey.doubles.model import merges as rules
from latchkey.doubles.model.looks import Look
from latchkey.doubles.model.merges import Merge
from latchkey.doubles.model.pairs import Pair
from latchkey.doubles.stores.looks import Looks
from latchkey.doubles.stores.merges import Extra, Merges
from latchkey.errors import Changed
from latchkey.people.model.person import CodeState, Person
from latchkey.people.stores.people import Directory
from tests.support.system import START, TestSystem

SCHOOL, RUN = "northbridge", "01jhm6qk00zzzzzzzzzzzzzzzz"
CHILD = Person(id="3" * 20, role="student", given_name="Cy", family_name="Lee", parents=("2" * 20,), pin=CodeState(1, 9, 0, 2))
KEEP = Person(id="1" * 20, role="parent", given_name="Ann", family_name="Lee", version=1)
GONE = Person(id="2" * 20, role="parent", given_name="Ann", family_name="Lee", email="a@x.example", children=(CHILD.id,))


@pytest.fixture
def directory(system: TestSystem) -> Directory:
    system.school(SCHOOL)
    found = system.wiring("operate").directory(SCHOOL)
    found.put_new([KEEP, GONE, CHILD])
    return found


@pytest.fixture
def merges(system: TestSystem, directory: Directory) -> Merges:
    return system.wiring("console").merges(SCHOOL)


@pytest.fixture
def looks(system: TestSystem) -> Looks:
    return system.wiring("console").looks(SCHOOL)


def event(system: TestSystem) -> EventWrite:
    return system.wiring("console").audit(SCHOOL).record_of("admin", "person.merge", START, {})


def write(system: TestSystem, merges: Merges, before: dict[str, Any] | None = None) -> Merge:
    """Merge, with what was read; ``before`` happens to people between reading and writing."""
    found = merges.read((KEEP.id, GONE.id))
    keep, gone = found[KEEP.id], found[GONE.id]
    merge = Merge(
        id=RUN, state="merged", at=START, by="admin", keep=keep.person, remove=gone.person,
        taken=rules.taken_of(keep.person, gone.person), gained=gone.person.children,
    )  # fmt: skip
    family = rules.relinked(system.wiring("console").directory(SCHOOL).by_ids([CHILD.id]), keep.person, gone.person)
    for person, facts in (before or {}).items():
        system.wiring("operate").directory(SCHOOL).change(person, facts)
    merges.write(merge, keep, rules.kept(keep.person, gone.person), gone, Extra(event(system), family))
    return merge


class TestMerges:
    def test_all_of_it_is_written(self, system: TestSystem, merges: Merges, directory: Directory) -> None:
        merge = write(system, merges)
        assert merges.get(RUN) == merge
        assert merges.page() == ([merge], None)
        assert directory.by_ids([KEEP.id, GONE.id, CHILD.id]) == [
            replace(KEEP, email="a@x.example", version=2, children=(CHILD.id,), merged=(GONE.id,), edited=("email",)),
            replace(CHILD, parents=(KEEP.id,)),
        ]
        assert directory.following([GONE.id])[GONE.id].id == KEEP.id
        mark = merges.mark(GONE.id)
        assert mark is not None
        assert (mark.into, mark.merge) == (KEEP.id, RUN)
        assert merges.mark(KEEP.id) is None
        assert merges.read((KEEP.id, GONE.id)).keys() == {KEEP.id}

    @pytest.mark.parametrize(
        "meanwhile",
        [
            {KEEP.id: {"last_login_at": 7}},
            {GONE.id: {"version": 1}},
            {GONE.id: {"email": None}},
            {KEEP.id: {"is_admin": True}},
            {GONE.id: {"pin": {"generation": 1, "expires_at": 9, "uses": 0}}},
            {GONE.id: {"children": [CHILD.id, "x"]}},
            {CHILD.id: {"parents": [GONE.id, "x"]}},
        ],
        ids=str,
    )
    def test_whatever_was_changed_meanwhile_is_not_overwritten(
        self, system: TestSystem, merges: Merges, directory: Directory, meanwhile: dict[str, Any]
    ) -> None:
        with pytest.raises(Changed):
            write(system, merges, meanwhile)
        assert merges.get(RUN) is None
        assert len(directory.by_ids([KEEP.id, GONE.id])) == 2

    def test_a_rosters_mark_of_a_further_id_is_no_merge(self, system: TestSystem, merges: Merges, directory: Directory) -> None:
        further = "4" * 20
        system.wiring("read_roster").directory(SCHOOL).lead({further: GONE.id})
        assert merges.mark(further) is None
        write(system, merges)
        assert {each: person.id for each, person in directory.following([further, GONE.id]).items()} == {
            further: KEEP.id, GONE.id: KEEP.id,
        }  # fmt: skip

    def test_undoing_is_done_once(self, system: TestSystem, merges: Merges, directory: Directory) -> None:
        merge = write(system, merges)
        keep = merges.read([KEEP.id])[KEEP.id]
        plan = rules.undoing(merge, keep.person, directory.by_ids([CHILD.id]))
        undone = replace(merge, state="undone", undone_at=START, stayed=plan.stayed)
        merges.undo(undone, keep, plan.keep, plan.remove, Extra(event(system), plan.family))
        assert directory.by_ids([KEEP.id, GONE.id, CHILD.id]) == [replace(KEEP, version=3), replace(GONE, version=2), CHILD]
        found = merges.get(RUN)
        assert found is not None
        assert (found.state, found.keep.name, found.remove.email) == ("undone", "", None)
        with pytest.raises(Changed):
            merges.undo(undone, merges.read([KEEP.id])[KEEP.id], plan.keep, plan.remove, Extra(event(system)))

    def test_forgetting_leaves_nothing_to_undo(self, system: TestSystem, merges: Merges) -> None:
        write(system, merges)
        merges.forget(RUN)
        assert merges.get(RUN) is None
        assert merges.page() == ([], None)


class TestLooks:
    LOOK = Look(id=RUN, state="queued", created_at=START, created_by="admin")

    def test_one_worker_has_it(self, looks: Looks) -> None:
        looks.make(self.LOOK)
        mine = looks.take(self.LOOK, START, START + 300)
        assert (mine.state, mine.lease_until) == ("running", START + 300)
        with pytest.raises(Changed):
            looks.take(self.LOOK, START + 299, START + 600)
        theirs = looks.take(self.LOOK, START + 300, START + 600)
        with pytest.raises(Changed):
            looks.note(mine, 5)
        looks.give_back(mine)
        looks.note(theirs, 7)
        assert looks.get(RUN) == replace(theirs, looked=7)
        done = looks.finish_piece(theirs, replace(theirs, piece=1, looked=9, found=2))
        with pytest.raises(Changed):
            looks.finish_piece(theirs, replace(theirs, piece=1))
        assert looks.latest() == [done]
        assert (done.piece, done.looked, done.found, done.lease_until) == (1, 9, 2, 0)

    def test_pairs_come_back_in_order_from_any_place(self, looks: Looks) -> None:
        pairs = sorted(Pair.of(f"{n:020d}", f"{n + 1:020d}", n % 4) for n in range(150))
        looks.keep(self.LOOK, pairs)
        looks.keep(self.LOOK, pairs)
        assert [pair for page in looks.pairs(RUN) for pair in page] == pairs
        assert [pair for page in looks.pairs(RUN, pairs[119].key) for pair in page] == pairs[120:]

    def test_two_people_stay_two(self, looks: Looks) -> None:
        one, other = Pair.of("1" * 20, "2" * 20, 0), Pair.of("1" * 20, "3" * 20, 3)
        looks.part(one, "admin", START)
        looks.part(replace(one, rank=2), "admin", START)
        assert looks.parted() == {one.ids}
        assert looks.parted_among([one, other]) == {one.ids}
