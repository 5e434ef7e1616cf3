"""What pages about people cost while the roll is kept: at most 8 calls and 50 RRU, however many people there are."""

from typing import Any

import pytest

from tests.support.console import Console
from tests.support.costs import CALLS, HOME, RRU, VIEWS, fill, followed, keep, look, metered, somebody
from tests.support.streams import Streams


@pytest.fixture
def streams(console: Console, monkeypatch: pytest.MonkeyPatch) -> Streams:
    return followed(console, monkeypatch)


def check(console: Console, views: Any) -> dict[str, tuple[int, float]]:
    costs = {view: look(console, view)[:2] for view in views}
    too_dear = {view: cost for view, cost in costs.items() if cost[0] > CALLS or cost[1] > RRU}
    assert not too_dear, costs
    return costs


def test_a_school_of_1500(console: Console, streams: Streams) -> None:
    console.add([somebody(number) for number in range(1_500)])
    keep(console, streams)
    costs = check(console, VIEWS)
    assert costs["people"][1] <= 8, "93 RRU before there was a roll"
    assert costs["people, JSON"][1] <= 8


def test_a_large_school(console: Console, streams: Streams) -> None:
    """Its 10,000 people stand in the roll alone, which is what these pages read; ``make bench ARGS=pages`` has 100,000."""
    console.add([somebody(0)])
    keep(console, streams)
    fill(console, 10)
    check(console, ["people", "people by name", "people whom nobody knows", "people of a group", "people without e-mail", "home"])
    _, _, answer = look(console, "people")
    assert "10,000" in answer.body.decode()
    everybody = {"scope": {"school": True}}
    for path, asked, number in (
        ("sends", {"kind": "password_link", "select": {"filter": {}}}, "total"),
        ("exports", {**everybody, "format": "slips"}, "total"),
        ("codes/void", {**everybody, "kind": "pin"}, "codes"),
    ):
        with metered(console) as found:
            tried = console.post(f"{HOME}/{path}", {**asked, "dry_run": True}).json_body
        assert tried[number] == 10_000
        assert len(found) <= CALLS, path
        assert sum(units for _, units in found) <= RRU, path


def test_ones_own_change_is_seen_at_once_and_read_until_it_has_come(console: Console, streams: Streams) -> None:
    console.add([somebody(number) for number in range(30)])
    keep(console, streams)
    one = somebody(3)
    assert console.post(f"{HOME}/people/{one.id}", {"given_name": "Zebedee"}, "patch").status_code == 200
    calls, units, answer = look(console, "people, JSON")
    assert "Zebedee" in [item["given_name"] for item in answer.json_body["items"]]
    assert calls <= CALLS
    assert units <= RRU
    assert console.get(f"{HOME}/people", q="zebedee").json_body["items"][0]["id"] == one.id
    assert "Zebedee" in console.page(f"{HOME}/people", q="zebedee").body.decode()
