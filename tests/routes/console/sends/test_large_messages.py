"""A message whose ledger is too large for a page is counted and listed by its outline: as its ledger would be."""

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any, Final

import pytest

from latchkey.roll.sources import FromDirectory, FromRoll
from latchkey.sends.choose_from_send import chosen
from latchkey.sends.find_recent import recent_sends
from latchkey.sends.model.mail_states import Fact
from latchkey.sends.model.outline import is_large
from latchkey.sends.model.send import Selection
from latchkey.sends.plan_send import plan_send
from tests.support.console import Console, make_person
from tests.support.costs import SCHOOL
from tests.support.large_send import SENDS, Large, numbers_read, read_whole

FILTERS: Final[list[dict[str, str]]] = [
    {},
    *({"show": show} for show in ("delivered", "password_set", "not_used", "on_way", "came_back", "failed", "skipped", "to_go")),
    *({"state": state} for state in ("sent", "bounced", "failed", "complained", "cancelled")),
    {"reason": "hard"},
    {"state": "bounced", "reason": "soft"},
    {"q": "given17"},
    {"q": "given17", "show": "delivered"},
    {"q": "zzzz"},
    {"show": "not_used", "q": "given1"},
]


@pytest.fixture
def large(console: Console, monkeypatch: pytest.MonkeyPatch) -> Large:
    return Large(console, monkeypatch)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    return numbers_read(monkeypatch)


@pytest.mark.parametrize("seed", [1, 2])
def test_its_figures_and_lists_are_those_of_its_ledger(large: Large, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    large.follow()
    for turn in range(2):
        large.turn(Random(seed + turn))
        large.follow()
        by_outline = large.figures(), [large.rows(**wanted) for wanted in FILTERS]
        with read_whole(monkeypatch):
            by_ledger = large.figures(), [large.rows(**wanted) for wanted in FILTERS]
        assert by_outline == by_ledger
        assert by_outline[0]["password_set"] > 0
        assert sum(bool(rows) for rows in by_outline[1]) > len(FILTERS) / 2
        large.console.system.clock.now += 90


PICKS: Final = ("failed", "no_password", "changed", "cancelled", "refused")
MEANT: Final[list[Callable[[str], Selection]]] = [
    *(partial(lambda pick, send: Selection(source=send, pick=pick), pick) for pick in PICKS),
    lambda send: Selection(source=send, pick="refused", domain="x.example"),
    lambda _send: Selection(pick="refused", domain="x.example"),
]


@pytest.mark.parametrize("of", MEANT)
def test_who_is_counted_by_its_outline_is_who_is_chosen_by_its_ledger(
    large: Large, read: list[int], of: Callable[[str], Selection]
) -> None:
    large.turn(Random(5))
    odd = {5: Fact("cancelled", None, large.now), 6: Fact("skipped", "changed", large.now)}
    large.tell(large.send, lambda chunk: odd.get(chunk.number))
    large.follow()
    console, meant = large.console.system.wiring("console"), of(large.send)
    read.clear()
    counted = [person.id for person in chosen(console, SCHOOL, meant, FromRoll(console, SCHOOL))]
    assert read == []
    decided = [person.id for person in chosen(console, SCHOOL, meant, FromDirectory(console, SCHOOL))]
    assert read
    assert sorted(counted) == sorted(decided)
    assert decided


def test_who_was_refused_and_then_reached_is_counted_no_more(large: Large) -> None:
    large.tell(large.send, lambda chunk: Fact("bounced", "hard", large.now) if chunk.number < 6 else None)
    large.follow()
    meant = {"kind": "password_link", "select": {"refused": {"send": large.send}}}
    first = large.console.post(SENDS, {**meant, "dry_run": True}).json_body["total"]
    large.console.system.clock.now += 60
    later = large.console.post(SENDS, meant).json_body["id"]
    plan_send(large.console.system.wiring("plan_send"), SCHOOL, later)
    reached = large.tell(later, lambda chunk: Fact("delivered" if chunk.number == 1 else "bounced", "hard", large.now))[0]
    large.follow()
    console = large.console.system.wiring("console")
    for selection in (of(large.send) for of in MEANT[-3:]):
        left = [person.id for person in chosen(console, SCHOOL, selection, FromRoll(console, SCHOOL))]
        assert len(left) == first - sum(len(mail.accounts) for mail in reached.mails) > 0
        assert sorted(left) == sorted(p.id for p in chosen(console, SCHOOL, selection, FromDirectory(console, SCHOOL)))


def test_who_was_sent_a_link_recently_is_known_by_its_outline(large: Large, read: list[int]) -> None:
    large.turn(Random(5))
    large.follow()
    console = large.console.system.wiring("console")
    read.clear()
    counted = recent_sends(console, SCHOOL, 60, large.now)
    assert read == []
    assert counted == recent_sends(console, SCHOOL, 60, large.now, decides=True)
    assert read
    assert counted


def test_that_there_is_nobody_is_said_without_reading_its_ledger(large: Large, read: list[int]) -> None:
    large.tell(large.send, lambda _: Fact("delivered", None, large.now))
    for number in range(100, 300):
        large.console.system.wiring("operate").directory(SCHOOL).change(make_person(number).id, {"password_set_at": large.now})
    large.follow()
    read.clear()
    codes = {act: large.act(act).json_body["code"] for act in ("retry", "replan")}
    again = large.act("again", confirm=True)
    assert codes == {"retry": "nobody_failed", "replan": "nobody_changed"}
    assert (again.status_code, again.json_body["code"]) == (409, "nobody_left")
    assert read == []


@pytest.mark.parametrize("is_lost", [False, True], ids=["the stream is behind", "the stream has lost it"])
def test_who_failed_a_moment_ago_is_sent_it_again_all_the_same(large: Large, read: list[int], *, is_lost: bool) -> None:
    """Its outline does not know of it yet, and nobody is told that nobody's mail failed."""
    large.tell(large.send, lambda _: Fact("delivered", None, large.now))
    large.follow()
    failed = large.tell(large.send, lambda chunk: Fact("failed" if chunk.number == 3 else "delivered", None, large.now))[2]
    while is_lost and large.streams.take():
        pass
    read.clear()
    early = large.act("retry")
    assert (early.status_code, early.json_body["code"], read) == (503, "try_later", [])
    assert large.figures()["retries"] == []
    large.follow()
    again = large.act("retry")
    assert again.status_code == 202, again.json_body
    planned = plan_send(large.console.system.wiring("plan_send"), SCHOOL, again.json_body["id"])
    assert planned.total == sum(len(mail.accounts) for mail in failed.mails if mail.state == "failed") > 0


def test_a_large_retry_that_is_under_way_is_given_back_though_its_outline_is_behind(large: Large, read: list[int]) -> None:
    large.tell(large.send, lambda _: Fact("failed", "refused", large.now))
    large.follow()
    first = large.act("retry")
    assert is_large(plan_send(large.console.system.wiring("plan_send"), SCHOOL, first.json_body["id"]))
    large.follow()
    large.tell(first.json_body["id"], lambda chunk: Fact("sent", None, large.now) if chunk.number == 1 else None)
    read.clear()
    second = large.act("retry")
    assert (second.status_code, second.json_body["id"]) == (200, first.json_body["id"])
    assert read == []


def test_who_is_meant_is_not_known_until_it_has_an_outline(large: Large, read: list[int]) -> None:
    large.turn(Random(5))
    read.clear()
    early = large.act("again", dry_run=True)
    assert (early.status_code, early.json_body["code"], read) == (503, "try_later", [])
    large.follow()
    read.clear()
    known = large.act("again", dry_run=True)
    assert (known.status_code, known.json_body["total"] > 0, read) == (200, True, [])


@pytest.mark.parametrize("wanted", [{"state": "failed"}, {"q": "given17"}, {"q": "zzzz"}])
def test_without_an_outline_one_answer_looks_through_some_chunks_and_says_how_far(
    large: Large, read: list[int], wanted: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("latchkey.sends.list_recipients._READS", (2, 5))
    large.turn(Random(5))
    pages, query = list[Any](), dict(wanted)
    while not pages or pages[-1]["next"]:
        read.clear()
        pages.append(large.console.get(f"{SENDS}/{large.send}/recipients", limit="50", **query).json_body)
        assert len(read) <= 7
        query["cursor"] = pages[-1]["next"]
    looked = [page["looked"] for page in pages]
    assert looked == [*sorted(set(looked[:-1])), None]
    assert looked[0] > 0
    assert looked[-2] < 200
    with read_whole(monkeypatch):
        monkeypatch.setattr("latchkey.sends.list_recipients._READS", (10, 70))
        whole = large.rows(**wanted)
    assert [row for page in pages for row in page["items"]] == whole


def test_a_file_of_some_of_its_people_waits_for_the_outline(large: Large, read: list[int]) -> None:
    large.tell(large.send, lambda chunk: Fact("failed", None, large.now) if chunk.number == 3 else None)
    read.clear()
    early = large.console.get(f"{SENDS}/{large.send}/recipients/download", state="failed")
    assert (early.status_code, early.json_body["code"], read) == (503, "try_later", [])
    large.follow()
    read.clear()
    assert large.console.get(f"{SENDS}/{large.send}/recipients/download", state="failed").status_code == 303
    assert read == [3]


def test_a_draft_shows_who_gets_a_mail_and_who_was_just_reached(large: Large) -> None:
    large.turn(Random(5))
    large.follow()
    wanted = {"kind": "password_link", "select": {"filter": {"role": "student"}}, "skip_sent_within": 60}
    draft = large.console.post(f"{SENDS}/drafts", wanted).json_body["id"]
    tried = large.console.get(f"{SENDS}/drafts/{draft}").json_body["dry_run"]
    expected = {"": tried["to_send"], **{each["reason"]: each["count"] for each in tried["skipped"]}}
    assert expected.keys() >= {"", "sent_recently", "no_address"}

    def shown(reason: str) -> int:
        page, people = "1", 0
        while page:
            found = large.console.get(f"{SENDS}/drafts/{draft}/people", reason=reason, page=page).json_body
            people, page = people + len(found["items"]), found["next"]
        return people

    assert {reason: shown(reason) for reason in expected} == expected


def test_how_many_links_of_it_can_be_stopped_is_said_at_most(large: Large, read: list[int]) -> None:
    large.tell(large.send, lambda chunk: Fact("sent", None, large.now) if chunk.number == 1 else None)
    read.clear()
    found = large.console.get(f"{SENDS}/{large.send}/cancel").json_body
    assert (found["exact"], read) == (False, [])
    assert found["to_revoke"] > 0
