"""No answer of portal or console costs more than 8 calls and 50 RRU in a school of 2,000, but those that are known to.

``make bench ARGS=pages`` asks the same at 100,000, where more are over.
"""

from typing import Final

import pytest

from tests.support.costs import CALLS, RRU
from tests.support.walk import PAGE_BYTES, WIRE_BYTES, large_school, walk
from tests.support.walk_bodies import ACCEPTED

KNOWN: Final[dict[str, str]] = {}
"""Methods and paths, and why; strike out what was mended."""


def test_no_answer_costs_more_than_the_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    with large_school(monkeypatch, 2) as console:
        found = [*walk(console)]
    dear = {f"{each.what}: {each.calls} calls, {each.units:g} RRU" for each in found if not each.is_flat}
    unknown = {each for each in dear if each.partition(",")[0].partition(":")[0].partition("?")[0] not in KNOWN}
    statuses = {each.what: each.status for each in found}
    assert {each: statuses[each] for each in ACCEPTED if statuses[each] >= 300} == {}, "else their refusal is counted"
    assert not unknown, f"more than {CALLS} calls or {RRU:g} RRU"
    assert {each.what for each in found if each.empty_with_next} == set()
    assert {each.what for each in found if each.status >= 500} == set()
    heavy = {each.what for each in found if each.is_page and (each.size > PAGE_BYTES or each.wire > WIRE_BYTES)}
    assert heavy == set()


def test_forgot_password_makes_two_calls_for_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    with large_school(monkeypatch, 1) as console:
        paths = ["/schools/{school}/forgot-password"] * 2  # a container that sees a school for the first time asks KMS, too
        asked = [each for path in paths for each in walk(console, only=path) if each.what.startswith("POST")][2:]
    assert [(each.status, each.calls <= 2) for each in asked] == [(202, True), (202, True)]
