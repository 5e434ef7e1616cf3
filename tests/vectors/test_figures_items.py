"""Literal items of the figures of readiness and the weekly mail: see test_directory_items.py. Never change these."""

import zlib

import pytest

from latchkey.readiness.model.figures import Figures
from latchkey.schools.model.waiting import Notice
from latchkey.sends.stores.reminders import Reminder
from tests.support.memory_world import NOW, MemoryWorld

SCHOOL = "northbridge"
ADMIN = "01234567890000000004"
RUN = "01jhm6qk00zzzzzzzzzzzzzzzz"
COUNTS = b'{"codes":["signed_in","never_sent"],"rows":[["student","7",150,20],["parent","",0,3]]}'
FIGURES = Figures("2027-01-15", {("student", "7"): {"signed_in": 150, "never_sent": 20}, ("parent", ""): {"never_sent": 3}})


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


def test_the_figures_of_a_day(world: MemoryWorld) -> None:
    store = world.wiring("daily").figures(SCHOOL)
    store.put(FIGURES, NOW)
    item = world.item("activity", "northbridge#FIGURES", "2027-01-15") or {}
    assert zlib.decompress(item["counts"]) == COUNTS
    assert {name: value for name, value in item.items() if name != "counts"} == {
        "pk": "northbridge#FIGURES",
        "sk": "2027-01-15",
        "at": 1_800_000_000,
        "expires_at": 1_863_158_400,
    }
    world.put("activity", item | {"counts": zlib.compress(COUNTS, 1)})
    assert store.since("2027-01-14", NOW) == [FIGURES]


def test_that_a_weeks_mail_is_written(world: MemoryWorld) -> None:
    store = world.wiring("daily").figures(SCHOOL)
    assert store.claim_week("2027-W02", NOW)
    assert world.item("activity", "northbridge#WEEKS", "2027-W02") == {
        "pk": "northbridge#WEEKS",
        "sk": "2027-W02",
        "at": 1_800_000_000,
        "expires_at": 1_805_184_000,
    }
    assert not store.claim_week("2027-W02", NOW + 60)


def test_that_an_admin_wants_the_weekly_mail(world: MemoryWorld) -> None:
    store = world.wiring("console").weekly(SCHOOL)
    store.put(ADMIN, wanted=True, at=NOW)
    item = {"pk": "northbridge#WEEKLY", "sk": ADMIN, "wanted": True, "at": 1_800_000_000}
    assert world.item("activity", "northbridge#WEEKLY", ADMIN) == item
    assert store.all() == {ADMIN: 1_800_000_000}
    world.put("activity", item | {"wanted": False})
    assert store.all() == {}


def test_the_notice_of_a_weekly_mail(world: MemoryWorld) -> None:
    figures = {"ready": 150, "total": 170, "change": None, "reasons": [["never_sent", 20]]}
    notice = Notice(id=RUN, kind="weekly_mail", at=NOW, by="daily", to={ADMIN: NOW}, figures=figures)
    world.wiring("daily").notices(SCHOOL).put(notice)
    item = world.item("activity", "#DUE", f"1800000000#northbridge#{RUN}") or {}
    assert item["notice"] == {
        "id": RUN,
        "kind": "weekly_mail",
        "at": 1_800_000_000,
        "by": "daily",
        "approved_by": None,
        "changes": [],
        "send": None,
        "people": 0,
        "to": {ADMIN: 1_800_000_000},
        "figures": {"ready": 150, "total": 170, "change": None, "reasons": [["never_sent", 20]]},
    }
    (found,) = world.wiring("plan_send").reminders.until(NOW)
    assert found == Reminder(NOW, SCHOOL, RUN, notice)
