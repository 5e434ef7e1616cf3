"""Selections as they stand in the table. Never change these: add attributes, and read old items."""

from latchkey.people.model.people_filter import parse
from latchkey.selections.model.choice import Choice
from tests.support.memory_world import MemoryWorld

SCHOOL, ADMIN, ONE, TWO = "northbridge", "a" * 20, "0" * 20, "1" * 20
CHOICE = Choice(
    id="01m8cqvsfr9hed1t2k8redp4pv",
    by=ADMIN,
    filters=(parse({"role": "student", "year_group": ["7", "8"]}), parse({"reason": "no_address"})),
    ids=(ONE,),
    without=(TWO,),
    revision=3,
    changed_at=1_800_000_000,
)
ITEM = {
    "pk": f"{SCHOOL}#SELECTIONS",
    "sk": ADMIN,
    "selection": "01m8cqvsfr9hed1t2k8redp4pv",
    "by": ADMIN,
    "filters": [{"role": "student", "year_group": ["7", "8"]}, {"reason": "no_address"}],
    "ids": [ONE],
    "without": [TWO],
    "revision": 3,
    "changed_at": 1_800_000_000,
    "expires_at": 1_800_604_800,
}


def test_what_an_admin_has_chosen() -> None:
    world = MemoryWorld()
    store = world.wiring("console").selections(SCHOOL)
    store.keep(None, CHOICE)
    assert world.item("activity", ITEM["pk"], ADMIN) == ITEM  # type: ignore[arg-type]
    assert store.get(ADMIN) == CHOICE


def test_a_copy() -> None:
    world = MemoryWorld()
    store = world.wiring("console").selections(SCHOOL)
    name = store.copy(CHOICE)
    assert name == "01m8cqvsfr9hed1t2k8redp4pv-3"
    assert world.item("activity", ITEM["pk"], name) == {**ITEM, "sk": name, "expires_at": 1_807_776_000}  # type: ignore[arg-type]
    assert world.wiring("plan_send").selections(SCHOOL).copied(name) == CHOICE
